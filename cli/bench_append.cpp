// The verb `bench append`: how fast the store takes events, beside the machine's own limit. Both
// run in turns of half a second, because the same disk drifts by more than any difference between
// two programs; what counts is the median of the ratios of neighbouring turns.
#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <vector>

#include <fmt/format.h>

#include "cli/bare_loop.hpp"
#include "cli/bench.hpp"
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

constexpr double slice_seconds = 0.5;

struct BenchAppendOptions {
    StoreArguments store;
    AppendLoad load;
    std::uint64_t seconds = 20;
    Format format = Format::table;
};

struct BenchAppendResult {
    std::vector<double> events_per_second;
    std::vector<double> limits;
    std::vector<double> ratios;
    BareFile limit_file = BareFile::growing;
    HistogramSnapshot latencies;
    double stored_bytes_per_event = 0;
    double written_bytes_per_event = 0;
};

/// Bytes that the disk under `path` has been sent since the machine started, by whomever; 0 if the
/// kernel does not tell. Its count for a process is no use: it takes a large page that was touched
/// for one that is written whole.
std::uint64_t disk_bytes(const std::string& path) {
    constexpr std::uint64_t sector = 512;
    constexpr int fields_before = 6;
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return 0;
    std::ifstream counts{
        fmt::format("/sys/dev/block/{}:{}/stat", major(info.st_dev), minor(info.st_dev))};
    std::uint64_t value = 0;
    for (int i = 0; i <= fields_before; ++i) {
        if (!(counts >> value)) return 0;
    }
    return value * sector;
}

class BenchAppend {
public:
    explicit BenchAppend(const BenchAppendOptions& options)
        : options_(options), bare_path_(options.store.address + "/bench-limit.tmp") {
        limit_.clients = static_cast<unsigned>(options.load.clients);
        limit_.request_bytes = options.load.batch * event_bytes(options.load);
        limit_.flushed = options.load.durability == Durability::flushed;
        limit_.seconds = slice_seconds;
    }

    Result<BenchAppendResult> run() {
        auto store = open_for_writing(options_.store);
        if (!store) return store.error();
        const auto own = check_only_bench_streams(*store, "append", options_.store);
        if (!own) return own.error();
        const auto fastest = fastest_bare_file(bare_path_, limit_, 3);
        if (!fastest) return fastest.error();
        result_.limit_file = *fastest;
        const auto warm = slice(*store, 0.2);
        if (!warm) return warm.error();
        const auto pairs = std::max<std::uint64_t>(
            static_cast<std::uint64_t>(static_cast<double>(options_.seconds) / (2 * slice_seconds)),
            1);
        const auto before = store->stats();
        if (!before) return before.error();
        Progress progress{"bench append", "turn"};
        progress.set_total(pairs);
        for (std::uint64_t i = 0; i < pairs && !interrupt_requested(); ++i) {
            const auto done = pair(*store);
            if (!done) return done.error();
            progress.update(i + 1, i + 1);
        }
        if (interrupt_requested()) return interrupted("the benchmark was stopped");
        const auto after = store->stats();
        if (!after) return after.error();
        finish(*before, *after);
        return std::move(result_);
    }

private:
    Result<double> slice(Store& store, double seconds) {
        return run_append_load(store, options_.load, seconds, versions_, latencies_);
    }

    Result<void> pair(Store& store) {
        const std::uint64_t written = disk_bytes(options_.store.address);
        const auto events = slice(store, slice_seconds);
        if (!events) return events.error();
        written_ += disk_bytes(options_.store.address) - written;
        const auto limit = run_bare_loop(bare_path_, result_.limit_file, limit_);
        if (!limit) return limit.error();
        const double limit_events = *limit * static_cast<double>(options_.load.batch);
        result_.events_per_second.push_back(*events);
        result_.limits.push_back(limit_events);
        result_.ratios.push_back(*events / limit_events);
        return {};
    }

    void finish(const StoreStats& before, const StoreStats& after) {
        result_.latencies = latencies_.snapshot();
        const auto events = static_cast<double>(after.events - before.events);
        const std::uint64_t stored =
            after.data_bytes + after.index_bytes - before.data_bytes - before.index_bytes;
        result_.stored_bytes_per_event = static_cast<double>(stored) / events;
        result_.written_bytes_per_event = static_cast<double>(written_) / events;
    }

