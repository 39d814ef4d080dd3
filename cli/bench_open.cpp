// The verb `bench open`: how long a store takes to open, after a clean stop and after a kill, and
// what memory it has in hand then. Other processes fill the store and are killed, so that the
// memory is that of opening and of counting what there is.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

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

struct BenchOpenOptions {
    StoreArguments store;
    FillOptions fill;
    std::uint64_t runs = 5;
    Format format = Format::table;
};

struct BenchOpenResult {
    std::uint64_t events = 0;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0;     ///< of the log
    std::vector<double> clean;   ///< seconds
    std::vector<double> killed;  ///< seconds
    MemoryInHand memory;
};

/// Runs `what` in a process of its own and returns how that ended, as `waitpid` tells it. Only
/// while this process has one thread.
Result<int> run_apart(const std::function<Result<void>()>& what) {
    const ::pid_t child = ::fork();
    if (child < 0) return Error{CliError::failed, "the system makes no further process"};
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const auto done = what();
        if (!done) say(done.error().message());
        ::_exit(done ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (interrupt_requested()) return interrupted("the benchmark was stopped");
    return status;
}

/// True if the store has events of the bench and no others, false if it is empty.
Result<bool> is_filled(const BenchOpenOptions& options) {
    const auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto own = check_only_bench_streams(*store, "open", options.store);
    if (!own) return own.error();
    const auto head = store->head();
    if (!head) return head.error();
    return head->value > 0;
}

Result<void> fill(const BenchOpenOptions& options) {
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    return fill_if_empty(*store, options.fill);
}

/// Bytes of the last segment of a store that was closed.
std::uint64_t bytes_of_last_segment(const std::string& directory) {
    std::filesystem::path last;
    for (const auto& entry : std::filesystem::directory_iterator{directory + "/segments"}) {
        if (entry.path().extension() == ".log") last = std::max(last, entry.path());
    }
    return last.empty() ? 0 : std::filesystem::file_size(last);
}

/// Counts through the whole store, which takes long in a large one.
Result<void> look_at_store(const BenchOpenOptions& options, BenchOpenResult& result) {
    const auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto stats = store->stats();
    if (!stats) return stats.error();
    result.events = stats->events;
    result.segments = stats->segments;
    result.bytes = stats->data_bytes;
    return {};
}

/// Appends at least half a segment, until the last one is nearly full: more a kill cannot leave to
/// be looked through. Then dies of it.
Result<void> append_and_die(const BenchOpenOptions& options, std::uint64_t event_bytes) {
    std::uint64_t used = bytes_of_last_segment(options.store.address);
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    AppendRequest request{.durability = Durability::buffered};
    for (std::uint64_t i = 0; i < options.fill.batch; ++i) {
        request.events.push_back(
            {bench_stream(i), {bench_event_type, std::string(options.fill.bytes, 'x')}});
    }
    const std::uint64_t step = options.fill.batch * event_bytes;
    const std::uint64_t size = options.store.segment_size.value;
    const std::uint64_t nearly = size / 100 * 95;
    // Where a request takes up much of a segment, none gets that full.
    for (std::uint64_t added = 0; added < size / 2 || (used < nearly && added < 2 * size);) {
        if (interrupt_requested()) return interrupted("the benchmark was stopped");
        for (StreamEvent& event : request.events) event.event.id = EventId::generate();
        const auto appended = store->append(request);
        if (!appended) return appended.error();
        added += step;
        used = used + step <= size ? used + step : step;
    }
    ::raise(SIGKILL);
    return {};
}

/// Opens the store. Returns seconds.
Result<double> open_once(const BenchOpenOptions& options, BenchOpenResult& result) {
    const auto begin = Steady::now();
    const auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    result.memory = memory_in_hand();
    return seconds;
}

Result<void> run_once(const BenchOpenOptions& options, BenchOpenResult& result) {
    const auto clean = open_once(options, result);
    if (!clean) return clean.error();
    result.clean.push_back(*clean);
    const auto ended =
        run_apart([&] { return append_and_die(options, result.bytes / result.events); });
    if (!ended) return ended.error();
    if (!WIFSIGNALED(*ended) || WTERMSIG(*ended) != SIGKILL) {
        return Error{CliError::failed, "the process that was to be killed has failed"};
    }
    const auto killed = open_once(options, result);
    if (!killed) return killed.error();
    result.killed.push_back(*killed);
    return {};
}

Result<BenchOpenResult> measure(const BenchOpenOptions& options) {
    const auto filled = is_filled(options);
    if (!filled) return filled.error();
    if (!*filled) {
        const auto ended = run_apart([&] { return fill(options); });
        if (!ended) return ended.error();
        if (*ended != 0) return Error{CliError::failed, "the store could not be filled"};
    }
    BenchOpenResult result;
    if (auto looked = look_at_store(options, result); !looked) return looked.error();
    Progress progress{"bench open", "run"};
    progress.set_total(options.runs);
    for (std::uint64_t run = 0; run < options.runs; ++run) {
        const auto done = run_once(options, result);
        if (!done) return done.error();
        progress.update(run + 1, run + 1);
    }
    if (auto looked = look_at_store(options, result); !looked) return looked.error();
    return result;
}

std::string as_line(const BenchOpenResult& result) {
    return JsonObject{}
               .text("bench", "open")
               .number("events", result.events)
               .number("segments", result.segments)
               .number("runs", result.clean.size())
               .decimal("clean_seconds", median(result.clean))
               .decimal("clean_seconds_most", std::ranges::max(result.clean))
               .decimal("killed_seconds", median(result.killed))
               .decimal("killed_seconds_most", std::ranges::max(result.killed))
               .number("resident_bytes", result.memory.now)
               .number("peak_bytes", result.memory.peak)
               .str() +
           '\n';
}

std::string as_table(const BenchOpenResult& result) {
    const auto times = [](const std::vector<double>& seconds) {
        return fmt::format("{:.3f} seconds, at most {:.3f}", median(seconds),
                           std::ranges::max(seconds));
    };
    Listing listing;
    listing.add("store", fmt::format("{} in {}", counted(result.events, "event"),
                                     counted(result.segments, "segment")));
    listing.add("after a clean stop", times(result.clean));
    listing.add("after a kill", times(result.killed));
    listing.add("memory in hand", fmt::format("{}, at most {}", human_bytes(result.memory.now),
                                              human_bytes(result.memory.peak)));
    return listing.text();
}

Result<void> bench_open(const BenchOpenOptions& options) {
    const auto result = measure(options);
    if (!result) return result.error();
    return write_result(options.format == Format::jsonl ? as_line(*result) : as_table(*result));
}

}  // namespace

void add_bench_open(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchOpenOptions>();
    auto& verb = add_verb(
        bench, "open", "Open a store after a clean stop and a kill; an empty one is filled first",
        "  mainstem bench open --store scratch --events 10000000 --batch 100");
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_segment_size(verb, options->store.segment_size);
    add_fill_with_tags(verb, options->fill);
    add_number(verb, {.name = "--runs", .help = "Runs of each measurement; the median counts"},
               options->runs, {.least = 1, .most = 1000});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_open(*options); });
}

}  // namespace mainstem::cli
