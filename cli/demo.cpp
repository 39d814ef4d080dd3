// The verb `demo`: takes this machine's own package history as an event log, stores it, opens it
// again, verifies it, folds it, and compares the outcome with what dpkg says. Then many clients pay
// each other at once, and the ledger is audited from the log.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mainstem/log/open.hpp>
#include <mainstem/store/store.hpp>

#include "cli/child_output.hpp"
#include "cli/demo_report.hpp"
#include "cli/demo_store.hpp"
#include "cli/dpkg_history.hpp"
#include "cli/exit_code.hpp"
#include "cli/generated_history.hpp"
#include "cli/interrupt.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/package_state.hpp"
#include "cli/progress.hpp"
#include "cli/temporary_folder.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct DemoOptions {
    std::optional<std::string> store;
    Bytes memory = limits::memory_default;
    std::string logs = "/var/log";
    LedgerLoad ledger = {};
    Format format = Format::table;
};

constexpr std::uint64_t generated_seed = 20'240'108;
constexpr std::size_t generated_lines = 10'000;
/// How many names of a kind are printed.
constexpr std::size_t names_shown = 20;

class Demo {
public:
    explicit Demo(const DemoOptions& options) : options_(options) {}

    Result<void> run() {
        for (const auto step :
             {&Demo::read_history, &Demo::store_history, &Demo::verify_store,
              &Demo::fold_and_compare, &Demo::project, &Demo::pay, &Demo::audit}) {
            if (auto done = (this->*step)(); !done) return done;
            if (interrupt_requested()) return interrupted("interrupted; the demonstration ended");
        }
        report_.peak_memory = peak_memory();
        tell("\n8. report\n" + report_text(report_));
        if (options_.format == Format::jsonl) output_.write(report_line(report_));
        if (auto flushed = output_.flush(); !flushed) return flushed;
        return verdict();
    }

private:
    /// Prints text for people at once; nothing when the result is to be one line of JSON.
    void tell(const std::string& text) {
        if (options_.format != Format::table) return;
        output_.write(text);
        // What cannot be written is reported when the demonstration ends.
        static_cast<void>(output_.flush());
    }

    Result<void> read_history() {
        auto read = read_dpkg_history(options_.logs);
        if (!read) return read.error();
        history_ = std::move(*read);
        report_.generated = history_.lines == 0;
        if (report_.generated) make_up_history();
        report_.lines = history_.lines;
        report_.set_aside = history_.set_aside;
        report_.unread_files = history_.unread.size();
        if (report_.generated) {
            tell(fmt::format(
                "1. GENERATED history: there is no {}/dpkg.log with lines in it; {} were made up\n",
                options_.logs, counted(report_.lines, "line")));
        } else {
            tell(fmt::format("1. the package history of this machine: {} in {}\n",
                             counted(report_.lines, "line"), fmt::join(history_.files, ", ")));
        }
        return {};
    }

    void make_up_history() {
        auto generated = generate_history(generated_seed, generated_lines);
        history_ = {};
        for (const auto& line : generated.lines) {
            history_.take(line, "generated", history_.lines + 1);
        }
        expected_ = std::move(generated.installed);
    }

    Result<void> store_history() {
        if (options_.store) {
            report_.store = *options_.store;
        } else {
            auto folder = TemporaryFolder::create();
            if (!folder) return folder.error();
            report_.store = folder->path() + "/store";
            folder_.emplace(std::move(*folder));
        }
        auto store = open_for_writing({report_.store, options_.memory});
        if (!store) return store.error();
        const auto head = store->head();
        if (!head) return head.error();
        if (head->value > 0) {
            return Error{CliError::failed,
                         fmt::format("the demonstration needs a new store, and {} holds {}",
                                     in_quotes(report_.store), counted(head->value, "event"))};
        }
        auto cost = append_history(*store, std::move(history_.events));
        if (!cost) return cost.error();
        report_.append = *cost;
        tell(fmt::format("   {} read = {} stored + {} set aside\n", counted(report_.lines, "line"),
                         counted(cost->events, "event"), counted(report_.set_aside, "line")));
        for (const auto& line : history_.first_aside) tell("     " + printable(line) + '\n');
        if (history_.first_aside.size() < history_.set_aside) {
            tell(fmt::format("     and {} more\n",
                             history_.set_aside - history_.first_aside.size()));
        }
        tell(fmt::format("2. stored in {}: {} in {}, flushed, with expected versions\n",
                         report_.store, counted(cost->requests, "request"),
                         human_duration(cost->elapsed)));
        return {};
    }

