// The verb `bench read`: full scans and reads of single streams, from the page cache, beside the
// plain reading of the same bytes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <mainstem/core/histogram.hpp>
#include <mainstem/core/random.hpp>

#include "cli/bench.hpp"
#include "cli/bench_fill.hpp"
#include "cli/bench_streams.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

struct BenchReadOptions {
    StoreArguments store;
    FillOptions fill{.tags = 0};
    std::uint64_t threads = 1;
    std::uint64_t runs = 5;
    Format format = Format::table;
};

struct BenchReadResult {
    std::uint64_t events = 0;
    std::uint64_t streams = 0;
    std::uint64_t bytes = 0;           ///< of the log
    std::vector<double> scans;         ///< events per second
    std::vector<double> plain_reads;   ///< bytes per second
    std::vector<double> stream_reads;  ///< streams per second
    HistogramSnapshot latencies;       ///< of stream reads
};

double seconds_since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// Reads every file of the log by plain calls into one buffer. Returns bytes per second.
Result<double> plain_read(const std::string& directory) {
    std::vector<char> buffer(256UL * 1024);
    std::uint64_t bytes = 0;
    const auto begin = Steady::now();
    for (const auto& entry : std::filesystem::directory_iterator{directory + "/segments"}) {
        if (entry.path().extension() != ".log") continue;
        const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) return Error{CliError::failed, "cannot read " + entry.path().string()};
        for (ssize_t got = 1; got > 0;) {
            got = ::read(file, buffer.data(), buffer.size());
            bytes += got > 0 ? static_cast<std::uint64_t>(got) : 0;
        }
        ::close(file);
    }
    return static_cast<double>(bytes) / seconds_since(begin);
}

Result<double> scan(const Store& store) {
    const auto begin = Steady::now();
    std::uint64_t events = 0;
    for (const auto& event : store.read_all({.page_events = 1000})) {
        if (!event) return event.error();
        ++events;
    }
    return static_cast<double>(events) / seconds_since(begin);
}

/// Reads streams in random order for a second. Returns streams per second.
Result<double> read_streams(const Store& store, std::uint64_t threads, std::uint64_t streams,
                            std::uint64_t seed, Histogram& latencies) {
    std::atomic<std::uint64_t> reads{0};
    std::atomic<bool> failed{false};
    const auto begin = Steady::now();
    const auto client = [&](std::uint64_t thread) {
        Random random{seed * 1000 + thread};
        std::uint64_t done = 0;
        while (seconds_since(begin) < 1) {
            const StreamId stream{bench_stream(random.below(streams))};
            const auto started = Steady::now();
            for (const auto& event : store.read(stream)) {
                if (!event) failed = true;
            }
            latencies.record(Steady::now() - started);
            ++done;
        }
        reads += done;
    };
    {
        std::vector<std::jthread> readers;
        readers.reserve(threads);
        for (std::uint64_t i = 0; i < threads; ++i) readers.emplace_back(client, i);
    }
    if (failed) return Error{CliError::failed, "a stream could not be read"};
    return static_cast<double>(reads.load()) / seconds_since(begin);
}

/// Fills a store that is empty; takes one that a bench has filled as it is. Returns the number of
/// its streams that can be read.
Result<std::uint64_t> prepare(Store& store, const BenchReadOptions& options) {
    const auto head = store.head();
    if (!head) return head.error();
    const bool is_new = head->value == 0;
    if (is_new) {
        const auto filled = fill_if_empty(store, options.fill);
        if (!filled) return filled.error();
    }
    auto streams = count_bench_streams(store);
    if (!streams) return streams;
    if (*streams == 0) {
        return Error{CliError::failed,
                     fmt::format("{} holds no streams of the bench; give bench read a store that "
                                 "is new, empty or filled by the bench",
                                 in_quotes(options.store.address))};
    }
    if (!is_new && *streams != options.fill.streams) {
        say(fmt::format("{} is filled already, with {}; --streams is for an empty store",
                        in_quotes(options.store.address), counted(*streams, "stream")));
    }
    return streams;
}

