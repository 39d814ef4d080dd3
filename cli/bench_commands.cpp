// The verb `bench commands`: how fast commands are executed, beside appends of the same size. Both
// run in turns of half a second, as `bench append` does with the machine's limit.
#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <mainstem/event/codec.hpp>

#include "cli/bare_loop.hpp"
#include "cli/bench.hpp"
#include "cli/bench_load.hpp"
#include "cli/command_load.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/ledger.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr double slice_seconds = 0.5;
constexpr std::uint64_t most_clients = 1024;

struct BenchCommandsOptions {
    StoreArguments store;
    std::string concurrency = "1,10,50,100";
    std::uint64_t seconds = 5;
    std::uint64_t accounts = 10'000;
    std::uint64_t pay_clients = 64;
    Format format = Format::table;
};

/// One line of the result.
struct CommandRow {
    CommandLoad load;
    std::vector<double> per_second;
    std::vector<double> appends;  ///< a second, by as many clients; empty: not compared
    std::vector<double> ratios;
    std::vector<double> limits;  ///< the disk's, a second; empty as well for a store in memory
    HistogramSnapshot latencies;
    ExecutorStats stats;
    MemoryInHand memory;
};

Result<std::vector<std::uint64_t>> parse_concurrency(const std::string& text) {
    std::vector<std::uint64_t> all;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        std::uint64_t clients = 0;
        const auto read = std::from_chars(at, end, clients);
        if (read.ec != std::errc{} || clients < 1 || clients > most_clients) break;
        all.push_back(clients);
        if (read.ptr == end) return all;
        if (*read.ptr != ',') break;
        at = read.ptr + 1;
    }
    return wrong_usage(
        fmt::format("--concurrency takes numbers from 1 to {} with commas between "
                    "them, as 1,10,50,100, not {}",
                    most_clients, in_quotes(text)));
}

/// The counters of a row; what is cached is as it is in the end.
ExecutorStats since(const ExecutorStats& before, ExecutorStats stats) {
    stats.failed -= before.failed;
    stats.conflicts -= before.conflicts;
    stats.cache_hits -= before.cache_hits;
    stats.cache_misses -= before.cache_misses;
    return stats;
}

class BenchCommands {
public:
    BenchCommands(BenchCommandsOptions options, Store store)
        : options_(std::move(options)),
          store_(std::move(store)),
          creating_(store_),
          paying_(store_, {.state_cache = {.entries = 2 * options_.accounts}}) {}

    Result<std::vector<CommandRow>> run(const std::vector<std::uint64_t>& concurrency) {
        // What a run before has left may stay: its users and accounts are others.
        const auto head = store_.head();
        if (!head) return head.error();
        run_ = head->value;
        std::vector<CommandLoad> loads;
        loads.reserve(concurrency.size() + 9);
        for (const auto clients : concurrency) loads.push_back({.clients = clients});
        loads.push_back({.through = CommandLoad::Through::batcher});
        for (const auto kind : {CommandLoad::Kind::pay_in, CommandLoad::Kind::pay}) {
            loads.push_back({.kind = kind, .clients = 1});
        }
        for (const auto kind : {CommandLoad::Kind::pay, CommandLoad::Kind::pay_hot}) {
            for (const auto through :
                 {CommandLoad::Through::executor, CommandLoad::Through::parallel}) {
                loads.push_back(
                    {.kind = kind, .through = through, .clients = options_.pay_clients});
            }
            loads.push_back({.kind = kind, .through = CommandLoad::Through::batcher});
        }
        // Accounts that a run before has opened are refused, but then their states are cached.
        const auto opened = open_ledger(paying_, options_.accounts);
        if (!opened) return opened.error();
        Progress progress{"bench commands", "turn"};
        progress.set_total(loads.size() * turns());
        for (auto& load : loads) {
            load.accounts = options_.accounts;
            if (auto done = measure(load, progress); !done) return done.error();
        }
        return std::move(rows_);
    }

private:
    [[nodiscard]] std::uint64_t turns() const {
        return std::max<std::uint64_t>(
            static_cast<std::uint64_t>(static_cast<double>(options_.seconds) / slice_seconds), 1);
    }

    Result<void> measure(const CommandLoad& load, Progress& progress) {
        const auto& executor = load.kind == CommandLoad::Kind::create_user ? creating_ : paying_;
        CommandLoadRun run{executor, load, run_ + rows_.size()};
        CommandRow row;
        row.load = load;
        if (auto warm = run.slice(slice_seconds / 2); !warm) return warm.error();
        const auto before = executor.stats();
        for (std::uint64_t i = 0; i < turns(); ++i) {
            if (interrupt_requested()) return interrupted("the benchmark was stopped");
            const auto rate = run.slice(slice_seconds);
            if (!rate) return rate.error();
            row.per_second.push_back(*rate);
            if (auto beside = append_beside(row, *rate); !beside) return beside;
            progress.update(rows_.size() * turns() + i + 1, rows_.size() * turns() + i + 1);
        }
        row.latencies = run.latencies();
        row.stats = since(before, executor.stats());
        row.memory = memory_in_hand();
        rows_.push_back(std::move(row));
        return {};
    }

