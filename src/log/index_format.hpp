// The layout of an index file, version 3. It is derived from its segment: a file of another
// version, damaged or missing is made anew, so that only this version is ever read.
//
// file     = block{n}, of 4096 bytes each: 4092 of content, 4 of CRC32C over content, block number
//            and the segment's salt
// block 0  = IndexHeader
// section  = blocks that follow each other; their contents are one run of bytes
//
// Sections: "streams"  by name: u8 length, name, varint first version, varint events,
//                      varint last ordinal, then for each event a varint: its ordinal less the
//                      one before it (the first: its ordinal)
//           "names"    by name: u32 where the stream stands in "streams"
//           "hashes"   by hash: u64 hash of the name, u32 where the stream stands in "streams"
//           "requests" by hash: u32 upper half of the hash of the request's id, u32 first ordinal
//           "offsets"  by ordinal: u32 offset of the event in the segment
//           "terms"    by hash: u64 hash of a type or tag, u32: the ordinal of its only event and
//                      `single_posting`, or where its postings stand in "postings"
//           "postings" for each such term: varint events, varint number of its first skip; then
//                      blocks of 128 ordinals, of the last fewer: each a varint, less the one
//                      before it, but for the first of a block, which stands in its skip
//           "skips"    for each block of "postings": u32 its first ordinal, u32 where it stands
//           "filter"   lines of 64 bytes: the streams and terms there may be (index_filter.hpp)
#pragma once

#include <array>
#include <cstdint>

#include "log/format.hpp"

namespace mainstem::log {

/// Another way to hash or to fill the filter also raises `joined_filter_version`.
inline constexpr std::uint32_t index_version = 3;
inline constexpr std::array<char, 8> index_magic{'M', 'S', 'T', 'E', 'M', 'I', 'D', 'X'};
inline constexpr std::size_t block_size = 4096;
inline constexpr std::size_t block_content = block_size - sizeof(std::uint32_t);

struct IndexSection {
    std::array<char, 8> name{};
    std::uint32_t first_block = 0;
    std::uint32_t reserved = 0;
    std::uint64_t size = 0;  ///< bytes of content
};
static_assert(sizeof(IndexSection) == 24);

inline constexpr std::size_t index_sections_most = 16;

struct IndexHeader {
    std::array<char, 8> magic = index_magic;
    std::uint32_t version = index_version;
    std::uint32_t section_count = 0;
    std::uint64_t first_position = 0;
    std::uint64_t event_count = 0;
    std::uint64_t segment_size = 0;  ///< bytes of frames and header in the segment
    std::uint64_t request_earliest = 0;
    std::uint64_t request_latest = 0;
    std::uint64_t request_others = 0;
    std::array<IndexSection, index_sections_most> sections{};
};
static_assert(sizeof(IndexHeader) <= block_content);

/// An entry of "hashes" and "terms". Twelve bytes, so that 341 fill a block and none crosses a
/// border.
struct [[gnu::packed]] HashEntry {
    std::uint64_t hash = 0;
    std::uint32_t where = 0;
};
static_assert(sizeof(HashEntry) == 12 && block_content % sizeof(HashEntry) == 0);

/// An entry of "requests". A block holds 511; its last four bytes of content are zero.
struct RequestEntry {
    std::uint32_t hash = 0;
    std::uint32_t ordinal = 0;
};
static_assert(sizeof(RequestEntry) == 8);

/// In an entry of "terms": it names an event. Ordinals are less.
inline constexpr std::uint32_t single_posting = 1U << 31;
inline constexpr std::size_t postings_in_block = 128;

/// An entry of "skips".
struct SkipEntry {
    std::uint32_t first = 0;
    std::uint32_t where = 0;
};
static_assert(sizeof(SkipEntry) == 8);

}  // namespace mainstem::log