    BenchAppendOptions options_;
    std::string bare_path_;
    BareLoad limit_;
    std::vector<Version> versions_;
    Histogram latencies_;
    std::uint64_t written_ = 0;
    BenchAppendResult result_;
};

std::string as_line(const BenchAppendOptions& options, const BenchAppendResult& result) {
    const auto quantile = [&](double q) { return microseconds(result.latencies.quantile(q)); };
    return JsonObject{}
               .text("bench", "append")
               .number("clients", options.load.clients)
               .number("batch", options.load.batch)
               .number("bytes", options.load.bytes)
               .number("in_flight", options.load.in_flight)
               .text("durability",
                     options.load.durability == Durability::flushed ? "flushed" : "buffered")
               .text("condition", options.load.conditional ? "type and tag" : "version")
               .number("turns", result.ratios.size())
               .decimal("events_per_second", median(result.events_per_second))
               .decimal("limit_events_per_second", median(result.limits))
               .text("limit_file", name(result.limit_file))
               .decimal("ratio", median(result.ratios))
               .decimal("p50_us", quantile(0.5))
               .decimal("p95_us", quantile(0.95))
               .decimal("p99_us", quantile(0.99))
               .decimal("p999_us", quantile(0.999))
               .decimal("stored_bytes_per_event", result.stored_bytes_per_event)
               .decimal("written_bytes_per_event", result.written_bytes_per_event)
               .str() +
           '\n';
}

std::string as_table(const BenchAppendOptions& options, const BenchAppendResult& result) {
    const auto rate = [](double value) {
        return with_thousands(static_cast<std::uint64_t>(value));
    };
    Listing listing;
    listing.add(
        "load",
        fmt::format("{} x {} of {}, {} in flight, {}", counted(options.load.clients, "client"),
                    counted(options.load.batch, "event"), counted(options.load.bytes, "byte"),
                    options.load.in_flight,
                    options.load.durability == Durability::flushed ? "flushed" : "buffered"));
    listing.add("events per second", rate(median(result.events_per_second)));
    listing.add("limit of the machine",
                fmt::format("{} ({} file)", rate(median(result.limits)), name(result.limit_file)));
    listing.add("ratio", fmt::format("{:.1f} % (median of {})", 100 * median(result.ratios),
                                     counted(result.ratios.size(), "turn")));
    listing.add("p50, p95, p99, p99.9",
                fmt::format("{:.0f}, {:.0f}, {:.0f}, {:.0f} microseconds",
                            microseconds(result.latencies.quantile(0.5)),
                            microseconds(result.latencies.quantile(0.95)),
                            microseconds(result.latencies.quantile(0.99)),
                            microseconds(result.latencies.quantile(0.999))));
    listing.add("bytes stored for an event", fmt::format("{:.0f}", result.stored_bytes_per_event));
    listing.add("bytes written to the disk", fmt::format("{:.0f} for an event, others' included",
                                                         result.written_bytes_per_event));
    return listing.text();
}

Result<void> bench_append(const BenchAppendOptions& options) {
    const auto result = BenchAppend{options}.run();
    if (!result) return result.error();
    return write_result(options.format == Format::jsonl ? as_line(options, *result)
                                                        : as_table(options, *result));
}

}  // namespace

void add_bench_append(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchAppendOptions>();
    auto& verb = add_verb(bench, "append",
                          "Append as fast as the store takes it, in turns with the disk's limit",
                          "  mainstem bench append --store scratch --clients 64 --batch 1");
    AppendLoad& load = options->load;
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_number(verb,
               {.name = "--clients", .help = "Threads that append, each to a stream of its own"},
               load.clients, {.least = 1, .most = 4096});
    add_number(verb, {.name = "--batch", .help = "Events in a request"}, load.batch,
               {.least = 1, .most = limits::events_per_request});
    add_number(verb, {.name = "--bytes", .help = "Payload of an event"}, load.bytes,
               {.most = 1U << 20});
    add_number(verb,
               {.name = "--in-flight", .help = "Requests of a client that wait for an answer"},
               load.in_flight, {.least = 1, .most = 1024});
    add_switch(verb,
               {.name = "--conditional",
                .help = "Give each request a tag of its own, unless an event has it already"},
               load.conditional);
    add_number(verb, {.name = "--seconds", .help = "How long, the limit's turns included"},
               options->seconds, {.least = 1, .most = 86'400});
    add_durability(verb, load.durability);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_append(*options); });
}

}  // namespace mainstem::cli
