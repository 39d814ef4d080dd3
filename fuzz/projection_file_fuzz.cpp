// Any bytes as a projection file: what is refused gets one line with its place, and what is taken
// can be applied to events, which it folds or refuses, and whose documents are JSON.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/read_model/memory_model.hpp>

#include "cli/json_text.hpp"
#include "cli/projection_file.hpp"

namespace {

using namespace mainstem;

constexpr std::array<std::string_view, 6> payloads{
    R"({"a":1,"b":"x","c":{"d":[1,2.5]},"t":"2026-01-01T00:00:00Z"})",
    R"({"a":9223372036854775807,"b":7,"c":null,"t":""})",
    R"({"a":"1.5","b":true,"c":[],"t":5})",
    R"({"a":-1e308,"b":"y","t":"2026-01-02"})",
    "[1]",
    "{no json",
};

void fold(const Projection& projection) {
    const auto folded =
        projection.fold({.model = open_memory_model(), .generation = 1, .empty = true});
    std::string tags;
    TagsView::pack({Tag{"a:1"}, Tag{"b=2"}}, tags);
    EventView event;
    event.version = {1};
    event.tags = TagsView{tags};
    for (const auto data : payloads) {
        ++event.position.value;
        event.stream = event.position.value % 2 == 0 ? "s" : "other";
        event.type = event.position.value % 3 == 0 ? "B" : "A";
        event.data = data;
        if (!folded->apply(event)) folded->drop();
    }
    std::vector<DocumentChange> changes;
    if (!folded->collect(changes)) return;
    for (const auto& change : changes) {
        MAINSTEM_ASSERT(change.removed || !cli::json_fault(change.document.json),
                        "a document is JSON");
    }
    folded->committed();
}

void check_projection_file(std::string_view text) {
    auto file = cli::parse_projection_file(text, "file");
    if (!file) {
        const std::string& message = file.error().message();
        MAINSTEM_ASSERT(message.starts_with("file:"), "a fault has its place");
        MAINSTEM_ASSERT(file.error() == ProjectionError::invalid, "a fault has its code");
        return;
    }
    MAINSTEM_ASSERT(check_query(file->filter).has_value(), "what was read obeys the rules");
    MAINSTEM_ASSERT(cli::same_fold(*file, *cli::parse_projection_file(text, "again")),
                    "it reads the same again");
    fold(cli::projection_of(*std::move(file)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_projection_file({reinterpret_cast<const char*>(data), size});
    return 0;
}
