// What the memory store takes by itself: appends and reads through the handle, one thread, 10,000
// streams of ten events in no order.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <mainstem/core/random.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {
namespace {

constexpr std::size_t streams = 10'000;
constexpr std::size_t events_each = 10;
/// Of appends in one run: what is kept grows with them.
constexpr std::int64_t appends = 300'000;

class FilledStore {
public:
    FilledStore() : names_(streams), versions_(streams, Version{events_each}), random_(7) {
        for (std::size_t i = 0; i < streams; ++i) names_[i] = "account-" + std::to_string(i);
        for (std::size_t round = 0; round < events_each; ++round) {
            for (const auto& name : names_) store_.append(name, {"Deposited", "100"}).value();
        }
    }

    Store& store() { return store_; }
    std::size_t next() { return random_.below(streams); }
    [[nodiscard]] const StreamId& name(std::size_t stream) const { return names_[stream]; }
    [[nodiscard]] Version version(std::size_t stream) const { return versions_[stream]; }

    /// Names the stream at its place in the request, as one that has its version.
    void aim(AppendRequest& request, std::size_t place, std::size_t stream) {
        request.expect[place].stream = names_[stream];
        request.expect[place].expected = versions_[stream];
        request.events[place].stream = names_[stream];
        request.events[place].event.id = EventId::generate();
        versions_[stream] = versions_[stream].next();
    }

private:
    Store store_ = Store::open("memory:").value();
    std::vector<StreamId> names_;
    std::vector<Version> versions_;
    Random random_;
};

AppendRequest request_of(std::size_t events) {
    AppendRequest request;
    request.expect.resize(events);
    for (std::size_t i = 0; i < events; ++i) {
        request.events.push_back({{}, {"Deposited", R"({"amount": 100})"}});
    }
    return request;
}

/// The argument: streams in a request, each with an exact expectation and an event.
void memory_append(benchmark::State& state) {
    FilledStore filled;
    const auto count = static_cast<std::size_t>(state.range(0));
    AppendRequest request = request_of(count);
    for (auto _ : state) {
        const std::size_t first = filled.next();
        for (std::size_t i = 0; i < count; ++i) filled.aim(request, i, (first + i) % streams);
        benchmark::DoNotOptimize(filled.store().append(request).value());
    }
}
BENCHMARK(memory_append)->Arg(1)->Arg(2)->Iterations(appends);

void memory_stream_info(benchmark::State& state) {
    FilledStore filled;
    for (auto _ : state) {
        benchmark::DoNotOptimize(filled.store().stream_info(filled.name(filled.next())).value());
    }
}
BENCHMARK(memory_stream_info);

void memory_read_nothing_new(benchmark::State& state) {
    FilledStore filled;
    for (auto _ : state) {
        const std::size_t stream = filled.next();
        auto cursor =
            filled.store().read(filled.name(stream), {.from = filled.version(stream).next()});
        benchmark::DoNotOptimize(cursor.next());
    }
}
BENCHMARK(memory_read_nothing_new);

/// A thousand events, of as many streams as the argument says.
void memory_read_streams(benchmark::State& state) {
    FilledStore filled;
    const auto count = static_cast<std::size_t>(state.range(0));
    std::vector<StreamFrom> wanted(count);
    for (std::size_t i = 0; i < count; ++i) wanted[i].stream = filled.name(17 * i);
    AppendRequest request = request_of(count);
    for (std::size_t events = count * events_each; events < 1'000; events += count) {
        for (std::size_t i = 0; i < count; ++i) filled.aim(request, i, 17 * i);
        filled.store().append(request).value();
    }
    std::size_t bytes = 0;
    for (auto _ : state) {
        for (const auto& event : filled.store().read_streams(wanted, 1'000)) {
            bytes += event->data.size();
        }
    }
    benchmark::DoNotOptimize(bytes);
    state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(memory_read_streams)->Arg(1)->Arg(2)->Arg(100);

}  // namespace
}  // namespace mainstem
