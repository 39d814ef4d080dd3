// CRC32C by folding: blocks of 64 bytes are multiplied by powers of x, four products of 128 bits at
// once, until one block is left with the same remainder as the whole input. After Gopal and others,
// "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009, with the
// wider registers of AVX-512.
//
// The input is seen as blocks that end where it ends. So only the first block can be short; zeros
// before it change nothing, as the checksum so far is added to the first bytes of the input itself.
#if defined(__x86_64__)

#include <array>

#include <immintrin.h>

#include "core/crc32c_implementations.hpp"
#include "core/crc32c_polynomial.hpp"

// GCC 12 takes the undefined start values inside its own AVX-512 intrinsics for a mistake of ours.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define MAINSTEM_TARGET \
    __attribute__((target("sse4.2,pclmul,avx512f,avx512bw,avx512vbmi2,vpclmulqdq")))

namespace mainstem {
namespace {

constexpr std::size_t block_bytes = 64;
/// Below, the instruction is faster, as measured by bench/crc32c_bench.cpp on AMD's Zen 4.
constexpr std::size_t least_bytes = 3 * block_bytes;
/// Blocks in flight in the loop for long inputs.
constexpr std::size_t at_once = 4;
constexpr std::size_t most_blocks = 2 * at_once;

/// Moves a lane of 128 bits over `bits` bits: the power of x for its first 8 bytes, then for the
/// other 8. The product of two reflected polynomials of 64 bits, seen as one of 128 bits, is
/// multiplied by x: so each power is one less.
struct alignas(16) Fold {
    std::uint64_t first;
    std::uint64_t second;
};

constexpr Fold fold_over(std::uint64_t bits) {
    if (bits == 0) return {0, 0};
    return {std::uint64_t{crc32c_polynomial::power_of_x(bits + 63)} << 32U,
            std::uint64_t{crc32c_polynomial::power_of_x(bits - 1)} << 32U};
}

/// folds[n] moves over n blocks.
constexpr auto folds = [] {
    std::array<Fold, most_blocks> result{};
    for (std::size_t n = 0; n < result.size(); ++n) result[n] = fold_over(512 * n);
    return result;
}();

/// Moves the lanes of a block to its last one, which itself stays.
constexpr std::array<Fold, 4> folds_in_block{fold_over(384), fold_over(256), fold_over(128),
                                             fold_over(0)};

MAINSTEM_TARGET inline __m512i exclusive_or(__m512i a, __m512i b, __m512i c) noexcept {
    return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/// `sum` plus `block` moved by `fold`.
MAINSTEM_TARGET inline __m512i add_folded(__m512i sum, __m512i block, __m512i fold) noexcept {
    return exclusive_or(sum, _mm512_clmulepi64_epi128(block, fold, 0x00),
                        _mm512_clmulepi64_epi128(block, fold, 0x11));
}

MAINSTEM_TARGET inline __m512i over_blocks(std::size_t count) noexcept {
    return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(&folds[count])));
}

/// The checksum so far as the first bytes of a block.
MAINSTEM_TARGET inline __m512i at_begin(std::uint32_t state) noexcept {
    return _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(state)));
}

/// The remainder of one block.
MAINSTEM_TARGET inline std::uint32_t remainder(__m512i block) noexcept {
    const auto last_lane = _mm512_maskz_mov_epi64(0xC0, block);
    const auto lanes = add_folded(last_lane, block, _mm512_loadu_si512(folds_in_block.data()));
    const auto halves =
        _mm256_xor_si256(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
    const auto lane =
        _mm_xor_si128(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    const auto first = static_cast<std::uint64_t>(_mm_cvtsi128_si64(lane));
    const auto second = static_cast<std::uint64_t>(_mm_extract_epi64(lane, 1));
    return static_cast<std::uint32_t>(_mm_crc32_u64(_mm_crc32_u64(0, first), second));
}

/// The bytes of the input that have not been folded: whole blocks.
struct Blocks {
    const unsigned char* at;
    std::size_t count;

    MAINSTEM_TARGET __m512i take() noexcept {
        const auto block = _mm512_loadu_si512(at);
        at += block_bytes;
        --count;
        return block;
    }
};

/// Folds the head and blocks into one sum until at most `at_once` blocks are left, with as many
/// blocks in flight. At least `at_once` blocks must follow the head.
MAINSTEM_TARGET inline __m512i fold_long(__m512i head, Blocks& blocks) noexcept {
    __m512i in_flight[at_once] = {head, blocks.take(), blocks.take(), blocks.take()};
    const auto over_all = over_blocks(at_once);
    while (blocks.count > at_once)
        for (auto& block : in_flight) block = add_folded(blocks.take(), block, over_all);

    auto sum = _mm512_setzero_si512();
    auto distance = blocks.count + at_once;
    for (const auto& block : in_flight) sum = add_folded(sum, block, over_blocks(--distance));
    return sum;
}

/// The remainder of the head and at least one block.
MAINSTEM_TARGET inline std::uint32_t remainder(__m512i head, Blocks blocks) noexcept {
    auto sum = blocks.count < most_blocks
                   ? add_folded(_mm512_setzero_si512(), head, over_blocks(blocks.count))
                   : fold_long(head, blocks);
    while (blocks.count > 1) {
        const auto distance = over_blocks(blocks.count - 1);
        sum = add_folded(sum, blocks.take(), distance);
    }
    return remainder(_mm512_xor_si512(sum, blocks.take()));
}

/// Not inlined, so that short inputs do not pay for its frame.
[[gnu::noinline]] MAINSTEM_TARGET std::uint32_t fold(std::uint32_t crc, const unsigned char* begin,
                                                     std::size_t size) noexcept {
    const auto head_bytes = (size - 1) % block_bytes + 1;
    if (head_bytes < sizeof crc) [[unlikely]] {
        // The checksum so far would not fit into the head: a few bytes less make a longer one.
        constexpr std::size_t few = 8;
        return crc32c_by_folding(crc32c_by_instruction(crc, begin, few), begin + few, size - few);
    }

    const auto head_places = ~std::uint64_t{0} << (block_bytes - head_bytes);
    const auto first_bytes = _mm512_xor_si512(_mm512_loadu_si512(begin), at_begin(~crc));
    const auto head = _mm512_maskz_expand_epi8(head_places, first_bytes);
    return ~remainder(head, {begin + head_bytes, (size - head_bytes) / block_bytes});
}

}  // namespace

std::uint32_t crc32c_by_folding(std::uint32_t crc, const void* data, std::size_t size) noexcept {
    if (size < least_bytes) return crc32c_by_instruction(crc, data, size);
    return fold(crc, static_cast<const unsigned char*>(data), size);
}

}  // namespace mainstem

#undef MAINSTEM_TARGET
#endif
