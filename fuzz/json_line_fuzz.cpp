// Any bytes as an event line: what is taken reads back the same after it was written, and what is
// judged to be JSON can be cut into its parts.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/assert.hpp>
#include <mainstem/store/append.hpp>

#include "cli/json_line.hpp"
#include "cli/json_text.hpp"

namespace {

using namespace mainstem;

std::string line_of(const StreamEvent& entry) {
    const auto& event = entry.event;
    std::string tags;
    std::string metadata;
    TagsView::pack(event.tags, tags);
    MetadataView::pack(event.metadata, metadata);
    EventView view;
    view.position = {1};
    view.version = {1};
    view.stream = entry.stream.view();
    view.type = event.type;
    view.id = event.id;
    view.occurred_at = event.occurred_at.value_or(Timestamp{});
    view.tags = TagsView{tags};
    view.metadata = MetadataView{metadata};
    view.content_type = event.content_type;
    view.data = event.data;
    std::string line;
    cli::append_event_line(line, view);
    return line;
}

void check_event_line(std::string_view line) {
    auto decoded = cli::decode_event_line(line);
    if (!decoded) return;
    AppendRequest request;
    request.events.push_back({decoded->stream, decoded->event});
    // Only what a store takes is ever written as a line.
    if (!check_request(request, true)) return;
    auto& entry = request.events.front();
    const auto again = cli::decode_event_line(line_of(entry));
    MAINSTEM_ASSERT(again.has_value(), "a written line is an event line");
    entry.event.occurred_at = entry.event.occurred_at.value_or(Timestamp{});
    MAINSTEM_ASSERT(again->stream == entry.stream, "the stream reads back the same");
    MAINSTEM_ASSERT(again->event == entry.event, "the event reads back the same");
}

void check_parts(std::string_view text) {
    if (cli::json_fault(text)) return;
    cli::for_each_member(text, [](const cli::JsonMember& member) {
        MAINSTEM_ASSERT(!cli::json_fault(member.value), "a member's value is JSON");
        return true;
    });
    cli::for_each_element(text, [](std::string_view element) {
        MAINSTEM_ASSERT(!cli::json_fault(element), "an element is JSON");
        return true;
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_event_line(text);
    check_parts(text);
    return 0;
}
