// The verb `bench projections`: how fast events become documents of a read model in a file, how
// soon they do, and how fast documents are found. Beside the runner stands the model alone: commits
// of the same documents that were folded before.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/histogram.hpp>
#include <mainstem/core/random.hpp>
#include <mainstem/projection/runner.hpp>

#include "cli/bench.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/projection_load.hpp"
#include "cli/temporary_folder.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;
using projection_load::Accounts;
using namespace std::string_literals;

/// What takes longer never ends.
constexpr std::chrono::minutes patience{30};
/// How often a run is looked at.
constexpr std::chrono::milliseconds glance{2};

struct BenchProjectionsOptions {
    StoreArguments store;
    std::uint64_t events = 1'000'000;
    std::uint64_t accounts = 50'000;
    std::uint64_t documents = 200'000;
    std::uint64_t rate = 5'000;
    std::uint64_t seconds = 5;
    Format format = Format::table;
};

/// One line of the result.
struct ProjectionRow {
    std::string load;
    std::string unit;
    double per_second = 0;
    std::optional<HistogramSnapshot> latencies = {};
    std::string details = {};
    std::uint64_t memory = 0;  ///< at most until then
};

double seconds_since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

class BenchProjections {
public:
    BenchProjections(BenchProjectionsOptions options, Store store, std::string folder)
        : options_(std::move(options)), store_(std::move(store)), folder_(std::move(folder)) {}

    Result<std::vector<ProjectionRow>> run() {
        if (auto done = fill(); !done) return std::move(done).error();
        const std::vector<std::pair<std::string, Projection>> folds{
            {"fold", projection_of(Accounts{})},
            {"fold, two indexes", projection_load::indexed_accounts()},
            {"count", projection_of(projection_load::Counter{})}};
        for (const auto& [name, projection] : folds) {
            if (auto done = fold(name, projection); !done) return std::move(done).error();
        }
        const auto cores = std::max(std::thread::hardware_concurrency(), 2U);
        for (const auto& [name, projection, partitions] :
             {std::tuple{"rebuild, count"s, folds[2].second, 1U},
              std::tuple{"rebuild, fold"s, folds[0].second, 1U},
              std::tuple{fmt::format("rebuild, fold, {} partitions", cores), folds[0].second,
                         cores}}) {
            auto done = rebuild(name, projection, partitions);
            if (!done) return std::move(done).error();
        }
        for (const bool indexed : {false, true}) {
            if (auto done = commit_alone(indexed); !done) return std::move(done).error();
        }
        if (auto done = live(); !done) return std::move(done).error();
        if (auto done = find(); !done) return std::move(done).error();
        return std::move(rows_);
    }

private:
    Result<void> fill() {
        Progress progress{"fill", "event"};
        progress.set_total(options_.events);
        auto done = projection_load::fill(store_, options_.accounts, options_.events,
                                          [&](std::uint64_t at) {
                                              progress.update(at, at);
                                              return !interrupt_requested();
                                          });
        if (!done) return done;
        return interrupt_requested() ? Result<void>{interrupted("the benchmark was stopped")}
                                     : Result<void>{};
    }

    Result<ReadModel> new_model() {
        return ReadModel::open(fmt::format("{}/{}.sqlite", folder_, ++models_));
    }

    /// From the first event to the last of the store.
    Result<void> fold(const std::string& name, const Projection& projection) {
        const auto model = new_model();
        if (!model) return model.error();
        const auto begin = Steady::now();
        const auto runner = ProjectionRunner::start(store_, *model, {projection});
        if (!runner) return runner.error();
        if (auto done = follow(*runner, false); !done) return done;
        return add_fold(name, begin, *runner);
    }

    /// The same beside what serves.
    Result<void> rebuild(const std::string& name, const Projection& projection,
                         std::size_t partitions) {
        const auto model = new_model();
        if (!model) return model.error();
        auto runner = ProjectionRunner::start(store_, *model, {projection},
                                              RunnerOptions{.partitions = partitions});
        if (!runner) return runner.error();
        if (auto done = follow(*runner, false); !done) return done;
        const auto begin = Steady::now();
        if (auto done = runner->rebuild(projection.declaration.name); !done) return done;
        if (auto done = follow(*runner, true); !done) return done;
        return add_fold(name, begin, *runner);
    }

    /// Until a runner, or its build, has all events.
    Result<void> follow(const ProjectionRunner& runner, bool builds) {
        const auto head = store_.head();
        if (!head) return head.error();
        Progress progress{"bench projections", "event"};
        progress.set_total(head->value);
        while (true) {
            const auto status = runner.status().front();
            if (!status.failure.empty()) return Error{ProjectionError::stopped, status.failure};
            if (status.position >= *head && !status.building) return {};
            if (interrupt_requested()) return interrupted("the benchmark was stopped");
            const auto at = builds ? status.built.value : status.position.value;
            progress.update(at, at);
            std::this_thread::sleep_for(glance);
        }
    }

