// The verb `bench query`: finding events by a tag, checking conditions of appends, opening, and the
// memory that it takes, on a store whose tags are scattered over all of it.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/histogram.hpp>
#include <mainstem/core/random.hpp>

#include "cli/bench.hpp"
#include "cli/bench_fill.hpp"
#include "cli/exit_code.hpp"
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

struct BenchQueryOptions {
    StoreArguments store;
    FillOptions fill;
    std::uint64_t threads = 2;
    std::uint64_t runs = 5;
    Format format = Format::table;
};

/// Times of one kind of question, and how many are answered in a second.
struct Answered {
    std::vector<double> per_second;
    Histogram latencies;
};

struct BenchQueryResult {
    StoreStats stats;
    double opening_seconds = 0;
    std::uint64_t filling_peak_bytes = 0;
    std::uint64_t resident_bytes = 0;
    Answered by_tag;    ///< all events of one tag
    Answered changed;   ///< a condition: no event of the type since the head
    Answered new_type;  ///< a condition: no event of a type that there is not
    Answered new_tag;   ///< a condition: no event of the type with a tag that there is not
};

/// Asks for a second, on some threads; false from `ask` is a failure.
Result<void> run_for_a_second(std::uint64_t threads, std::uint64_t seed, Answered& answered,
                              const std::function<bool(Random&)>& ask) {
    std::atomic<std::uint64_t> count{0};
    std::atomic<bool> failed{false};
    const auto begin = Steady::now();
    const auto client = [&](std::uint64_t thread) {
        Random random{seed * 1000 + thread};
        std::uint64_t done = 0;
        while (!failed && Steady::now() - begin < std::chrono::seconds{1}) {
            const auto asked = Steady::now();
            if (!ask(random)) failed = true;
            answered.latencies.record(Steady::now() - asked);
            ++done;
        }
        count += done;
    };
    {
        std::vector<std::jthread> clients;
        clients.reserve(threads);
        for (std::uint64_t i = 0; i < threads; ++i) clients.emplace_back(client, i);
    }
    if (failed) return Error{CliError::failed, "a question got the wrong answer"};
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    answered.per_second.push_back(static_cast<double>(count.load()) / seconds);
    return {};
}

class BenchQuery {
public:
    explicit BenchQuery(BenchQueryOptions options) : options_(std::move(options)) {}

    Result<void> run(BenchQueryResult& result) {
        const auto opened = open(result);
        if (!opened) return opened;
        Progress progress{"bench query", "run"};
        progress.set_total(options_.runs);
        for (std::uint64_t run = 0; run < options_.runs; ++run) {
            const auto measured = measure(run, result);
            if (!measured) return measured;
            progress.update(run + 1, run + 1);
            if (interrupt_requested()) return interrupted("the benchmark was stopped");
        }
        result.resident_bytes = memory_in_hand().now;
        return {};
    }

private:
    /// Fills a store that is empty, and opens it anew.
    Result<void> open(BenchQueryResult& result) {
        {
            auto store = open_for_writing(options_.store);
            if (!store) return store.error();
            const auto filled = fill_if_empty(*store, options_.fill);
            if (!filled) return filled;
            result.filling_peak_bytes = memory_in_hand().peak;
        }
        const auto begin = Steady::now();
        auto store = open_for_writing(options_.store);
        if (!store) return store.error();
        result.opening_seconds = std::chrono::duration<double>(Steady::now() - begin).count();
        store_ = *std::move(store);
        const auto head = store_->head();
        if (!head) return head.error();
        head_ = *head;
        const auto stats = store_->stats();
        if (!stats) return stats.error();
        result.stats = *stats;
        return {};
    }

