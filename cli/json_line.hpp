// An event as one line of JSON: what `read --format jsonl` writes, and what `append --from` and
// `import` take. Writing an event and reading the line gives the same bytes back, whatever they
// are; the grammar is in docs/manual/command-line.md.
#pragma once

#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>
#include <mainstem/event/event.hpp>

#include "cli/expect_text.hpp"

namespace mainstem::cli {

/// What a line asks to be appended.
struct EventLine {
    StreamId stream;
    NewEvent event;
    WantedVersion expect;
};

/// Appends the line of `event`, with its line break, to `out`.
void append_event_line(std::string& out, const EventView& event);

/// Reads a line. A member that is null counts as one that is not there. Members that only a stored
/// event has (position, version, recorded_at) are ignored, unknown ones are an error, so that a
/// misspelt one is not lost. The error has no file and line.
[[nodiscard]] Result<EventLine> decode_event_line(std::string_view line);

/// Metadata as one JSON object: `correlation`, `causation` and `actor` are texts, every other
/// member belongs to the free part. Takes what `append_metadata` writes and what users write.
[[nodiscard]] Result<Metadata> decode_metadata(std::string_view object);
void append_metadata(std::string& out, const MetadataView& metadata);

}  // namespace mainstem::cli