    Result<void> verify_store() {
        const auto begin = std::chrono::steady_clock::now();
        auto verified = verify_log(
            report_.store, [](std::uint64_t, std::uint64_t) { return !interrupt_requested(); });
        if (!verified) return verified.error();
        if (!verified->complete) return interrupted("interrupted; the demonstration ended");
        report_.verify_elapsed = std::chrono::steady_clock::now() - begin;
        report_.verified = std::move(*verified);
        const auto& damages = report_.verified.damages;
        tell(fmt::format("3. closed, opened again and verified: {} in {}, {}\n",
                         counted(report_.verified.events, "event"),
                         counted(report_.verified.segments, "segment"),
                         damages.empty() ? "no damage" : "DAMAGED"));
        if (!damages.empty()) {
            return Error{StoreError::damaged,
                         fmt::format("{}, offset {}: {}", damages.front().file,
                                     damages.front().offset, damages.front().what)};
        }
        if (report_.verified.events != report_.append.events) {
            return Error{CliError::failed, fmt::format("{} stored, and {} found",
                                                       counted(report_.append.events, "event"),
                                                       with_thousands(report_.verified.events))};
        }
        return {};
    }

    Result<void> fold_and_compare() {
        const auto store = open_for_reading({report_.store, options_.memory});
        if (!store) return store.error();
        const auto begin = std::chrono::steady_clock::now();
        auto states = fold_packages(*store);
        if (!states) return states.error();
        report_.fold_elapsed = std::chrono::steady_clock::now() - begin;
        const auto stats = store->stats();
        if (!stats) return stats.error();
        report_.streams = stats->streams;
        if (!expected_) ask_dpkg();
        if (!expected_) {
            tell(fmt::format("4. folded {}; nothing to compare with\n",
                             counted(states->size(), "package")));
            return {};
        }
        // What was not read may tell more of any package.
        if (has_gap()) {
            for (auto& [package, state] : *states) state.complete = false;
        }
        report_.comparison = compare(*states, *expected_);
        tell(comparison_text(*report_.comparison));
        return {};
    }

    /// The read model stands beside the store.
    Result<void> project() {
        const auto store = open_for_reading({report_.store, options_.memory});
        if (!store) return store.error();
        auto model = ReadModel::open(report_.store + "-model.sqlite");
        if (!model) return model.error();
        const auto before = model->projections();
        if (!before) return before.error();
        if (!before->empty()) {
            return Error{CliError::failed,
                         fmt::format("the demonstration needs a new read model, and {} holds "
                                     "one; remove it",
                                     in_quotes(report_.store + "-model.sqlite"))};
        }
        model_ = *std::move(model);
        auto run = project_packages(*store, *model_);
        if (!run) return run.error();
        report_.packages = *std::move(run);
        const auto& packages = report_.packages;
        tell(fmt::format("5. a read model: {} projected into {} in {}\n",
                         counted(packages.events, "event"), counted(packages.documents, "document"),
                         human_duration(packages.elapsed)));
        for (const auto& asked : packages.queries) tell(query_lines(asked));
        return {};
    }

    static std::string query_lines(const AskedQuery& asked) {
        auto text = fmt::format("   {}, by {} in {:.2f} ms\n     {}\n", asked.question, asked.way,
                                milliseconds(asked.elapsed), asked.text);
        for (const auto& row : asked.answer) text += "       " + printable(row) + '\n';
        return text;
    }

    /// The balances are kept up meanwhile.
    Result<void> pay() {
        auto store = open_for_writing({report_.store, options_.memory});
        if (!store) return store.error();
        const auto runner = keep_balances(*store, *model_);
        if (!runner) return runner.error();
        LagWatch lag{*runner};
        auto run = run_ledger(*store, options_.ledger);
        if (!run) return run.error();
        const auto most = lag.most();
        report_.ledger = std::move(*run);
        const auto head = store->head();
        if (!head) return head.error();
        auto kept = ask_balances(*runner, *head, *model_);
        if (!kept) return kept.error();
        report_.balances = *std::move(kept);
        report_.balances.most_behind = most.lag_events;
        report_.balances.most_lag = most.lag;
        const auto& ledger = report_.ledger;
        tell(fmt::format(
            "6. a ledger: {} between {} by {} at once: {} accepted, {} refused for want "
            "of money, {}{} in {}\n",
            counted(ledger.load.payments, "payment"), counted(ledger.load.accounts, "account"),
            counted(ledger.load.clients, "client"), with_thousands(ledger.accepted),
            with_thousands(ledger.refused),
            ledger.failed > 0 ? with_thousands(ledger.failed) + " given up, " : "",
            counted(ledger.conflicts, "conflict") + " met and overcome",
            human_duration(ledger.elapsed)));
        return {};
    }

    /// From the log alone, opened again.
    Result<void> audit() {
        const auto store = open_for_reading({report_.store, options_.memory});
        if (!store) return store.error();
        auto& ledger = report_.ledger;
        const auto begin = std::chrono::steady_clock::now();
        auto audit = audit_ledger(*store, ledger.before, ledger.acknowledged);
        if (!audit) return audit.error();
        ledger.audit = *audit;
        ledger.audit_elapsed = std::chrono::steady_clock::now() - begin;
        tell(fmt::format("7. audited from the log alone, {} in {}: {}\n",
                         counted(audit->events, "event"), human_duration(ledger.audit_elapsed),
                         audit->text()));
        if (!audit->holds()) {
            return Error{CliError::failed, "the audit of the ledger failed: " + audit->text()};
        }
        return compare_with_read_model(audit->balances);
    }

