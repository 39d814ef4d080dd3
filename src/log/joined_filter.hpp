// The filters of eight or sixty-four neighbouring segments in one file, so that one look tells
// which of them may have a stream or a term: what it takes to find that something is nowhere grows
// with a sixty-fourth of the segments. Derived from their index files; made anew if it is missing
// or damaged.
//
// file    = block{n}, as of index files; the salt is that of the segments together
// block 0 = JoinedFilterHeader
// the others, as one run of bytes: the lines. A line has for each of its 504 bits a lane of one
// byte or eight: bit s of it, from the low end, is that bit in the filter of segment s. A filter of
// fewer lines stands in several ones that follow each other.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "log/index_filter.hpp"

namespace mainstem::log {

inline constexpr std::uint32_t joined_filter_version = 1;
inline constexpr std::array<char, 8> joined_filter_magic{'M', 'S', 'T', 'E', 'M', 'J', 'F', 'L'};

struct JoinedFilterHeader {
    std::array<char, 8> magic = joined_filter_magic;
    std::uint32_t version = joined_filter_version;
    std::uint32_t segment_count = 0;
    std::uint64_t first_position = 0;
    std::uint64_t line_count = 0;
};
static_assert(sizeof(JoinedFilterHeader) == 32);

inline constexpr std::size_t segments_in_lane = 8;  ///< for each byte of it
/// How many segments can have one filter: so many, or so many times as many.
inline constexpr std::size_t few_joined = 8;
inline constexpr std::size_t most_joined = 64;

/// Bytes of a line of so many segments.
[[nodiscard]] constexpr std::size_t joined_line(std::size_t segment_count) noexcept {
    return filter_line_bits * (segment_count / segments_in_lane);
}
static_assert(joined_line(most_joined) <= block_content);

/// Which segments a file must belong to.
struct JoinedFilterOwner {
    std::uint64_t first_position = 0;
    std::size_t segment_count = 0;
    std::uint64_t salt = 0;  ///< see `joined_salt`
};

/// The salt of files that belong to segments with these salts, and to no others.
[[nodiscard]] std::uint64_t joined_salt(std::span<const std::uint64_t> salts) noexcept;

/// Thread-safe.
class JoinedFilter {
public:
    /// Checks the header; blocks are checked as they are read, and kept in `pages`, which outlives
    /// the filter. Errors: damaged (another version, other segments, broken), io.
    static Result<std::shared_ptr<const JoinedFilter>> open(std::unique_ptr<File> file,
                                                            std::string path,
                                                            const JoinedFilterOwner& owner,
                                                            PageCache& pages);

    [[nodiscard]] const std::string& path() const noexcept { return blocks_->path(); }
    [[nodiscard]] std::size_t segment_count() const noexcept { return segment_count_; }
    [[nodiscard]] std::uint64_t lines() const noexcept { return line_count_; }

    /// Bit s is 0 if segment s of these has nothing with this hash. Errors: damaged, io.
    [[nodiscard]] Result<std::uint64_t> holders(std::uint64_t hash) const;

    /// Reads every line. Errors: damaged, io.
    Result<void> check_blocks() const;

    /// Copies a line to `to`, which has its size, without keeping its block.
    Result<void> copy_line(std::uint64_t line, std::span<std::byte> to) const;

private:
    JoinedFilter(std::unique_ptr<BlockReader> blocks, const JoinedFilterHeader& header);

    std::unique_ptr<BlockReader> blocks_;
    std::size_t segment_count_;
    std::uint64_t line_count_;
    SectionReader section_;
};

}  // namespace mainstem::log
