// Any bytes as a query's text: what is taken obeys the rules of queries and reads back the same
// when it is written again, and what is refused gets one line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/store/query.hpp>

namespace {

using namespace mainstem;

void check_query_text(std::string_view text) {
    const auto query = parse_query(text);
    if (!query) {
        const std::string& message = query.error().message();
        MAINSTEM_ASSERT(is_utf8(message) && !has_control(message), "a fault is told in one line");
        return;
    }
    MAINSTEM_ASSERT(check_query(*query).has_value(), "what was read obeys the rules");
    const std::string written = to_string(*query);
    MAINSTEM_ASSERT(is_utf8(written) && !has_control(written), "it is written in one line");
    const auto again = parse_query(written);
    MAINSTEM_ASSERT(again.has_value(), "what is written is a query");
    MAINSTEM_ASSERT(*again == *query, "it reads back the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_query_text({reinterpret_cast<const char*>(data), size});
    return 0;
}