Result<BenchReadResult> measure(const BenchReadOptions& options) {
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto prepared = prepare(*store, options);
    if (!prepared) return prepared.error();
    const auto stats = store->stats();
    if (!stats) return stats.error();
    BenchReadResult result;
    result.events = stats->events;
    result.streams = *prepared;
    result.bytes = stats->data_bytes;
    Histogram latencies;
    Progress progress{"bench read", "run"};
    progress.set_total(options.runs);
    for (std::uint64_t run = 0; run < options.runs; ++run) {
        const auto plain = plain_read(options.store.address);
        if (!plain) return plain.error();
        const auto scanned = scan(*store);
        if (!scanned) return scanned.error();
        const auto streams =
            read_streams(*store, options.threads, result.streams, run + 1, latencies);
        if (!streams) return streams.error();
        result.plain_reads.push_back(*plain);
        result.scans.push_back(*scanned);
        result.stream_reads.push_back(*streams);
        progress.update(run + 1, run + 1);
        if (interrupt_requested()) return interrupted("the benchmark was stopped");
    }
    result.latencies = latencies.snapshot();
    return result;
}

/// The scan's rate in bytes, as a share of the plain read's.
double share_of_plain_read(const BenchReadResult& result) {
    std::vector<double> shares;
    shares.reserve(result.scans.size());
    const double event_bytes =
        static_cast<double>(result.bytes) / static_cast<double>(result.events);
    for (std::size_t i = 0; i < result.scans.size(); ++i) {
        shares.push_back(result.scans[i] * event_bytes / result.plain_reads[i]);
    }
    return median(shares);
}

std::string as_line(const BenchReadOptions& options, const BenchReadResult& result) {
    return JsonObject{}
               .text("bench", "read")
               .number("events", result.events)
               .number("streams", result.streams)
               .number("bytes", options.fill.bytes)
               .number("threads", options.threads)
               .number("runs", result.scans.size())
               .decimal("scan_events_per_second", median(result.scans))
               .decimal("plain_read_bytes_per_second", median(result.plain_reads))
               .decimal("scan_ratio", share_of_plain_read(result))
               .decimal("stream_reads_per_second", median(result.stream_reads))
               .decimal("stream_p50_us", microseconds(result.latencies.quantile(0.5)))
               .decimal("stream_p99_us", microseconds(result.latencies.quantile(0.99)))
               .str() +
           '\n';
}

std::string as_table(const BenchReadOptions& options, const BenchReadResult& result) {
    const auto rate = [](double value) {
        return with_thousands(static_cast<std::uint64_t>(value));
    };
    Listing listing;
    listing.add("store", fmt::format("{} in {}, {}", counted(result.events, "event"),
                                     counted(result.streams, "stream"), human_bytes(result.bytes)));
    listing.add("full scan", fmt::format("{} events a second, one thread, every checksum verified",
                                         rate(median(result.scans))));
    listing.add("plain read of the same bytes",
                fmt::format("{} a second; the scan reaches {:.0f} %",
                            human_bytes(static_cast<std::uint64_t>(median(result.plain_reads))),
                            100 * share_of_plain_read(result)));
    listing.add("streams, in random order",
                fmt::format("{} a second on {} (p50 {:.1f}, p99 {:.1f} microseconds)",
                            rate(median(result.stream_reads)), counted(options.threads, "thread"),
                            microseconds(result.latencies.quantile(0.5)),
                            microseconds(result.latencies.quantile(0.99))));
    return listing.text();
}

Result<void> bench_read(const BenchReadOptions& options) {
    const auto result = measure(options);
    if (!result) return result.error();
    return write_result(options.format == Format::jsonl ? as_line(options, *result)
                                                        : as_table(options, *result));
}

}  // namespace

void add_bench_read(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchReadOptions>();
    auto& verb =
        add_verb(bench, "read", "Scan a log and read streams of it; an empty store is filled first",
                 "  mainstem bench read --store scratch --threads 2");
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_fill(verb, options->fill);
    add_number(verb, {.name = "--threads", .help = "Threads that read streams"}, options->threads,
               {.least = 1, .most = 256});
    add_number(verb, {.name = "--runs", .help = "Runs of each measurement; the median counts"},
               options->runs, {.least = 1, .most = 1000});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_read(*options); });
}

}  // namespace mainstem::cli
