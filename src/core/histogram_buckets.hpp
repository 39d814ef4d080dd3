// Which bucket of a histogram a time falls into, and what time a bucket stands for. A bucket holds
// the times that agree in their highest `kept_bits` bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <mainstem/core/histogram.hpp>

namespace mainstem::histogram_buckets {

inline constexpr unsigned kept_bits = 7;
/// Buckets for each power of two: the highest bit is always set.
inline constexpr std::size_t for_each_power = std::size_t{1} << (kept_bits - 1);
inline constexpr auto longest_time = static_cast<std::uint64_t>(Histogram::longest.count());

/// The bucket of a time in nanoseconds. Times beyond the longest one share its bucket.
constexpr std::size_t bucket_of(std::uint64_t time) noexcept {
    time = std::min(time, longest_time);
    const auto bits = static_cast<unsigned>(std::bit_width(time | for_each_power));
    const auto dropped = bits - kept_bits;
    return dropped * for_each_power + (time >> dropped);
}

inline constexpr std::size_t count = bucket_of(longest_time) + 1;

/// The time in the middle of a bucket.
constexpr std::uint64_t middle_of(std::size_t bucket) noexcept {
    if (bucket < 2 * for_each_power) return bucket;
    const auto dropped = bucket / for_each_power - 1;
    const auto least = (bucket - dropped * for_each_power) << dropped;
    const auto greatest = least + (std::uint64_t{1} << dropped) - 1;
    return least + (greatest - least) / 2;
}

}  // namespace mainstem::histogram_buckets
