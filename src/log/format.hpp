// The layout of the log's files, version 1, as plain structs: what stands where, nothing else.
// The grammar for people is in docs/formats/segment.md. All numbers are little endian and the
// structs are copied in and out with memcpy, so that no alignment is asked of a buffer.
//
// segment  = SegmentHeader frame* zeros
// frame    = FrameHeader event{count} padding     8-byte aligned; one request, whole
// event    = EventHeader id stream type tags [content_type] [occurred_at] metadata payload
//
// A frame's checksum binds its header to the segment (salt) and to its own offset; an event's
// checksum binds it to the segment and to its position, so that each can be verified alone.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace mainstem::log {

static_assert(std::endian::native == std::endian::little, "formats are written as they lie");

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::array<char, 8> segment_magic{'M', 'S', 'T', 'E', 'M', 'S', 'E', 'G'};
inline constexpr std::array<char, 8> head_magic{'M', 'S', 'T', 'E', 'M', 'H', 'E', 'D'};

/// A reader that does not know a bit of `incompatible` must not open the file; unknown bits of
/// `compatible` may be ignored.
struct SegmentHeader {
    std::array<char, 8> magic = segment_magic;
    std::uint32_t version = format_version;
    std::uint32_t header_size = 128;
    std::uint64_t compatible = 0;
    std::uint64_t incompatible = 0;
    std::array<std::uint8_t, 16> store_id{};
    std::uint64_t first_position = 0;
    std::int64_t first_recorded_at = 0;  ///< lower bound of the times in it; microseconds
    std::uint64_t salt = 0;              ///< random; makes remains of other files invalid here
    std::uint32_t number = 0;            ///< place in the chain of segments, from 1; 0: not told
    std::array<std::uint8_t, 48> reserved{};
    std::uint32_t checksum = 0;  ///< CRC32C of all before
};
static_assert(sizeof(SegmentHeader) == 128 && offsetof(SegmentHeader, checksum) == 124);

enum class FrameKind : std::uint8_t { request = 0x81, control = 0x02 };
/// Set in kinds that a reader may not skip.
inline constexpr std::uint8_t must_understand = 0x80;

struct FrameHeader {
    std::uint32_t checksum = 0;  ///< CRC32C of the rest, the segment's salt, the frame's offset
    std::uint8_t kind = static_cast<std::uint8_t>(FrameKind::request);
    std::uint8_t flags = 0;  ///< none are defined; a reader refuses unknown ones
    std::uint16_t reserved = 0;
    std::uint32_t stored_size = 0;     ///< bytes of events, without padding
    std::uint32_t decoded_size = 0;    ///< the same while nothing is compressed
    std::uint32_t count = 0;           ///< events
    std::uint32_t durable_offset = 0;  ///< bytes of this segment that were on the disk before it
    std::uint64_t first_position = 0;
};
static_assert(sizeof(FrameHeader) == 32 && offsetof(FrameHeader, first_position) == 24);

enum class EventKind : std::uint8_t { live = 1, erased = 2 };

namespace event_flags {
inline constexpr std::uint8_t content_type = 1;  ///< one byte of length, then the text
inline constexpr std::uint8_t occurred_at = 2;   ///< eight bytes, microseconds
inline constexpr std::uint8_t known = content_type | occurred_at;
}  // namespace event_flags

/// What the caller knows comes first in the checksum, so that it is computed outside the writer's
/// role; version, time, position and salt are added by the writer.
struct EventHeader {
    std::uint32_t checksum = 0;  ///< CRC32C: size to tags_size, what follows the header, then
                                 ///< version, recorded_at, position, salt (eight bytes each)
    std::uint32_t size = 0;      ///< of the whole event, this header included
    std::uint8_t kind = static_cast<std::uint8_t>(EventKind::live);
    std::uint8_t flags = 0;
    std::uint8_t stream_size = 0;
    std::uint8_t type_size = 0;
    std::uint16_t metadata_size = 0;
    std::uint16_t tags_size = 0;
    std::uint64_t version = 0;
    std::int64_t recorded_at = 0;  ///< microseconds since 1970-01-01 UTC
};
static_assert(sizeof(EventHeader) == 32 && offsetof(EventHeader, version) == 16);
inline constexpr std::size_t event_id_size = 16;

/// The file HEAD. A lower bound of what is on the disk; not needed to open the store.
struct HeadRecord {
    std::array<char, 8> magic = head_magic;
    std::uint32_t version = format_version;
    std::uint32_t reserved = 0;
    std::array<std::uint8_t, 16> store_id{};
    std::uint64_t segment = 0;           ///< first position of the segment that is written
    std::uint64_t durable_offset = 0;    ///< in that segment
    std::uint64_t durable_position = 0;  ///< of the last event on the disk
    std::uint32_t reserved2 = 0;
    std::uint32_t checksum = 0;  ///< CRC32C of all before
};
static_assert(sizeof(HeadRecord) == 64 && offsetof(HeadRecord, checksum) == 60);

/// What a checksummed record turned out to be.
enum class Verdict : std::uint8_t {
    valid,
    invalid,  ///< not what was written
    newer,    ///< what was written, by a version that this reader does not know
};

inline constexpr std::uint64_t frame_alignment = 8;
constexpr std::uint64_t aligned(std::uint64_t size) {
    return (size + frame_alignment - 1) & ~(frame_alignment - 1);
}

/// Copies a struct of a format out of bytes; the caller has checked the size.
template <class Layout>
Layout load(const std::byte* from) noexcept {
    static_assert(std::is_trivially_copyable_v<Layout>);
    Layout layout;
    std::memcpy(&layout, from, sizeof(Layout));
    return layout;
}

template <class Layout>
void store(const Layout& layout, std::byte* to) noexcept {
    static_assert(std::is_trivially_copyable_v<Layout>);
    std::memcpy(to, &layout, sizeof(Layout));
}

template <class Layout>
std::span<const std::byte, sizeof(Layout)> bytes_of(const Layout& layout) noexcept {
    return std::as_bytes(std::span<const Layout, 1>{&layout, 1});
}

}  // namespace mainstem::log
