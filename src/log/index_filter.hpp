// Which streams and terms a segment may have: a Bloom filter in lines of 64 bytes, so that to ask
// it touches one line of memory (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
// Filters, 2007). With twelve bits for each hash about one in a hundred that are not there passes.
#pragma once

#include <bit>
#include <cstring>
#include <span>

#include "log/index_block.hpp"

namespace mainstem::log {

inline constexpr std::size_t filter_line = 64;
inline constexpr std::size_t filter_bits_for_hash = 12;

/// Where a hash stands in a filter of `lines`, and its bits in that line.
class FilterPlace {
public:
    FilterPlace(std::uint64_t hash, std::uint64_t lines) noexcept
        : line_((hash >> 32) * lines >> 32),
          // The upper bits have chosen the line.
          bits_(hash * 0x9E3779B97F4A7C15ULL) {}

    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }

    void set(std::byte* line) const noexcept {
        for (unsigned i = 0; i < bits_for_each; ++i) {
            const unsigned bit = bit_at(i);
            line[bit / 8] |= std::byte{1} << bit % 8;
        }
    }
    [[nodiscard]] bool is_set(const std::byte* line) const noexcept {
        for (unsigned i = 0; i < bits_for_each; ++i) {
            const unsigned bit = bit_at(i);
            if ((line[bit / 8] & std::byte{1} << bit % 8) == std::byte{0}) return false;
        }
        return true;
    }

private:
    static constexpr unsigned bits_for_each = 7;
    static constexpr unsigned bits_of_place = 9;  // 512 bits in a line

    [[nodiscard]] unsigned bit_at(unsigned index) const noexcept {
        return static_cast<unsigned>(bits_ >> (64 - bits_of_place - index * bits_of_place)) & 511U;
    }

    std::uint64_t line_;
    std::uint64_t bits_;
};

/// The content of the section for these hashes.
[[nodiscard]] inline std::vector<std::byte> encode_filter(std::span<const std::uint64_t> hashes) {
    const std::uint64_t lines = hashes.size() * filter_bits_for_hash / (8 * filter_line) + 1;
    std::vector<std::byte> content(lines * filter_line);
    for (const std::uint64_t hash : hashes) {
        const FilterPlace place{hash, lines};
        place.set(&content[place.line() * filter_line]);
    }
    return content;
}

/// Reads the section. Thread-safe.
class IndexFilter {
public:
    IndexFilter() = default;
    explicit IndexFilter(const SectionReader& section) : section_(section) {}

    /// False if the segment has nothing with this hash.
    [[nodiscard]] Result<bool> may_hold(std::uint64_t hash) const {
        const std::uint64_t lines = section_.size() / filter_line;
        if (lines == 0) return section_.beyond();
        const FilterPlace place{hash, lines};
        const std::uint64_t in_block = section_.in_block() / filter_line;
        bool held = false;
        const auto looked = section_.look(place.line() / in_block, [&](ByteSpan content) {
            const std::size_t at = place.line() % in_block * filter_line;
            held = at + filter_line <= content.size() && place.is_set(&content[at]);
        });
        if (!looked) return looked.error();
        return held;
    }

private:
    SectionReader section_;
};

}  // namespace mainstem::log