    Result<void> compare_with_read_model(
        const std::unordered_map<std::string, ledger::Money>& audited) {
        auto& balances = report_.balances;
        const auto different = count_different(*model_, audited);
        if (!different) return different.error();
        balances.different = *different;
        tell(fmt::format(
            "   the read model was at most {} and {:.2f} ms behind, and had all "
            "payments {:.2f} ms after the last; {}\n",
            counted(balances.most_behind, "event"), milliseconds(balances.most_lag),
            milliseconds(balances.caught_up_after),
            *different == 0
                ? fmt::format("its {} are those of the audit",
                              counted(balances.documents, "balance"))
                : fmt::format("{} are NOT those of the audit", counted(*different, "balance"))));
        tell(query_lines(balances.richest));
        if (*different == 0) return {};
        return Error{CliError::failed, "the read model is not what the log makes of it"};
    }

    void ask_dpkg() {
        const auto lines =
            output_of({"dpkg-query", "-W", "-f",
                       "${Package}:${Architecture} ${Version} ${db:Status-Status}\n"});
        if (lines) {
            expected_ = parse_installed(*lines);
        } else {
            say(lines.error().message());
        }
    }

    [[nodiscard]] std::string comparison_text(const PackageComparison& comparison) const {
        auto text =
            fmt::format("4. folded into {}: {} of {} agree with {}\n",
                        counted(comparison.compared(), "package"), with_thousands(comparison.agree),
                        with_thousands(comparison.compared()),
                        report_.generated ? "the GENERATED outcome" : "dpkg-query");
        if (comparison.not_in_log > 0) {
            text += fmt::format("   not compared, since {}: {}\n",
                                has_gap() ? "the log that was read does not name them"
                                          : "the log begins after they were installed",
                                counted(comparison.not_in_log, "package"));
        }
        text += names_text(has_gap() ? "different, but the log could not be read whole"
                                     : "different, but installed before the log begins",
                           comparison.incomplete);
        text += names_text("different, with their WHOLE history in the log", comparison.wrong);
        return text;
    }

    static std::string names_text(std::string_view what, const std::vector<std::string>& names) {
        if (names.empty()) return {};
        auto text = fmt::format("   {}: {}\n", what, counted(names.size(), "package"));
        for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) {
            text += "     " + printable(names[i]) + '\n';
        }
        if (names.size() > names_shown) {
            text += fmt::format("     and {} more\n", names.size() - names_shown);
        }
        return text;
    }

    /// Some of the log could not be read: then no history is proven to be complete.
    [[nodiscard]] bool has_gap() const { return !history_.unread.empty(); }

    [[nodiscard]] Result<void> verdict() const {
        if (!report_.comparison || report_.comparison->wrong.empty()) return {};
        const auto& wrong = report_.comparison->wrong;
        return Error{CliError::failed,
                     fmt::format("{} with a complete history {} with dpkg, first {}",
                                 counted(wrong.size(), "package"),
                                 wrong.size() == 1 ? "disagrees" : "disagree", wrong.front())};
    }

    const DemoOptions& options_;
    Output output_;
    DemoReport report_;
    DpkgHistory history_;
    std::optional<InstalledPackages> expected_;
    std::optional<TemporaryFolder> folder_;
    std::optional<ReadModel> model_;
};

constexpr const char* details =
    "Takes dpkg's log with its rotated parts as events, one stream for each package, folds each\n"
    "stream into the package's state, and compares it with what dpkg says. Without such a log, a\n"
    "generated history is used. A projection makes a read model of it, which is queried. Then 64\n"
    "clients pay between accounts, of which a hundredth takes half of the payments, while another\n"
    "projection keeps the balances; the ledger is audited from the log alone and compared with "
    "them.";

}  // namespace

void add_demo(CLI::App& program, Action& action) {
    const auto options = std::make_shared<DemoOptions>();
    auto& verb = add_verb(program, "demo",
                          "Store, verify and fold this machine's package history; run a ledger",
                          "  mainstem demo\n"
                          "  mainstem demo --store history");
    add_details(verb, details);
    add_store_directory(verb,
                        {.name = "--store",
                         .help = "Keep the store in this directory",
                         .takes = "DIRECTORY",
                         .standard = "a temporary one, removed at the end"},
                        options->store);
    add_memory(verb, options->memory);
    add_text(verb,
             {.name = "--logs",
              .help = "The folder of dpkg.log",
              .takes = "DIRECTORY",
              .standard = options->logs},
             options->logs);
    add_number(verb, {.name = "--payments", .help = "Payments of the ledger"},
               options->ledger.payments, {.most = 100'000'000});
    add_number(verb, {.name = "--accounts", .help = "Accounts between which is paid"},
               options->ledger.accounts, {.least = 2, .most = 10'000'000});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return Demo{*options}.run(); });
}

}  // namespace mainstem::cli
