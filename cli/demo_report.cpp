// Formatting of the report.
#include "cli/demo_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/json_object.hpp"
#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t target_commands = 100;
constexpr std::uint64_t target_events = 1000;
constexpr auto target_p50 = 10ms;
constexpr auto target_p95 = 50ms;
constexpr auto target_p99 = 100ms;
constexpr std::uint64_t target_memory = 1'000'000'000;
constexpr double target_processor = 70;

TargetLine rate_line(std::string name, std::uint64_t goal, std::uint64_t measured) {
    return {.name = std::move(name),
            .goal = fmt::format(">= {}/s", with_thousands(goal)),
            .measured = fmt::format("{}/s", with_thousands(measured)),
            .met = measured >= goal};
}

TargetLine latency_line(std::string name, std::chrono::nanoseconds goal,
                        std::chrono::nanoseconds measured) {
    return {.name = std::move(name),
            .goal = fmt::format("< {:.0f} ms", milliseconds(goal)),
            .measured = fmt::format("{:.2f} ms", milliseconds(measured)),
            .met = measured < goal};
}

std::string targets_text(const DemoReport& report) {
    const auto lines = against_targets(report);
    std::string text = fmt::format("  {:<30} {:>12} {:>14}\n", "against the production targets",
                                   "goal", "measured");
    for (const auto& line : lines) {
        text += fmt::format("  {:<30} {:>12} {:>14}  {}\n", line.name, line.goal, line.measured,
                            line.met ? "met" : "MISSED");
    }
    return text;
}

std::string query_text(const AskedQuery& asked) {
    return fmt::format("{}: {} in {:.2f} ms, by {}", asked.question, counted(asked.rows, "row"),
                       milliseconds(asked.elapsed), asked.way);
}

std::string queries_json(const DemoReport& report) {
    std::vector<std::string> queries;
    const auto add = [&](const AskedQuery& asked) {
        std::string text;
        append_json_string(text, asked.text);
        queries.push_back(JsonObject{}
                              .json("text", text)
                              .text("way", asked.way)
                              .decimal("ms", milliseconds(asked.elapsed))
                              .number("rows", asked.rows)
                              .str());
    };
    for (const auto& asked : report.packages.queries) add(asked);
    add(report.balances.richest);
    return json_array(queries);
}

std::string comparison_json(const PackageComparison& comparison) {
    return JsonObject{}
        .number("compared", comparison.compared())
        .number("agree", comparison.agree)
        .number("wrong", comparison.wrong.size())
        .number("incomplete", comparison.incomplete.size())
        .number("not_in_log", comparison.not_in_log)
        .str();
}

}  // namespace

double milliseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

double processor_share(const AppendCost& cost) {
    if (cost.events == 0) return 0;
    const auto each =
        std::chrono::duration<double>(cost.processor).count() / static_cast<double>(cost.events);
    return each * static_cast<double>(target_events) * 100;
}

std::vector<TargetLine> against_targets(const DemoReport& report) {
    const auto& append = report.append;
    const auto share = processor_share(append);
    const auto& ledger = report.ledger;
    return {rate_line("commands", target_commands, per_second(ledger.accepted, ledger.elapsed)),
            latency_line("latency of a command, p50", target_p50, ledger.latencies.quantile(0.5)),
            latency_line("latency of a command, p95", target_p95, ledger.latencies.quantile(0.95)),
            latency_line("latency of a command, p99", target_p99, ledger.latencies.quantile(0.99)),
            rate_line("appends", target_commands, per_second(append.requests, append.elapsed)),
            rate_line("events", target_events, per_second(append.events, append.elapsed)),
            latency_line("latency of an append, p50", target_p50, append.p50),
            latency_line("latency of an append, p95", target_p95, append.p95),
            latency_line("latency of an append, p99", target_p99, append.p99),
            {.name = "memory, peak",
             .goal = "< 1 GB",
             .measured = human_bytes(report.peak_memory),
             .met = report.peak_memory < target_memory},
            {.name = "processor, at 1,000 events/s",
             .goal = fmt::format("< {:.0f} %", target_processor),
             .measured = fmt::format("{:.1f} %", share),
             .met = share < target_processor}};
}