    /// As many clients that append what creating a user would, and that write as much without a
    /// log.
    Result<void> append_beside(CommandRow& row, double rate) {
        if (row.load.kind != CommandLoad::Kind::create_user ||
            row.load.through != CommandLoad::Through::executor) {
            return {};
        }
        const auto user = encode(ledger::UserCreated{"u1000.10.1000@example.org", "User", "Test"});
        const AppendLoad load{.clients = row.load.clients, .bytes = user->data.size()};
        const auto appends = run_append_load(store_, load, slice_seconds, versions_, latencies_);
        if (!appends) return appends.error();
        row.appends.push_back(*appends);
        row.ratios.push_back(rate / *appends);
        return limit_beside(row, event_bytes(load));
    }

    Result<void> limit_beside(CommandRow& row, std::uint64_t bytes) {
        if (options_.store.address == "memory:") return {};
        const auto path = options_.store.address + "/bench-limit.tmp";
        BareLoad limit{.clients = static_cast<unsigned>(row.load.clients),
                       .request_bytes = bytes,
                       .seconds = slice_seconds / 4};
        if (row.limits.empty()) {
            const auto fastest = fastest_bare_file(path, limit, 1);
            if (!fastest) return fastest.error();
            limit_file_ = *fastest;
        }
        limit.seconds = slice_seconds;
        const auto rate = run_bare_loop(path, limit_file_, limit);
        if (!rate) return rate.error();
        row.limits.push_back(*rate);
        return {};
    }

    BenchCommandsOptions options_;
    Store store_;
    Executor creating_;  ///< with the cache of the defaults
    Executor paying_;    ///< with room for the states of all accounts
    std::uint64_t run_ = 0;
    std::vector<CommandRow> rows_;
    std::vector<Version> versions_;
    Histogram latencies_;
    BareFile limit_file_ = BareFile::growing;  ///< of the row in hand
};

std::string as_line(const CommandRow& row) {
    const auto quantile = [&](double q) { return microseconds(row.latencies.quantile(q)); };
    auto line = JsonObject{}
                    .text("bench", "commands")
                    .text("load", name(row.load.kind))
                    .text("through", name(row.load.through))
                    .number("clients", row.load.clients)
                    .decimal("commands_per_second", median(row.per_second));
    if (!row.ratios.empty()) {
        line.decimal("appends_per_second", median(row.appends))
            .decimal("ratio", median(row.ratios));
    }
    if (!row.limits.empty()) line.decimal("limit_per_second", median(row.limits));
    return line.decimal("p50_us", quantile(0.5))
               .decimal("p95_us", quantile(0.95))
               .decimal("p99_us", quantile(0.99))
               .number("commands", row.latencies.count())
               .number("conflicts", row.stats.conflicts)
               .number("failed", row.stats.failed)
               .number("cache_hits", row.stats.cache_hits)
               .number("cache_misses", row.stats.cache_misses)
               .number("cached_bytes", row.stats.cached_bytes)
               .number("memory", row.memory.now)
               .str() +
           '\n';
}

std::string as_table(const std::vector<CommandRow>& rows) {
    auto text = fmt::format("{:<12} {:<9} {:>7} {:>12} {:>10} {:>12} {:>27} {:>10} {:>8}\n", "load",
                            "through", "clients", "commands/s", "of appends", "disk's limit",
                            "p50, p95, p99 (ms)", "conflicts", "given up");
    for (const auto& row : rows) {
        const auto quantile = [&](double q) {
            return microseconds(row.latencies.quantile(q)) / 1000;
        };
        text += fmt::format(
            "{:<12} {:<9} {:>7} {:>12} {:>10} {:>12} {:>27} {:>10} {:>8}\n", name(row.load.kind),
            name(row.load.through), row.load.clients,
            with_thousands(static_cast<std::uint64_t>(median(row.per_second))),
            row.ratios.empty() ? "" : fmt::format("{:.0f} %", 100 * median(row.ratios)),
            row.limits.empty() ? ""
                               : with_thousands(static_cast<std::uint64_t>(median(row.limits))),
            fmt::format("{:.3f}, {:.3f}, {:.3f}", quantile(0.5), quantile(0.95), quantile(0.99)),
            with_thousands(row.stats.conflicts), with_thousands(row.stats.failed));
    }
    return text;
}

Result<void> bench_commands(const BenchCommandsOptions& options) {
    const auto concurrency = parse_concurrency(options.concurrency);
    if (!concurrency) return concurrency.error();
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto rows = BenchCommands{options, *std::move(store)}.run(*concurrency);
    if (!rows) return rows.error();
    if (options.format == Format::table) return write_result(as_table(*rows));
    std::string lines;
    for (const auto& row : *rows) lines += as_line(row);
    return write_result(lines);
}

}  // namespace

void add_bench_commands(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchCommandsOptions>();
    auto& verb =
        add_verb(bench, "commands", "Execute commands, in turns with appends of the same size",
                 "  mainstem bench commands --store scratch --concurrency 1,10,50,100\n"
                 "  mainstem bench commands --store memory: --format jsonl");
    add_details(verb, bench_details);
    add_store(verb, options->store);
    add_text(verb,
             {.name = "--concurrency",
              .help = "Clients that create users, one load for each number",
              .takes = "N,N,...",
              .standard = options->concurrency},
             options->concurrency);
    add_number(verb, {.name = "--accounts", .help = "Accounts between which is paid"},
               options->accounts, {.least = 1000, .most = 10'000'000});
    add_number(verb, {.name = "--pay-clients", .help = "Clients that pay"}, options->pay_clients,
               {.least = 1, .most = most_clients});
    add_number(verb,
               {.name = "--seconds", .help = "How long each load, without the appends beside"},
               options->seconds, {.least = 1, .most = 86'400});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_commands(*options); });
}

}  // namespace mainstem::cli
