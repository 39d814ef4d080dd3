// Nanoseconds for a checksum, by implementation and size: short records, a typical event, a page.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/crc32c_implementations.hpp"

namespace mainstem {
namespace {

void measure(benchmark::State& state, Crc32cFunction compute) {
    const std::vector<char> bytes(static_cast<std::size_t>(state.range(0)), 'x');
    std::uint32_t crc = 0;
    for (auto _ : state) {
        // Each input starts anew, as events do: what is measured is not one long chain.
        benchmark::DoNotOptimize(crc = compute(0, bytes.data(), bytes.size()));
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

const bool registered = [] {
    for (const auto& implementation : crc32c_implementations()) {
        const auto name = "crc32c/" + std::string{implementation.name};
        benchmark::RegisterBenchmark(name.c_str(), measure, implementation.compute)
            ->Arg(24)
            ->Arg(64)
            ->Arg(128)
            ->Arg(300)
            ->Arg(320)
            ->Arg(1024)
            ->Arg(4096)
            ->Arg(65'536);
    }
    return true;
}();

}  // namespace
}  // namespace mainstem
