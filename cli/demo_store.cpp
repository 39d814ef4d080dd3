// Batches, their expectations, and the time that each takes.
#include "cli/demo_store.hpp"

#include <algorithm>
#include <iterator>
#include <sys/resource.h>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/histogram.hpp>

#include "cli/dpkg_line.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t page_streams = 1000;

/// The versions that streams have, known without asking: this program alone writes them.
using Versions = std::map<StreamId, Version>;

std::vector<Expectation> expectations(const std::vector<StreamEvent>& events, Versions& versions) {
    Versions before;
    for (const auto& entry : events) {
        auto& version = versions[entry.stream];
        before.try_emplace(entry.stream, version);
        version = version.next();
    }
    std::vector<Expectation> expect;
    expect.reserve(before.size());
    for (const auto& [stream, version] : before) expect.push_back({stream, version});
    return expect;
}

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

rusage usage() noexcept {
    rusage used = {};
    getrusage(RUSAGE_SELF, &used);
    return used;
}

Result<void> fold_stream(const Store& store, const StreamId& stream, PackageStates& states) {
    auto& state = states[stream.str()];
    for (const auto& event : store.read(stream)) {
        if (!event) return event.error();
        if (auto applied = state.apply(*event); !applied) return applied.error().in(stream.view());
    }
    return {};
}

}  // namespace

std::size_t demo_batch(std::size_t events) noexcept {
    return std::clamp<std::size_t>(events / 1000, 10, 1000);
}

Result<AppendCost> append_history(Store& store, std::vector<StreamEvent> events) {
    AppendCost cost;
    cost.batch = demo_batch(events.size());
    Versions versions;
    Histogram latencies;
    Progress progress{"append", "event"};
    progress.set_total(events.size());
    const auto processor_before = processor_time();
    const auto begin = SteadyClock::now();
    for (auto next = events.begin(); next != events.end();) {
        const auto size =
            std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(cost.batch), events.end() - next);
        AppendRequest request;
        std::move(next, next + size, std::back_inserter(request.events));
        request.expect = expectations(request.events, versions);
        next += size;

        const auto asked = SteadyClock::now();
        const auto appended = store.append(request);
        latencies.record(SteadyClock::now() - asked);
        if (!appended) return appended.error();
        cost.events += request.events.size();
        ++cost.requests;
        progress.update(cost.events, cost.events);
        if (interrupt_requested()) {
            return interrupted(
                fmt::format("interrupted; {} stored", counted(cost.events, "event")));
        }
    }
    cost.elapsed = SteadyClock::now() - begin;
    cost.processor = processor_time() - processor_before;
    const auto snapshot = latencies.snapshot();
    cost.p50 = snapshot.quantile(0.50);
    cost.p95 = snapshot.quantile(0.95);
    cost.p99 = snapshot.quantile(0.99);
    return cost;
}

Result<PackageStates> fold_packages(const Store& store) {
    PackageStates states;
    std::string after;
    while (true) {
        const auto page = store.streams({}, after, page_streams);
        if (!page) return page.error();
        for (const auto& info : *page) {
            if (info.stream.view() == dpkg_stream) continue;
            if (auto folded = fold_stream(store, info.stream, states); !folded) {
                return folded.error();
            }
        }
        if (interrupt_requested()) return interrupted("interrupted while folding");
        if (page->size() < page_streams) return states;
        after = page->back().stream.str();
    }
}

std::chrono::nanoseconds processor_time() noexcept {
    const auto used = usage();
    return duration_of(used.ru_utime) + duration_of(used.ru_stime);
}

std::uint64_t peak_memory() noexcept {
    return static_cast<std::uint64_t>(usage().ru_maxrss) * 1024;
}

}  // namespace mainstem::cli
