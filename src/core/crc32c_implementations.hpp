// The ways to compute CRC32C, so that tests and benchmarks can reach each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mainstem {

/// The contract of crc32c().
using Crc32cFunction = std::uint32_t (*)(std::uint32_t crc, const void* data,
                                         std::size_t size) noexcept;

struct Crc32cImplementation {
    std::string_view name;
    Crc32cFunction compute;
};

/// Those that this processor can run, the best one first; the portable one is always there.
std::span<const Crc32cImplementation> crc32c_implementations() noexcept;

/// By tables; any processor.
std::uint32_t crc32c_by_tables(std::uint32_t crc, const void* data, std::size_t size) noexcept;

#if defined(__x86_64__)
/// By the CRC32 instruction, three at a time; needs SSE 4.2 and PCLMULQDQ.
std::uint32_t crc32c_by_instruction(std::uint32_t crc, const void* data, std::size_t size) noexcept;
/// By folding blocks of 64 bytes; needs AVX-512 (F, BW, VBMI2) and VPCLMULQDQ, too.
std::uint32_t crc32c_by_folding(std::uint32_t crc, const void* data, std::size_t size) noexcept;
#endif

}  // namespace mainstem