    Result<void> add_fold(const std::string& name, Steady::time_point begin,
                          const ProjectionRunner& runner) {
        const auto head = store_.head();
        if (!head) return head.error();
        rows_.push_back({.load = name,
                         .unit = "events",
                         .per_second = static_cast<double>(head->value) / seconds_since(begin),
                         .details = fmt::format("{} commits", runner.status().front().commits),
                         .memory = memory_in_hand().peak});
        return {};
    }

    /// Documents that are ready, in commits of what ten thousand events change.
    Result<void> commit_alone(bool indexed) {
        const auto model = new_model();
        if (!model) return model.error();
        const auto projection =
            indexed ? projection_load::indexed_accounts() : projection_of(Accounts{});
        const auto record = model->store()->declare(projection.declaration);
        if (!record) return record.error();
        const auto lead = model->store()->try_lead("accounts");
        if (!lead) return lead.error();
        constexpr std::uint64_t batch = 10'000;
        Random random{2};
        std::chrono::duration<double> time{};
        const auto batches = std::max<std::uint64_t>(options_.events / batch, 1);
        for (std::uint64_t i = 0; i < batches; ++i) {
            ModelCommit commit{.projection = "accounts",
                               .generation = record->generation,
                               .epoch = (*lead)->epoch(),
                               .from = {i * batch},
                               .to = {(i + 1) * batch}};
            for (auto& [account, amount] : changed_accounts(random, batch)) {
                commit.changes.push_back(
                    {"accounts",
                     {account, commit.to,
                      fmt::format(
                          R"({{"owner":"owner of {}","balance":{},"deposits":{},"city":"{}"}})",
                          account, amount, i, account.substr(account.size() - 2))}});
            }
            const auto begin = Steady::now();
            if (auto done = model->store()->commit(commit); !done) return done;
            time += Steady::now() - begin;
            if (interrupt_requested()) return interrupted("the benchmark was stopped");
        }
        rows_.push_back({.load = indexed ? "commits alone, two indexes" : "commits alone",
                         .unit = "events",
                         .per_second = static_cast<double>(batches * batch) / time.count(),
                         .memory = memory_in_hand().peak});
        return {};
    }

    std::map<std::string, std::uint64_t> changed_accounts(Random& random,
                                                          std::uint64_t events) const {
        std::map<std::string, std::uint64_t> changed;
        for (std::uint64_t i = 0; i < events; ++i) {
            changed[fmt::format("account-{:06}", random.below(options_.accounts))] += i % 100;
        }
        return changed;
    }

    /// One writer at a steady rate; each event is waited for in the model.
    Result<void> live() {
        const auto model = new_model();
        if (!model) return model.error();
        auto runner = ProjectionRunner::start(store_, *model, projection_load::Accounts{});
        if (!runner) return runner.error();
        const auto head = store_.head();
        if (!head) return head.error();
        if (auto done = runner->wait_until(*head, patience); !done) return done;
        const auto count = options_.rate * options_.seconds;
        std::vector<Steady::time_point> answered(count);
        std::atomic<std::uint64_t> appended{0};
        std::optional<Error> failure;
        std::thread writer{[&] { append_at_rate(answered, appended, failure); }};
        Histogram latencies;
        Result<void> done;
        for (std::uint64_t i = 0; i < count && done; ++i) {
            appended.wait(i);
            done = runner->wait_until({head->value + i + 1}, patience);
            latencies.record(Steady::now() - answered[i]);
        }
        writer.join();
        if (failure) return *failure;
        if (!done) return done;
        rows_.push_back({.load = "live",
                         .unit = "events",
                         .per_second = static_cast<double>(options_.rate),
                         .latencies = latencies.snapshot(),
                         .details = fmt::format("{} commits", runner->status().front().commits),
                         .memory = memory_in_hand().peak});
        return {};
    }

    /// Appends in groups of five milliseconds' worth, each event with an answer of its own.
    void append_at_rate(std::vector<Steady::time_point>& answered,
                        std::atomic<std::uint64_t>& appended, std::optional<Error>& failure) {
        const auto interval = std::chrono::nanoseconds{std::chrono::seconds{1}} /
                              static_cast<std::int64_t>(options_.rate);
        auto next = Steady::now();
        Random random{3};
        for (std::uint64_t i = 0; i < answered.size();) {
            std::this_thread::sleep_until(next);
            AppendRequest request;
            const auto begin = i;
            do {
                const auto account = random.below(options_.accounts);
                request.events.push_back(
                    {fmt::format("account-{:06}", account), projection_load::deposit(account, 1)});
                next += interval;
                ++i;
            } while (i < answered.size() && next <= Steady::now());
            const auto done = store_.append(request);
            if (!done && !failure) failure = done.error();
            for (auto each = begin; each < i; ++each) answered[each] = Steady::now();
            appended = i;
            appended.notify_all();
        }
    }

