// Two projections as a user would write them, and the queries that they are for.
#include "cli/demo_models.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/time_text.hpp>

#include "cli/dpkg_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// Nothing in the demonstration takes so long, but for a machine that stands still.
constexpr std::chrono::minutes patience{10};
/// Each glance reads an event of the store: so often it costs nothing that one could measure.
constexpr std::chrono::milliseconds between_glances{10};

struct Package {
    static constexpr auto collection = "packages";
    static std::vector<Index> indexes() {
        return {{.name = "by_state", .fields = {"state"}},
                {.name = "by_upgrades", .fields = {"upgrades"}}};
    }
    std::string state = "not-installed";
    std::string version;
    std::uint64_t upgrades = 0;
    std::uint64_t changes = 0;
};

struct Month {
    static constexpr auto collection = "months";
    std::uint64_t changes = 0;
};

/// One document for each package, one for each month.
struct Packages {
    static constexpr auto projection = "packages";
    using Documents = mainstem::Documents<Package, Month>;

    static EventQuery filter() {
        return QueryItem{.types = {std::string{status_changed}, "UpgradeStarted"}};
    }

    static void apply(const EventView& event, Documents& documents) {
        auto& package = documents.of<Package>()[event.stream];
        ++package.changes;
        ++documents.of<Month>()[to_rfc3339(event.occurred_at).substr(0, 7)].changes;
        if (event.type != status_changed) {
            ++package.upgrades;
            return;
        }
        for_each_member(event.data, [&](const JsonMember& member) {
            if (member.name == "state") package.state = json_string(member.value).value_or("");
            if (member.name == "version") package.version = json_string(member.value).value_or("");
            return true;
        });
    }
};

struct Balance {
    static constexpr auto collection = "balances";
    static std::vector<Index> indexes() { return {{.name = "by_balance", .fields = {"balance"}}}; }
    ledger::Money balance = 0;
};

struct Balances {
    static constexpr auto projection = "balances";
    using Event = ledger::Event;
    using Documents = mainstem::Documents<Balance>;

    static void apply(const ledger::AccountOpened& e, Documents& documents) {
        documents[e.account].balance = e.balance;
    }
    static void apply(const ledger::MoneySent& e, Documents& documents) {
        documents[e.account].balance -= e.amount;
    }
    static void apply(const ledger::MoneyReceived& e, Documents& documents) {
        documents[e.account].balance += e.amount;
    }
};

std::string way_of(const QueryPlan& plan) {
    switch (plan.way) {
        case QueryPlan::Way::key: return "key";
        case QueryPlan::Way::index: return "index " + plan.index;
        case QueryPlan::Way::scan: return fmt::format("scan of {}", with_thousands(plan.touched));
    }
    return {};
}

/// `htop:amd64  upgrades 3`
std::string as_text(const Document& document) {
    auto text = document.id;
    for_each_member(document.json, [&](const JsonMember& member) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "  ", member.name,
                            json_string(member.value).value_or(std::string{member.value}));
        return true;
    });
    return text;
}

Result<AskedQuery> ask(const ReadModel& model, std::string question, std::string text) {
    const auto query = parse_document_query(text);
    if (!query) return query.error();
    AskedQuery asked;
    asked.question = std::move(question);
    asked.text = std::move(text);
    const auto begin = Steady::now();
    const auto found = model.find(*query);
    if (!found) return found.error();
    asked.elapsed = Steady::now() - begin;
    asked.rows = found->documents.size();
    for (const auto& document : found->documents) asked.answer.push_back(as_text(document));
    const auto plan = model.explain(*query);
    if (!plan) return plan.error();
    asked.way = way_of(*plan);
    return asked;
}

Result<std::uint64_t> count(const ReadModel& model, std::string_view collection) {
    const auto all = model.collections();
    if (!all) return all.error();
    for (const auto& info : *all) {
        if (info.collection.name == collection) return info.documents;
    }
    return 0;
}

}  // namespace

Result<PackagesRun> project_packages(const Store& store, const ReadModel& model) {
    const auto head = store.head();
    if (!head) return head.error();
    PackagesRun run;
    const auto begin = Steady::now();
    const auto runner = ProjectionRunner::start(store, model, Packages{});
    if (!runner) return runner.error();
    if (auto done = runner->wait_until(*head, patience); !done) return std::move(done).error();
    run.elapsed = Steady::now() - begin;
    run.events = runner->status().front().events;
    const auto documents = count(model, "packages");
    if (!documents) return documents.error();
    run.documents = *documents;
    for (const auto& [question, text] : std::vector<std::pair<std::string, std::string>>{
             {"installed now",
              "select count() as packages from packages where state = 'installed'"},
             {"most often upgraded",
              "select upgrades, version from packages where upgrades > 0 order by upgrades desc "
              "limit 3"},
             {"changes by month", "from months order by _id desc limit 12"}}) {
        auto asked = ask(model, question, text);
        if (!asked) return std::move(asked).error();
        run.queries.push_back(*std::move(asked));
    }
    return run;
}

Result<ProjectionRunner> keep_balances(const Store& store, const ReadModel& model) {
    const auto head = store.head();
    if (!head) return head.error();
    auto runner = ProjectionRunner::start(store, model, Balances{});
    if (!runner) return runner;
    if (auto done = runner->wait_until(*head, patience); !done) return std::move(done).error();
    return runner;
}

LagWatch::LagWatch(const ProjectionRunner& runner)
    : runner_(runner), thread_([this](const std::stop_token& ended) {
          std::mutex mutex;
          std::condition_variable_any nobody;
          std::unique_lock lock{mutex};
          while (!ended.stop_requested()) {
              glance();
              nobody.wait_for(lock, ended, between_glances, [] { return false; });
          }
      }) {}

void LagWatch::glance() {
    const auto now = runner_.status().front();
    most_.lag_events = std::max(most_.lag_events, now.lag_events);
    most_.lag = std::max(most_.lag, now.lag);
}

ProjectionStatus LagWatch::most() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    glance();
    return most_;
}

Result<BalancesRun> ask_balances(const ProjectionRunner& runner, Position head,
                                 const ReadModel& model) {
    BalancesRun run;
    const auto begin = Steady::now();
    if (auto done = runner.wait_until(head, patience); !done) return std::move(done).error();
    run.caught_up_after = Steady::now() - begin;
    run.commits = runner.status().front().commits;
    auto richest = ask(model, "the ten richest", "from balances order by balance desc limit 10");
    if (!richest) return std::move(richest).error();
    run.richest = *std::move(richest);
    const auto documents = count(model, "balances");
    if (!documents) return documents.error();
    run.documents = *documents;
    return run;
}

Result<std::uint64_t> count_different(
    const ReadModel& model, const std::unordered_map<std::string, ledger::Money>& audited) {
    std::uint64_t different = 0;
    for (const auto& [account, money] : audited) {
        const auto stored = model.get<Balance>(account);
        if (!stored) return stored.error();
        if (!*stored || (*stored)->value.balance != money) ++different;
    }
    const auto documents = count(model, "balances");
    if (!documents) return documents.error();
    return different + (*documents > audited.size() ? *documents - audited.size() : 0);
}

}  // namespace mainstem::cli
