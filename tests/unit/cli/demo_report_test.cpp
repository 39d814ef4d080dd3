// The report of the demonstration against the production targets.
#include <gtest/gtest.h>

#include "cli/demo_report.hpp"
#include "cli/json_text.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

HistogramSnapshot latencies() {
    Histogram histogram;
    histogram.record(1ms);
    return histogram.snapshot();
}

DemoReport sample() {
    DemoReport report;
    report.lines = 5000;
    report.streams = 70;
    report.append = {.events = 5000,
                     .requests = 500,
                     .batch = 10,
                     .elapsed = 2s,
                     .processor = 100ms,
                     .p50 = 400us,
                     .p95 = 900us,
                     .p99 = 2ms};
    report.verified.bytes = 700'000;
    report.peak_memory = 9'000'000;
    report.comparison.emplace().agree = 69;
    report.ledger.load = {.accounts = 10, .payments = 1000, .clients = 4};
    report.ledger.accepted = 900;
    report.ledger.refused = 100;
    report.ledger.conflicts = 3;
    report.ledger.elapsed = 2s;
    report.ledger.latencies = latencies();
    report.ledger.audit.events = 1810;
    report.ledger.audit_elapsed = 1ms;
    report.packages.queries = {{.question = "all",
                                .text = "select \"x\" from a",
                                .way = "scan of 70",
                                .rows = 3,
                                .elapsed = 1500us}};
    report.balances.most_behind = 1200;
    report.balances.most_lag = 7ms;
    report.balances.richest = {.question = "rich", .text = "from b", .way = "index i", .rows = 10};
    return report;
}

TEST(DemoReport, compares_with_every_target) {
    const auto lines = against_targets(sample());
    EXPECT_EQ(lines.size(), 11U);
    for (const auto& line : lines) EXPECT_TRUE(line.met) << line.name;
    EXPECT_EQ(lines[0].measured, "450/s");
    EXPECT_EQ(lines[4].measured, "250/s");
    EXPECT_EQ(lines[5].measured, "2,500/s");
    EXPECT_DOUBLE_EQ(processor_share(sample().append), 2.0);
}

TEST(DemoReport, says_what_is_missed) {
    auto report = sample();
    report.append.elapsed = 20s;
    report.append.p99 = 100ms;
    report.peak_memory = 2'000'000'000;
    const auto lines = against_targets(report);
    for (const std::size_t missed : {4U, 5U, 8U, 9U}) EXPECT_FALSE(lines[missed].met) << missed;
    EXPECT_TRUE(report_text(report).contains("MISSED"));
}

TEST(DemoReport, is_one_line_of_json) {
    const auto line = report_line(sample());
    EXPECT_TRUE(line.ends_with("}\n"));
    EXPECT_EQ(json_fault(line), std::nullopt) << line;
    EXPECT_TRUE(line.contains("\"events_per_second\":2500"));
    EXPECT_TRUE(line.contains("\"agree\":69"));
    EXPECT_TRUE(line.contains(
        R"("queries":[{"text":"select \"x\" from a","way":"scan of 70","ms":1.500,"rows":3},)"
        R"({"text":"from b","way":"index i","ms":0.000,"rows":10}])"))
        << line;
    EXPECT_TRUE(line.contains(R"("balances_most_lag_events":1200,"balances_most_lag_ms":7.000,)"))
        << line;
}

TEST(DemoReport, tells_how_queries_went_and_how_far_behind_balances_were) {
    const auto text = report_text(sample());
    EXPECT_TRUE(text.contains("all: 3 rows in 1.50 ms, by scan of 70\n")) << text;
    EXPECT_TRUE(text.contains("at most 1,200 events and 7.00 ms behind, complete ")) << text;
}

TEST(DemoBatch, makes_about_a_thousand_requests) {
    EXPECT_EQ(demo_batch(0), 10U);
    EXPECT_EQ(demo_batch(5'000), 10U);
    EXPECT_EQ(demo_batch(100'000), 100U);
    EXPECT_EQ(demo_batch(100'000'000), 1000U);
}

}  // namespace
}  // namespace mainstem::cli
