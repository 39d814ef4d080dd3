// The verb `bench beside`: what a full scan and writers at full speed cost each other. Each turn
// measures the scan alone, the writers alone and both at once on one store; what counts is the
// median of the turns' ratios.
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/histogram.hpp>

#include "cli/bench.hpp"
#include "cli/bench_fill.hpp"
#include "cli/bench_load.hpp"
#include "cli/bench_streams.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr double slice_seconds = 0.5;
constexpr double turn_seconds = 3 * slice_seconds;

struct BenchBesideOptions {
    StoreArguments store;
    FillOptions fill{.tags = 0};
    AppendLoad load{.clients = 64};
    std::uint64_t seconds = 20;
    Format format = Format::table;
};

/// Events per second, and what is left of them beside the other, of each turn.
struct Rates {
    std::vector<double> alone;
    std::vector<double> beside;
    std::vector<double> ratios;

    void add(double rate_alone, double rate_beside) {
        alone.push_back(rate_alone);
        beside.push_back(rate_beside);
        ratios.push_back(rate_beside / rate_alone);
    }
};

struct BenchBesideResult {
    std::uint64_t events = 0;
    Rates scan;
    Rates writers;
};

/// Reads everything up to `to`, over and over until the time is over. Returns events per second.
Result<double> scan(const Store& store, Position to) {
    const auto begin = Steady::now();
    const auto passed = [&] {
        return std::chrono::duration<double>(Steady::now() - begin).count();
    };
    constexpr std::uint64_t page = 1000;
    std::uint64_t events = 0;
    while (passed() < slice_seconds) {
        for (const auto& event : store.read_all({.to = to, .page_events = page})) {
            if (!event) return event.error();
            if (++events % page == 0 && passed() >= slice_seconds) break;
        }
    }
    return static_cast<double>(events) / passed();
}

class BenchBeside {
public:
    BenchBeside(Store& store, const AppendLoad& load, Position filled)
        : store_(&store), load_(load), filled_(filled) {
        result_.events = filled.value;
    }

    Result<void> turn() {
        const auto scan_alone = scan(*store_, filled_);
        if (!scan_alone) return scan_alone.error();
        const auto writers_alone = write();
        if (!writers_alone) return writers_alone.error();
        auto scanning = std::async(std::launch::async, [this] { return scan(*store_, filled_); });
        const auto writers_beside = write();
        const auto scan_beside = scanning.get();
        if (!writers_beside) return writers_beside.error();
        if (!scan_beside) return scan_beside.error();
        result_.scan.add(*scan_alone, *scan_beside);
        result_.writers.add(*writers_alone, *writers_beside);
        return {};
    }

    [[nodiscard]] const BenchBesideResult& result() const { return result_; }

private:
    Result<double> write() {
        return run_append_load(*store_, load_, slice_seconds, versions_, latencies_);
    }

    Store* store_;
    AppendLoad load_;
    Position filled_;
    std::vector<Version> versions_;
    Histogram latencies_;
    BenchBesideResult result_;
};

Result<BenchBesideResult> measure(const BenchBesideOptions& options) {
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto own = check_only_bench_streams(*store, "beside", options.store);
    if (!own) return own.error();
    const auto filled = fill_if_empty(*store, options.fill);
    if (!filled) return filled.error();
    const auto head = store->head();
    if (!head) return head.error();
    BenchBeside bench{*store, options.load, *head};
    const auto turns = std::max<std::uint64_t>(
        static_cast<std::uint64_t>(static_cast<double>(options.seconds) / turn_seconds), 1);
    Progress progress{"bench beside", "turn"};
    progress.set_total(turns);
    for (std::uint64_t i = 0; i < turns; ++i) {
        if (interrupt_requested()) return interrupted("the benchmark was stopped");
        const auto done = bench.turn();
        if (!done) return done.error();
        progress.update(i + 1, i + 1);
    }
    return bench.result();
}

std::string as_line(const BenchBesideOptions& options, const BenchBesideResult& result) {
    JsonObject line;
    line.text("bench", "beside")
        .number("events", result.events)
        .number("clients", options.load.clients)
        .number("batch", options.load.batch)
        .number("bytes", options.fill.bytes)
        .number("turns", result.scan.ratios.size());
    const auto add = [&](const std::string& name, const Rates& rates) {
        line.decimal(name + "_alone_events_per_second", median(rates.alone))
            .decimal(name + "_beside_events_per_second", median(rates.beside))
            .decimal(name + "_ratio", median(rates.ratios));
    };
    add("scan", result.scan);
    add("writers", result.writers);
    return line.str() + '\n';
}

std::string as_table(const BenchBesideOptions& options, const BenchBesideResult& result) {
    const auto rate = [](const std::vector<double>& rates) {
        return with_thousands(static_cast<std::uint64_t>(median(rates)));
    };
    const auto row = [&](const Rates& rates) {
        return fmt::format("{} events a second alone, {} beside the other ({:.0f} %)",
                           rate(rates.alone), rate(rates.beside), 100 * median(rates.ratios));
    };
    Listing listing;
    listing.add("scan", fmt::format("of {}, over and over", counted(result.events, "event")));
    listing.add(
        "writers",
        fmt::format("{} x {} of {}, flushed", counted(options.load.clients, "client"),
                    counted(options.load.batch, "event"), counted(options.fill.bytes, "byte")));
    listing.add("turns", with_thousands(result.scan.ratios.size()));
    listing.add("the scan reads", row(result.scan));
    listing.add("the writers append", row(result.writers));
    return listing.text();
}

Result<void> bench_beside(const BenchBesideOptions& options) {
    const auto result = measure(options);
    if (!result) return result.error();
    return write_result(options.format == Format::jsonl ? as_line(options, *result)
                                                        : as_table(options, *result));
}

}  // namespace

void add_bench_beside(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchBesideOptions>();
    auto& verb =
        add_verb(bench, "beside", "Scan a log while others append; an empty store is filled first",
                 "  mainstem bench beside --store scratch --clients 64");
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_fill(verb, options->fill);
    add_number(verb, {.name = "--clients", .help = "Threads that append"}, options->load.clients,
               {.least = 1, .most = 4096});
    add_number(verb, {.name = "--batch", .help = "Events in a request"}, options->load.batch,
               {.least = 1, .most = limits::events_per_request});
    add_number(verb, {.name = "--seconds", .help = "How long, after it was filled"},
               options->seconds, {.least = 1, .most = 86'400});
    add_format(verb, options->format);
    set_action(verb, action, [options] {
        options->load.bytes = options->fill.bytes;
        return bench_beside(*options);
    });
}

}  // namespace mainstem::cli
