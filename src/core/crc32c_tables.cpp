// CRC32C by tables, eight bytes at a step: "slicing-by-8" of Kounavis and Berry, "Novel Table
// Lookup-Based Algorithms for High-Performance CRC Generation", 2008. For any processor.
#include <array>

#include "core/crc32c_implementations.hpp"
#include "core/crc32c_polynomial.hpp"

namespace mainstem {
namespace {

/// tables[n][b] is the checksum's change by the byte b with n bytes after it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        auto value = byte;
        for (int bit = 0; bit < 8; ++bit) value = crc32c_polynomial::times_x(value);
        tables[0][byte] = value;
    }
    for (std::size_t n = 1; n < tables.size(); ++n)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto before = tables[n - 1][byte];
            tables[n][byte] = before >> 8U ^ tables[0][before & 0xFFU];
        }
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint32_t crc32c_by_tables(std::uint32_t crc, const void* data, std::size_t size) noexcept {
    const auto* at = static_cast<const unsigned char*>(data);
    auto state = ~crc;
    for (; size >= 8; at += 8, size -= 8) {
        const auto byte_of_state = [&](unsigned n) { return state >> (8 * n) & 0xFFU; };
        state = tables[7][at[0] ^ byte_of_state(0)] ^ tables[6][at[1] ^ byte_of_state(1)] ^
                tables[5][at[2] ^ byte_of_state(2)] ^ tables[4][at[3] ^ byte_of_state(3)] ^
                tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
    }
    for (; size > 0; ++at, --size) state = state >> 8U ^ tables[0][(state ^ *at) & 0xFFU];
    return ~state;
}

}  // namespace mainstem
