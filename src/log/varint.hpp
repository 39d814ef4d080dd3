// Numbers in seven bits a byte, low bits first, the high bit set in all bytes but the last.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mainstem::log {

template <class Bytes>
void put_varint(Bytes& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80));
    out.push_back(static_cast<std::byte>(value));
}

/// Takes a number byte by byte from `next`, which yields an int: a byte, or a negative number at
/// the end of the input. Negative if the input ends early or the number is too long.
template <class Next>
bool take_varint(Next&& next, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const int byte = next();
        if (byte < 0) return false;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

}  // namespace mainstem::log
