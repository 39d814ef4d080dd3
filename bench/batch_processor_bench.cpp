// Items per second through a batch processor whose function does nothing: what it costs by itself,
// by the size of a batch, from one thread and from several.
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include <mainstem/command/batch_processor.hpp>

namespace mainstem {
namespace {

using Number = std::uint64_t;
using Processor = BatchProcessor<Number, Number>;

std::vector<Result<Number>> echo(const std::vector<Number>& numbers) {
    return {numbers.begin(), numbers.end()};
}

/// Each item is submitted as soon as there is room; all are answered at the end.
void batch_processor_submit(benchmark::State& state) {
    static std::unique_ptr<Processor> processor;
    static std::atomic<Number> answered;
    if (state.thread_index() == 0) {
        processor = std::make_unique<Processor>(
            BatchOptions{.items = static_cast<std::size_t>(state.range(0))}, echo);
    }
    while (state.KeepRunning()) {
        processor->submit(1, [](const Result<Number>& number) {
            answered.fetch_add(*number, std::memory_order_relaxed);
        });
    }
    if (state.thread_index() == 0) {
        processor->flush();
        processor.reset();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(batch_processor_submit)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(batch_processor_submit)->Arg(100)->Threads(2)->Threads(4)->UseRealTime();

/// There and back: one caller that waits for each answer, in batches of one.
void batch_processor_process(benchmark::State& state) {
    Processor processor{{.items = 1}, echo};
    while (state.KeepRunning()) benchmark::DoNotOptimize(processor.process(1).value());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(batch_processor_process)->UseRealTime();

}  // namespace
}  // namespace mainstem
