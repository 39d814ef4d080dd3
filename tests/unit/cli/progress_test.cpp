// The text of the progress bar.
#include <gtest/gtest.h>

#include "cli/progress.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

TEST(ProgressLine, shows_bar_count_rate_and_time_to_go) {
    const ProgressState state{
        .label = "import", .unit = "row", .count = 5000, .done = 250, .total = 1000, .elapsed = 2s};
    EXPECT_EQ(progress_line(state, 200),
              "import  [######..................]  25 %  5,000 rows  2,500/s  ETA 0:06");
}

TEST(ProgressLine, has_no_bar_without_a_total) {
    const ProgressState state{.label = "import", .unit = "row", .count = 1, .elapsed = 1s};
    EXPECT_EQ(progress_line(state, 200), "import  1 row  1/s");
}

TEST(ProgressLine, begins_and_ends_quietly) {
    ProgressState state{.label = "verify", .unit = "byte", .total = 10};
    EXPECT_EQ(progress_line(state, 200), "verify  [........................]   0 %  0 bytes");
    state.count = state.done = 10;
    state.elapsed = 1s;
    EXPECT_EQ(progress_line(state, 200),
              "verify  [########################] 100 %  10 bytes  10/s");
    state.done = 20;  // A file that has grown since its size was asked for.
    EXPECT_TRUE(progress_line(state, 200).contains("100 %"));
}

TEST(ProgressLine, fits_the_terminal) {
    const ProgressState state{.label = "import", .unit = "row", .count = 1, .total = 10};
    EXPECT_EQ(progress_line(state, 10), "import   …");
}

TEST(ProgressLine, shortens_the_bar_before_the_text) {
    const ProgressState state{.label = "projection",
                              .unit = "event",
                              .count = 1'234'567,
                              .done = 5,
                              .total = 10,
                              .elapsed = 9000s};
    EXPECT_EQ(progress_line(state, 80),
              "projection  [###########...........]  50 %  1,234,567 events  137/s  ETA 2:30:00");
    EXPECT_EQ(progress_line(state, 62),
              "projection  [##..]  50 %  1,234,567 events  137/s  ETA 2:30:00");
    EXPECT_EQ(progress_line(state, 61), "projection  50 %  1,234,567 events  137/s  ETA 2:30:00");
    EXPECT_EQ(progress_line(state, 30), "projection  50 %  1,234,567 e…");
}

TEST(ProgressLine, takes_nothing_done_before_for_its_pace) {
    ProgressState state{.label = "x",
                        .unit = "row",
                        .count = 100,
                        .done = 900,
                        .total = 1000,
                        .done_before = 800,
                        .elapsed = 10s};
    EXPECT_TRUE(progress_line(state, 200).ends_with("100 rows  10/s  ETA 0:10"))
        << progress_line(state, 200);
    state.done = 800;
    EXPECT_FALSE(progress_line(state, 200).contains("ETA"));
    state.done = 0;  // It began anew.
    EXPECT_FALSE(progress_line(state, 200).contains("ETA"));
}

TEST(ProgressLine, ends_with_a_note) {
    const ProgressState state{
        .label = "x", .unit = "row", .count = 4, .elapsed = 2s, .note = "3 rows, 0.02 s behind"};
    EXPECT_EQ(progress_line(state, 80), "x  4 rows  2/s  3 rows, 0.02 s behind");
}

TEST(ProgressLine, shows_hours) {
    const ProgressState state{
        .label = "x", .unit = "row", .count = 1, .done = 1, .total = 3, .elapsed = 1h};
    EXPECT_TRUE(progress_line(state, 200).ends_with("ETA 2:00:00")) << progress_line(state, 200);
}

}  // namespace
}  // namespace mainstem::cli