    Result<void> measure(std::uint64_t run, BenchQueryResult& result) {
        const auto tags = run_for_a_second(options_.threads, run, result.by_tag,
                                           [this](Random& random) { return find_tag(random); });
        if (!tags) return tags;
        const QueryItem type{.types = {bench_event_type}};
        const auto changed = run_for_a_second(1, run, result.changed, [&](Random&) {
            return holds({.changed = EventQuery{type}, .after = head_});
        });
        if (!changed) return changed;
        const auto new_type = run_for_a_second(1, run, result.new_type, [&](Random&) {
            return holds({.exists = EventQuery{QueryItem{.types = {"OrderLost"}}}});
        });
        if (!new_type) return new_type;
        return run_for_a_second(1, run, result.new_tag, [&](Random& random) {
            const Tag tag{fmt::format("unknown:{}", random.below(1'000'000'000))};
            return holds(
                {.exists = EventQuery{QueryItem{.types = {bench_event_type}, .tags = {tag}}}});
        });
    }

    bool find_tag(Random& random) {
        const Tag tag{bench_tag(random.below(std::min(options_.fill.tags, head_.value)))};
        std::uint64_t found = 0;
        for (const auto& event : store_->read_all({.query = QueryItem{.tags = {tag}}})) {
            if (!event) return false;
            ++found;
        }
        return found > 0;
    }

    bool holds(AppendCondition unless) {
        AppendRequest request;
        request.unless = std::move(unless);
        return store_->append(request).has_value();
    }

    BenchQueryOptions options_;
    std::optional<Store> store_;
    Position head_;
};

double microseconds(const Answered& answered, double quantile) {
    const auto time = answered.latencies.snapshot().quantile(quantile);
    return std::chrono::duration<double, std::micro>(time).count();
}

std::string as_line(const BenchQueryOptions& options, const BenchQueryResult& result) {
    JsonObject line;
    line.text("bench", "query")
        .number("events", result.stats.events)
        .number("streams", result.stats.streams)
        .number("tags", options.fill.tags)
        .number("segments", result.stats.segments)
        .number("threads", options.threads)
        .number("runs", options.runs)
        .decimal("opening_seconds", result.opening_seconds)
        .number("filling_peak_bytes", result.filling_peak_bytes)
        .number("resident_bytes", result.resident_bytes)
        .decimal("tag_queries_per_second", median(result.by_tag.per_second));
    const auto add = [&](const std::string& name, const Answered& answered) {
        line.decimal(name + "_p50_us", microseconds(answered, 0.5))
            .decimal(name + "_p99_us", microseconds(answered, 0.99));
    };
    add("tag_query", result.by_tag);
    add("type_since_head", result.changed);
    add("new_type", result.new_type);
    add("new_tag", result.new_tag);
    return line.str() + '\n';
}

std::string as_table(const BenchQueryOptions& options, const BenchQueryResult& result) {
    const auto times = [](const Answered& answered) {
        return fmt::format("p50 {:.1f}, p99 {:.1f} microseconds", microseconds(answered, 0.5),
                           microseconds(answered, 0.99));
    };
    Listing listing;
    listing.add("store", fmt::format("{} in {}, {}", counted(result.stats.events, "event"),
                                     counted(result.stats.streams, "stream"),
                                     counted(result.stats.segments, "segment")));
    listing.add("opening", fmt::format("{:.3f} seconds", result.opening_seconds));
    listing.add("memory in hand",
                fmt::format("{}, at most {} up to the opening", human_bytes(result.resident_bytes),
                            human_bytes(result.filling_peak_bytes)));
    listing.add(
        "events by a tag",
        fmt::format("{} queries a second on {} ({})",
                    with_thousands(static_cast<std::uint64_t>(median(result.by_tag.per_second))),
                    counted(options.threads, "thread"), times(result.by_tag)));
    listing.add("condition: no such type since the head", times(result.changed));
    listing.add("condition: no such type at all", times(result.new_type));
    listing.add("condition: no such tag at all", times(result.new_tag));
    return listing.text();
}

Result<void> bench_query(const BenchQueryOptions& options) {
    BenchQueryResult result;
    const auto done = BenchQuery{options}.run(result);
    if (!done) return done;
    return write_result(options.format == Format::jsonl ? as_line(options, result)
                                                        : as_table(options, result));
}

}  // namespace

void add_bench_query(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchQueryOptions>();
    auto& verb = add_verb(
        bench, "query", "Find events by tags and check conditions; an empty store is filled first",
        "  mainstem bench query --store scratch --events 10000000 --batch 100");
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_segment_size(verb, options->store.segment_size);
    add_fill_with_tags(verb, options->fill);
    add_number(verb, {.name = "--threads", .help = "Threads that look for tags"}, options->threads,
               {.least = 1, .most = 256});
    add_number(verb, {.name = "--runs", .help = "Runs of each measurement; the median counts"},
               options->runs, {.least = 1, .most = 1000});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_query(*options); });
}

}  // namespace mainstem::cli
