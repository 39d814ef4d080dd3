// The hashes that find names and ids in the indexes: XXH3, 64 bits, for names. A hit is always
// verified against the event itself, so a collision costs a look, never a wrong answer.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <mainstem/core/types.hpp>

namespace mainstem::log {

inline std::uint64_t hash_of(std::string_view text) noexcept {
    return XXH3_64bits(text.data(), text.size());
}
inline std::uint64_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

/// Ids are random but for their time: mixing the halves is enough.
inline std::uint32_t hash_of(const EventId& id) noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, id.bytes.data(), sizeof halves);
    return static_cast<std::uint32_t>(((halves[0] * 0x9E3779B97F4A7C15ULL) ^ halves[1]) >> 32);
}

}  // namespace mainstem::log
