// Nanoseconds for a new event id, by number of threads.
#include <benchmark/benchmark.h>

#include <mainstem/core/types.hpp>

namespace mainstem {
namespace {

void event_id_generate(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(EventId::generate());
}
BENCHMARK(event_id_generate)->ThreadRange(1, 2);

}  // namespace
}  // namespace mainstem
