// Which streams and terms a segment may have: a Bloom filter in lines of 64 bytes, so that to ask
// it touches one line of memory (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
// Filters, 2007). With ten to twenty bits for each hash about one in a hundred that are not there
// passes. The number of lines is a power of two and a line has only 504 bits, so that filters of
// neighbours can be joined bit by bit (joined_filter.hpp).
#pragma once

#include <bit>
#include <cstring>
#include <span>

#include "core/large_vector.hpp"
#include "log/index_block.hpp"

namespace mainstem::log {

inline constexpr std::size_t filter_line = 64;
inline constexpr std::size_t filter_line_bits = 504;
inline constexpr std::size_t filter_bits_for_hash = 10;  ///< at least

/// More than a segment of the largest size needs.
inline constexpr std::uint64_t most_filter_lines = 1ULL << 26;

/// A filter's number of lines for so many hashes.
[[nodiscard]] constexpr std::uint64_t filter_lines(std::uint64_t hashes) noexcept {
    return std::bit_ceil((hashes * filter_bits_for_hash + filter_line_bits - 1) / filter_line_bits);
}

/// Where a hash stands in a filter: its line, and its bits in that line.
class FilterPlace {
public:
    static constexpr unsigned bits_for_each = 7;

    explicit FilterPlace(std::uint64_t hash) noexcept
        : hash_(hash),
          // The upper bits choose the line.
          bits_(hash * 0x9E3779B97F4A7C15ULL) {}

    /// `lines`: a power of two.
    [[nodiscard]] std::uint64_t line(std::uint64_t lines) const noexcept {
        return lines == 1 ? 0 : hash_ >> (64 - std::countr_zero(lines));
    }
    [[nodiscard]] unsigned bit(unsigned index) const noexcept {
        const std::uint64_t number = bits_ >> (64 - bits_of_number - index * bits_of_number) & 511U;
        return static_cast<unsigned>(number * filter_line_bits >> bits_of_number);
    }

    void set(std::byte* line) const noexcept {
        for (unsigned i = 0; i < bits_for_each; ++i) {
            line[bit(i) / 8] |= std::byte{1} << bit(i) % 8;
        }
    }
    [[nodiscard]] bool is_set(const std::byte* line) const noexcept {
        for (unsigned i = 0; i < bits_for_each; ++i) {
            if ((line[bit(i) / 8] & std::byte{1} << bit(i) % 8) == std::byte{0}) return false;
        }
        return true;
    }

private:
    static constexpr unsigned bits_of_number = 9;

    std::uint64_t hash_;
    std::uint64_t bits_;
};

/// The content of the section, hash by hash.
class FilterContent {
public:
    explicit FilterContent(std::uint64_t hashes)
        : lines_(filter_lines(hashes)), bytes_(lines_ * filter_line) {}

    void add(std::uint64_t hash) {
        const FilterPlace place{hash};
        place.set(&bytes_[place.line(lines_) * filter_line]);
    }
    [[nodiscard]] const LargeVector<std::byte>& bytes() const noexcept { return bytes_; }

private:
    std::uint64_t lines_;
    LargeVector<std::byte> bytes_;
};

/// Reads the section. Thread-safe.
class IndexFilter {
public:
    IndexFilter() = default;
    explicit IndexFilter(const SectionReader& section) : section_(section) {}

    [[nodiscard]] std::uint64_t lines() const noexcept { return section_.size() / filter_line; }

    /// False if the segment has nothing with this hash.
    [[nodiscard]] Result<bool> may_hold(std::uint64_t hash) const {
        if (!std::has_single_bit(lines())) return section_.beyond();
        const FilterPlace place{hash};
        bool held = false;
        const std::uint64_t line = place.line(lines());
        const std::uint64_t in_block = section_.in_block() / filter_line;
        const auto looked = section_.look(line / in_block, [&](ByteSpan content) {
            held = place.is_set(&content[line % in_block * filter_line]);
        });
        if (!looked) return looked.error();
        return held;
    }

    /// Copies a line to `to`, which has its size, without keeping its block.
    Result<void> copy_line(std::uint64_t line, std::span<std::byte> to) const {
        const std::uint64_t in_block = section_.in_block() / filter_line;
        return section_.look_once(line / in_block, [&](ByteSpan content) {
            std::memcpy(to.data(), &content[line % in_block * filter_line], to.size());
        });
    }

private:
    SectionReader section_;
};

}  // namespace mainstem::log
