// Nanoseconds for a record in a histogram and for raising a counter, by number of threads, and for
// a snapshot.
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

#include <mainstem/core/counter.hpp>
#include <mainstem/core/histogram.hpp>
#include <mainstem/core/random.hpp>

namespace mainstem {
namespace {

Histogram histogram;
Counter counter;

void histogram_record(benchmark::State& state) {
    Random random{static_cast<std::uint64_t>(state.thread_index()) + 1};
    std::vector<std::chrono::nanoseconds> times(1024);
    for (auto& time : times) time = std::chrono::nanoseconds{100'000 + random.below(1'000'000)};
    std::size_t next = 0;
    for (auto _ : state) histogram.record(times[next++ % times.size()]);
}
BENCHMARK(histogram_record)->ThreadRange(1, 4);

void histogram_snapshot(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(histogram.snapshot().quantile(0.99));
}
BENCHMARK(histogram_snapshot);

void counter_add(benchmark::State& state) {
    for (auto _ : state) counter.add();
}
BENCHMARK(counter_add)->ThreadRange(1, 4);

}  // namespace
}  // namespace mainstem
