// Any bytes as a document: what is taken is its own canonical form, says the same values, and can
// be committed, and what is refused gets one line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/limits.hpp>
#include <mainstem/core/utf8.hpp>

#include "read_model/documents.hpp"

namespace {

using namespace mainstem;

void check_document(std::string_view json) {
    const auto made = read_model::canonical_document(json);
    if (!made) {
        const std::string& message = made.error().message();
        MAINSTEM_ASSERT(is_utf8(message) && !has_control(message), "a fault is told in one line");
        return;
    }
    MAINSTEM_ASSERT(is_utf8(*made) && !made->contains('\0'), "it can be stored as a text");
    MAINSTEM_ASSERT(made->size() <= limits::document.value, "it is within the limit");
    const auto again = read_model::canonical_document(*made);
    MAINSTEM_ASSERT(again.has_value() && *again == *made, "it is its own canonical form");
    ModelCommit commit{.projection = "p", .to = {1}};
    commit.changes = {{"c", {"id", {1}, *made}, false}};
    MAINSTEM_ASSERT(read_model::check_commit(commit).has_value(), "it can be committed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_document({reinterpret_cast<const char*>(data), size});
    return 0;
}
