// Events and frames as bytes: encoding in two steps (the caller's content, then what the writer
// assigns) and decoding of one event or one header. Pure functions over bytes.
#pragma once

#include <mainstem/event/event.hpp>

#include "core/disk.hpp"
#include "log/format.hpp"

namespace mainstem::log {

/// What makes a checksum valid in one segment only.
struct FramePlace {
    std::uint64_t salt = 0;
    std::uint64_t offset = 0;  ///< of the frame in its segment
};

/// What the writer assigns to an event.
struct Assigned {
    Version version;
    Timestamp recorded_at;
    Position position;
    std::uint64_t salt = 0;
};

/// The size of an event when it is encoded.
[[nodiscard]] std::size_t encoded_size(std::string_view stream, const NewEvent& event) noexcept;

/// Writes an event's content to `to`, which has room for `size` bytes, its encoded size. Returns
/// the checksum of the content, for `assign`.
std::uint32_t encode_content(std::string_view stream, const NewEvent& event, std::size_t size,
                             std::byte* to) noexcept;

/// Completes an encoded event in place.
void assign(std::byte* event, std::uint32_t content_checksum, const Assigned& assigned) noexcept;

/// Completes a frame's header in place: sets its checksum.
void seal(FrameHeader& header, const FramePlace& place) noexcept;

/// Checks a frame's header. `bytes` begins at the frame. The header is set unless invalid.
Verdict parse_frame(ByteSpan bytes, const FramePlace& place, FrameHeader& header) noexcept;

/// Checks and decodes one event. `bytes` begins at the event and may be longer; the view points
/// into it. `size` is set to the event's size if valid.
Verdict parse_event(ByteSpan bytes, Position position, std::uint64_t salt, EventView& view,
                    std::size_t& size) noexcept;

/// True if two encoded events were given with the same content, whatever was assigned to them.
[[nodiscard]] bool same_content(ByteSpan one, ByteSpan other) noexcept;

/// The id of an encoded event of at least 48 bytes.
[[nodiscard]] EventId id_of(ByteSpan event) noexcept;

}  // namespace mainstem::log