std::string report_text(const DemoReport& report) {
    const auto& append = report.append;
    const auto busy = 100 * std::chrono::duration<double>(append.processor).count() /
                      std::max(1e-9, std::chrono::duration<double>(append.elapsed).count());
    Listing listing;
    listing.add("  events", with_thousands(append.events));
    listing.add("  streams", with_thousands(report.streams));
    listing.add("  bytes", fmt::format("{}, {} for each event", human_bytes(report.verified.bytes),
                                       human_bytes(report.verified.bytes /
                                                   std::max<std::uint64_t>(append.events, 1))));
    listing.add("  appended",
                fmt::format("{}/s in {} of up to {}, each flushed",
                            counted(per_second(append.events, append.elapsed), "event"),
                            counted(append.requests, "request"), append.batch));
    listing.add("  latency",
                fmt::format("p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} ms", milliseconds(append.p50),
                            milliseconds(append.p95), milliseconds(append.p99)));
    listing.add(
        "  verified",
        fmt::format("{}/s", counted(per_second(append.events, report.verify_elapsed), "event")));
    listing.add(
        "  folded",
        fmt::format("{}/s", counted(per_second(append.events, report.fold_elapsed), "event")));
    const auto& packages = report.packages;
    listing.add(
        "  projected",
        fmt::format("{}/s into {}", counted(per_second(packages.events, packages.elapsed), "event"),
                    counted(packages.documents, "document")));
    for (const auto& asked : packages.queries) listing.add("  query", query_text(asked));
    const auto& ledger = report.ledger;
    listing.add("  payments",
                fmt::format("{}/s by {}, p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} ms",
                            counted(per_second(ledger.accepted, ledger.elapsed), "payment"),
                            counted(ledger.load.clients, "client"),
                            milliseconds(ledger.latencies.quantile(0.5)),
                            milliseconds(ledger.latencies.quantile(0.95)),
                            milliseconds(ledger.latencies.quantile(0.99))));
    listing.add("  audited",
                fmt::format("{}/s", counted(per_second(ledger.audit.events, ledger.audit_elapsed),
                                            "event")));
    const auto& balances = report.balances;
    listing.add(
        "  balances",
        fmt::format("at most {} and {:.2f} ms behind, complete {:.2f} ms "
                    "after the last payment, in {}",
                    counted(balances.most_behind, "event"), milliseconds(balances.most_lag),
                    milliseconds(balances.caught_up_after), counted(balances.commits, "commit")));
    listing.add("  query", query_text(balances.richest));
    listing.add("  processor", fmt::format("{:.0f} % of one core while appending", busy));
    listing.add("  memory", human_bytes(report.peak_memory) + " at most");
    return listing.text() + '\n' + targets_text(report);
}

std::string report_line(const DemoReport& report) {
    const auto& append = report.append;
    JsonObject object;
    object.boolean("generated", report.generated)
        .number("lines", report.lines)
        .number("events", append.events)
        .number("set_aside", report.set_aside)
        .number("unread_files", report.unread_files)
        .number("streams", report.streams)
        .number("bytes", report.verified.bytes)
        .number("requests", append.requests)
        .number("appends_per_second", per_second(append.requests, append.elapsed))
        .number("events_per_second", per_second(append.events, append.elapsed))
        .decimal("p50_ms", milliseconds(append.p50))
        .decimal("p95_ms", milliseconds(append.p95))
        .decimal("p99_ms", milliseconds(append.p99))
        .decimal("processor_percent_at_1000_events_per_second", processor_share(append))
        .number("peak_memory_bytes", report.peak_memory)
        .number("damages", report.verified.damages.size());
    const auto& ledger = report.ledger;
    object.number("payments", ledger.load.payments)
        .number("accepted", ledger.accepted)
        .number("refused", ledger.refused)
        .number("given_up", ledger.failed)
        .number("conflicts", ledger.conflicts)
        .number("commands_per_second", per_second(ledger.accepted, ledger.elapsed))
        .decimal("command_p50_ms", milliseconds(ledger.latencies.quantile(0.5)))
        .decimal("command_p95_ms", milliseconds(ledger.latencies.quantile(0.95)))
        .decimal("command_p99_ms", milliseconds(ledger.latencies.quantile(0.99)))
        .boolean("audit_holds", ledger.audit.holds());
    object
        .number("projected_events_per_second",
                per_second(report.packages.events, report.packages.elapsed))
        .number("package_documents", report.packages.documents)
        .number("balance_documents", report.balances.documents)
        .number("balances_different", report.balances.different)
        .number("balances_most_lag_events", report.balances.most_behind)
        .decimal("balances_most_lag_ms", milliseconds(report.balances.most_lag))
        .decimal("balances_lag_ms", milliseconds(report.balances.caught_up_after))
        .json("queries", queries_json(report));
    if (report.comparison) object.json("comparison", comparison_json(*report.comparison));
    return object.str() + '\n';
}

}  // namespace mainstem::cli
