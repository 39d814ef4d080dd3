// CRC32C by the instruction of SSE 4.2. One instruction takes eight bytes and three cycles, but a
// new one can begin in each cycle: so three neighbouring lanes are computed side by side and then
// combined by multiplication. After Gopal and others, "Fast CRC Computation for iSCSI Polynomial
// Using CRC32 Instruction", Intel, 2011; here the length of the lanes follows that of the input.
#if defined(__x86_64__)

#include <algorithm>
#include <array>
#include <cstring>

#include <immintrin.h>

#include "core/crc32c_implementations.hpp"
#include "core/crc32c_polynomial.hpp"

#define MAINSTEM_TARGET __attribute__((target("sse4.2,pclmul")))

namespace mainstem {
namespace {

constexpr std::size_t word_bytes = 8;
constexpr std::size_t lanes = 3;
constexpr std::size_t longest_lane = 128;  // words
constexpr std::size_t shortest_lane = 4;   // below, combining costs more than lanes save

/// shifts[n] moves a checksum over n words: x^(64 n), less x^33 which `move_over` adds by itself.
constexpr auto shifts = [] {
    std::array<std::uint32_t, 2 * longest_lane + 1> result{};
    for (std::size_t n = 1; n < result.size(); ++n)
        result[n] = crc32c_polynomial::power_of_x(64 * n - 33);
    return result;
}();

std::uint64_t load(const unsigned char* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// A word whose checksum is `state` moved over `words` words. The product of two reflected
/// polynomials of 32 bits, seen as one of 64 bits, is multiplied by x, and the instruction that
/// takes the word multiplies by x^32.
MAINSTEM_TARGET inline std::uint64_t move_over(std::size_t words, std::uint64_t state) noexcept {
    const auto product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(state)),
                             _mm_cvtsi32_si128(static_cast<int>(shifts[words])), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

/// Takes three lanes of `words` words each.
MAINSTEM_TARGET inline std::uint64_t take_lanes(std::uint64_t state, const unsigned char* at,
                                                std::size_t words) noexcept {
    const auto lane_bytes = words * word_bytes;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    const auto* const last = at + lane_bytes - word_bytes;
    for (; at != last; at += word_bytes) {
        state = _mm_crc32_u64(state, load(at));
        second = _mm_crc32_u64(second, load(at + lane_bytes));
        third = _mm_crc32_u64(third, load(at + 2 * lane_bytes));
    }
    state = _mm_crc32_u64(state, load(at));
    second = _mm_crc32_u64(second, load(at + lane_bytes));
    // The last word of the third lane takes the other lanes with it.
    return _mm_crc32_u64(
        third, load(at + 2 * lane_bytes) ^ move_over(2 * words, state) ^ move_over(words, second));
}

}  // namespace

MAINSTEM_TARGET std::uint32_t crc32c_by_instruction(std::uint32_t crc, const void* data,
                                                    std::size_t size) noexcept {
    const auto* at = static_cast<const unsigned char*>(data);
    std::uint64_t state = ~crc;
    while (size >= lanes * shortest_lane * word_bytes) {
        const auto words = std::min(size / (lanes * word_bytes), longest_lane);
        state = take_lanes(state, at, words);
        at += lanes * words * word_bytes;
        size -= lanes * words * word_bytes;
    }
    for (; size >= word_bytes; at += word_bytes, size -= word_bytes)
        state = _mm_crc32_u64(state, load(at));

    auto narrow = static_cast<std::uint32_t>(state);
    if ((size & 4U) != 0) {
        std::uint32_t half = 0;
        std::memcpy(&half, at, sizeof half);
        narrow = _mm_crc32_u32(narrow, half);
        at += sizeof half;
    }
    for (size &= 3U; size > 0; ++at, --size) narrow = _mm_crc32_u8(narrow, *at);
    return ~narrow;
}

}  // namespace mainstem

#undef MAINSTEM_TARGET
#endif
