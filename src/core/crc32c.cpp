// Chooses the implementation of CRC32C that suits the processor, once.
#include "core/crc32c.hpp"

#include <array>
#include <atomic>

#include "core/crc32c_implementations.hpp"

namespace mainstem {
namespace {

struct Choice {
    std::array<Crc32cImplementation, 3> implementations{};
    std::size_t count = 0;

    void add(std::string_view name, Crc32cFunction compute) {
        implementations.at(count++) = {name, compute};
    }
};

Choice choose() noexcept {
    Choice choice;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool has_instruction =
        __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
    const bool has_folding = has_instruction && __builtin_cpu_supports("avx512f") &&
                             __builtin_cpu_supports("avx512bw") &&
                             __builtin_cpu_supports("avx512vbmi2") &&
                             __builtin_cpu_supports("vpclmulqdq");
    if (has_folding) choice.add("folding", crc32c_by_folding);
    if (has_instruction) choice.add("instruction", crc32c_by_instruction);
#endif
    choice.add("tables", crc32c_by_tables);
    return choice;
}

std::uint32_t choose_and_compute(std::uint32_t crc, const void* data, std::size_t size) noexcept;

/// Correct from the first instruction of the process on, also for constructors of globals. Several
/// threads may write it at once: all write the same.
std::atomic<Crc32cFunction> chosen{choose_and_compute};

std::uint32_t choose_and_compute(std::uint32_t crc, const void* data, std::size_t size) noexcept {
    const auto compute = crc32c_implementations().front().compute;
    chosen.store(compute, std::memory_order_relaxed);
    return compute(crc, data, size);
}

}  // namespace

std::span<const Crc32cImplementation> crc32c_implementations() noexcept {
    static const Choice choice = choose();
    return std::span{choice.implementations}.first(choice.count);
}

std::uint32_t crc32c(std::uint32_t crc, const void* data, std::size_t size) noexcept {
    return chosen.load(std::memory_order_relaxed)(crc, data, size);
}

}  // namespace mainstem