    /// Look-ups by key, and a query with and without its index.
    Result<void> find() {
        const auto model = new_model();
        if (!model) return model.error();
        auto projection = projection_load::indexed_accounts();
        const auto record = model->store()->declare(projection.declaration);
        if (!record) return record.error();
        const auto lead = model->store()->try_lead("accounts");
        if (!lead) return lead.error();
        ModelCommit commit{.projection = "accounts",
                           .generation = record->generation,
                           .epoch = (*lead)->epoch(),
                           .to = {options_.documents}};
        for (std::uint64_t i = 0; i < options_.documents; ++i) {
            commit.changes.push_back(
                {"accounts",
                 {fmt::format("account-{:06}", i),
                  {i + 1},
                  fmt::format(R"({{"owner":"owner {0}","balance":{0},"deposits":1,"city":"{1}"}})",
                              i, i % 100)}});
        }
        if (auto done = model->store()->commit(commit); !done) return done;
        Random random{4};
        auto done = each_second("key lookup", [&]() -> Result<void> {
            const auto id = fmt::format("account-{:06}", random.below(options_.documents));
            const auto found = model->get("accounts", id);
            return found ? Result<void>{} : found.error();
        });
        if (!done) return done;
        const auto query = [&](const char* field) {
            return [&model, field, &random, this]() -> Result<void> {
                const auto least = random.below(options_.documents);
                DocumentQuery wanted{.collection = "accounts",
                                     .where = Field{field} >= least && Field{field} < least + 10};
                const auto found = model->find(wanted);
                return found ? Result<void>{} : found.error();
            };
        };
        done = each_second("query by an index", query("balance"));
        if (!done) return done;
        return each_second("the same without one", query("unindexed"));
    }

    /// Runs it for the time of a load.
    Result<void> each_second(const std::string& name, const std::function<Result<void>()>& once) {
        Histogram latencies;
        std::uint64_t count = 0;
        const auto begin = Steady::now();
        while (seconds_since(begin) < static_cast<double>(options_.seconds)) {
            if (interrupt_requested()) return interrupted("the benchmark was stopped");
            const auto start = Steady::now();
            if (auto done = once(); !done) return done;
            latencies.record(Steady::now() - start);
            ++count;
        }
        rows_.push_back({.load = name,
                         .unit = "queries",
                         .per_second = static_cast<double>(count) / seconds_since(begin),
                         .latencies = latencies.snapshot(),
                         .memory = memory_in_hand().peak});
        return {};
    }

    BenchProjectionsOptions options_;
    Store store_;
    std::string folder_;
    std::uint64_t models_ = 0;
    std::vector<ProjectionRow> rows_;
};

std::string as_line(const ProjectionRow& row) {
    auto line = JsonObject{}
                    .text("bench", "projections")
                    .text("load", row.load)
                    .text("unit", row.unit)
                    .decimal("per_second", row.per_second);
    if (row.latencies) {
        line.decimal("p50_us", microseconds(row.latencies->quantile(0.5)))
            .decimal("p95_us", microseconds(row.latencies->quantile(0.95)))
            .decimal("p99_us", microseconds(row.latencies->quantile(0.99)));
    }
    return line.text("details", row.details).number("memory", row.memory).str() + '\n';
}

std::string as_table(const std::vector<ProjectionRow>& rows) {
    auto text = fmt::format("{:<27} {:>12} {:<8} {:>26} {:>9}  {}\n", "load", "a second", "unit",
                            "p50, p95, p99 (ms)", "memory", "");
    for (const auto& row : rows) {
        const auto quantile = [&](double q) {
            return microseconds(row.latencies->quantile(q)) / 1000;
        };
        text += fmt::format("{:<27} {:>12} {:<8} {:>26} {:>5} MiB  {}\n", row.load,
                            with_thousands(static_cast<std::uint64_t>(row.per_second)), row.unit,
                            row.latencies ? fmt::format("{:.3f}, {:.3f}, {:.3f}", quantile(0.5),
                                                        quantile(0.95), quantile(0.99))
                                          : "",
                            row.memory >> 20, row.details);
    }
    return text;
}

Result<void> bench_projections(const BenchProjectionsOptions& options) {
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    auto folder = TemporaryFolder::create();
    if (!folder) return folder.error();
    const auto rows = BenchProjections{options, *std::move(store), folder->path()}.run();
    if (!rows) return rows.error();
    if (options.format == Format::table) return write_result(as_table(*rows));
    std::string lines;
    for (const auto& row : *rows) lines += as_line(row);
    return write_result(lines);
}

}  // namespace

void add_bench_projections(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchProjectionsOptions>();
    auto& verb = add_verb(bench, "projections", "Turn events into documents, and find them",
                          "  mainstem bench projections --store scratch --events 1000000");
    add_details(verb, bench_details);
    add_store(verb, options->store);
    add_number(verb, {.name = "--events", .help = "Events that the store has at least"},
               options->events, {.least = 10'000, .most = 1'000'000'000});
    add_number(verb, {.name = "--accounts", .help = "Documents that they change"},
               options->accounts, {.least = 100, .most = 1'000'000});
    add_number(verb, {.name = "--documents", .help = "Documents in which is searched"},
               options->documents, {.least = 1000, .most = 1'000'000});
    add_number(verb, {.name = "--rate", .help = "Events a second that are appended live"},
               options->rate, {.least = 1, .most = 100'000});
    add_number(verb, {.name = "--seconds", .help = "How long is appended, and searched"},
               options->seconds, {.least = 1, .most = 86'400});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_projections(*options); });
}

}  // namespace mainstem::cli
