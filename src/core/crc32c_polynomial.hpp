// Arithmetic of polynomials over GF(2) modulo the Castagnoli polynomial, for constants that the
// implementations of CRC32C need. A polynomial of degree below 32 is a word whose highest bit is
// the coefficient of x^0 (the reflected order of CRC32C).
#pragma once

#include <cstdint>

namespace mainstem::crc32c_polynomial {

inline constexpr std::uint32_t castagnoli = 0x82F63B78;

constexpr std::uint32_t times_x(std::uint32_t a) {
    return a >> 1U ^ ((a & 1U) != 0 ? castagnoli : 0);
}

constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
    std::uint32_t product = 0;
    for (std::uint32_t coefficient = 1U << 31U; coefficient != 0; coefficient >>= 1U) {
        if ((b & coefficient) != 0) product ^= a;
        a = times_x(a);
    }
    return product;
}

/// x^exponent.
constexpr std::uint32_t power_of_x(std::uint64_t exponent) {
    std::uint32_t result = 1U << 31U;
    std::uint32_t square = times_x(result);
    for (; exponent != 0; exponent >>= 1U) {
        if ((exponent & 1U) != 0) result = multiply(result, square);
        square = multiply(square, square);
    }
    return result;
}

}  // namespace mainstem::crc32c_polynomial
