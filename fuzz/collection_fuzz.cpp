// Any bytes as the declaration of a collection: what is taken obeys the rules and reads back the
// same when it is written again, and what is refused gets one line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/read_model/collection.hpp>

namespace {

using namespace mainstem;

void check_declaration(std::string_view json) {
    const auto collection = parse_collection(json);
    if (!collection) {
        const std::string& message = collection.error().message();
        MAINSTEM_ASSERT(is_utf8(message) && !has_control(message), "a fault is told in one line");
        return;
    }
    MAINSTEM_ASSERT(check_collection(*collection).has_value(), "what was read obeys the rules");
    const auto written = to_json(*collection);
    MAINSTEM_ASSERT(is_utf8(written) && !written.contains('\n'), "it is written in one line");
    const auto again = parse_collection(written);
    MAINSTEM_ASSERT(again.has_value() && *again == *collection, "it reads back the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_declaration({reinterpret_cast<const char*>(data), size});
    return 0;
}
