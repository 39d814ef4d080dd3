// Texts for people: escaping, widths, numbers.
#include <gtest/gtest.h>

#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

TEST(Printable, leaves_text_as_it_is) {
    EXPECT_EQ(printable("order-1 äöü 注文 \"x\" \\"), "order-1 äöü 注文 \"x\" \\");
}

TEST(Printable, escapes_what_steers_a_terminal) {
    EXPECT_EQ(printable("a\nb\r\tc\x1b[31m\x7f"), "a\\nb\\r\\tc\\x1b[31m\\x7f");
    EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b");
    EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\x00");
}

TEST(Printable, escapes_bytes_that_are_no_utf8) {
    EXPECT_EQ(printable("a\xFFz"), "a\\xffz");
    EXPECT_EQ(printable("\xE6\xB3"), "\\xe6\\xb3");
    EXPECT_EQ(printable("\xF0"), "\\xf0");
}

TEST(InQuotes, cuts_long_texts) {
    EXPECT_EQ(in_quotes("a\nb"), "\"a\\nb\"");
    const auto cut = in_quotes(std::string(1000, 'x'));
    EXPECT_LT(cut.size(), 70U);
    EXPECT_TRUE(cut.ends_with("…\"")) << cut;
}

TEST(Shortened, counts_code_points) {
    EXPECT_EQ(shortened("äöüß", 4), "äöüß");
    EXPECT_EQ(shortened("äöüßx", 4), "äöü…");
    EXPECT_EQ(display_width("äöü…"), 4U);
}

TEST(Numbers, are_grouped) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(1000), "1,000");
    EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
    EXPECT_EQ(counted(1, "event"), "1 event");
    EXPECT_EQ(counted(0, "event"), "0 events");
    EXPECT_EQ(counted(8577, "event"), "8,577 events");
}

TEST(Sizes, have_units) {
    EXPECT_EQ(human_bytes(1023), "1023 B");
    EXPECT_EQ(human_bytes(1536), "1.5 KiB");
    EXPECT_EQ(human_bytes(256ULL << 20), "256.0 MiB");
    EXPECT_EQ(human_bytes(~0ULL), "16.0 EiB");
}

TEST(Durations, have_units) {
    EXPECT_EQ(human_duration(420ms), "0.42 s");
    EXPECT_EQ(human_duration(12'340ms), "12.3 s");
    EXPECT_EQ(human_duration(125s), "2 min 05 s");
    EXPECT_EQ(human_duration(3599s), "59 min 59 s");
    EXPECT_EQ(human_duration(3h + 4min + 59s), "3 h 04 min");
}

TEST(PerSecond, is_zero_while_no_time_has_passed) {
    EXPECT_EQ(per_second(1000, 0s), 0U);
    EXPECT_EQ(per_second(1000, 500ms), 2000U);
}

}  // namespace
}  // namespace mainstem::cli
