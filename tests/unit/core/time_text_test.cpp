// Times as text: what is written, what is read, what is refused.
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/time_text.hpp>

namespace mainstem {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::year;

Timestamp at(sys_days day, microseconds time = 0us) { return day + time; }
constexpr sys_days october_11{year{2011} / 10 / 11};
constexpr sys_days first_day{year{1} / 1 / 1};
constexpr sys_days last_day{year{9999} / 12 / 31};

TEST(TimeText, writes_the_fraction_that_is_needed) {
    const auto noon = at(october_11, 11h + 45min + 40s);
    EXPECT_EQ(to_rfc3339(noon), "2011-10-11T11:45:40Z");
    EXPECT_EQ(to_rfc3339(noon + 276ms), "2011-10-11T11:45:40.276Z");
    EXPECT_EQ(to_rfc3339(noon + 200ms), "2011-10-11T11:45:40.200Z");
    EXPECT_EQ(to_rfc3339(noon + 276ms + 1us), "2011-10-11T11:45:40.276001Z");
    EXPECT_EQ(to_rfc3339(noon + 5us), "2011-10-11T11:45:40.000005Z");
}

TEST(TimeText, writes_times_before_1970) {
    EXPECT_EQ(to_rfc3339(Timestamp{-1us}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339(at(first_day)), "0001-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(at(last_day, 24h - 1us)), "9999-12-31T23:59:59.999999Z");
}

TEST(TimeText, writes_years_beyond_four_digits_with_a_sign) {
    EXPECT_EQ(to_rfc3339(at(first_day) - 366 * 24h), "0000-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(at(first_day) - 367 * 24h), "-0001-12-31T00:00:00Z");
    EXPECT_EQ(to_rfc3339(at(last_day) + 24h), "+10000-01-01T00:00:00Z");
    // The ends of 64 bits of microseconds.
    EXPECT_EQ(to_rfc3339(Timestamp::max()), "+294247-01-10T04:00:54.775807Z");
    EXPECT_EQ(to_rfc3339(Timestamp::min()), "-290308-12-21T19:59:05.224192Z");
}

TEST(TimeText, reads_all_its_forms) {
    const auto expected = at(october_11, 11h + 45min + 40s + 276ms);
    for (const auto* text :
         {"2011-10-11T11:45:40.276Z", "2011-10-11t11:45:40.276z", "2011-10-11 11:45:40.276",
          "2011-10-11T11:45:40.276", "2011-10-11T13:45:40.276+02:00",
          "2011-10-11 13:45:40.276+0200", "2011-10-11 13:45:40.276+02",
          "2011-10-11T06:15:40.276-05:30", "2011-10-11 11:45:40.2760",
          "2011-10-11T11:45:40.276-00:00", "2011-10-12T11:44:40.276000+23:59"})
        EXPECT_EQ(parse_time(text), expected) << text;
    EXPECT_EQ(parse_time("2011-10-11T11:45:40Z"), expected - 276ms);
    EXPECT_EQ(parse_time("2011-10-11 11:45:40"), expected - 276ms);
}

TEST(TimeText, cuts_what_is_finer_than_a_microsecond) {
    EXPECT_EQ(parse_time("1970-01-01T00:00:00.1Z"), Timestamp{100'000us});
    EXPECT_EQ(parse_time("1970-01-01T00:00:00.123456Z"), Timestamp{123'456us});
    EXPECT_EQ(parse_time("1970-01-01T00:00:00.1234569Z"), Timestamp{123'456us});
    EXPECT_EQ(parse_time("1970-01-01T00:00:00.9999999999999999999999999Z"), Timestamp{999'999us});
    EXPECT_EQ(parse_time("1969-12-31T23:59:59.9999999Z"), Timestamp{-1us});
}

TEST(TimeText, knows_the_days_of_months) {
    EXPECT_TRUE(parse_time("2024-02-29 00:00:00"));
    EXPECT_TRUE(parse_time("2000-02-29 00:00:00"));
    for (const auto* text : {"2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-06-31",
                             "2024-01-32", "2024-01-00", "2024-00-10", "2024-13-10"})
        EXPECT_FALSE(parse_time(std::string{text} + " 00:00:00")) << text;
}

TEST(TimeText, refuses_hours_that_do_not_exist) {
    for (const auto* text : {"24:00:00", "23:60:00", "23:59:60", "99:00:00"})
        EXPECT_FALSE(parse_time(std::string{"2016-12-31T"} + text + "Z")) << text;
    for (const auto* zone : {"+24:00", "+00:60", "-24", "+2", "+02:", "+02:0", "+020", "+02:000",
                             "+02000", "02:00", "+", "ZZ", "Z+02:00", " Z", "UTC", "+-2:00"})
        EXPECT_FALSE(parse_time(std::string{"2016-12-31T00:00:00"} + zone)) << zone;
}

TEST(TimeText, refuses_other_texts) {
    for (const auto* text : {"",
                             "2011",
                             "2011-10-11",
                             "2011-10-11T",
                             "2011-10-11T11:45",
                             "2011-10-11T11:45:40.",
                             "2011-10-11T11:45:40.Z",
                             "2011-10-11T11:45:4",
                             "2011-10-11  11:45:40",
                             " 2011-10-11 11:45:40",
                             "2011-10-11 11:45:40 ",
                             "2011-10-11_11:45:40",
                             "11-10-11 11:45:40",
                             "02011-10-11 11:45:40",
                             "+2011-10-11 11:45:40",
                             "-011-10-11 11:45:40",
                             "2011/10/11 11:45:40",
                             "2011-1-11 11:45:40",
                             "2011-10-1 11:45:40",
                             "2011-10-11 1:45:40",
                             "2011-10-11 11.45.40",
                             "20111011T114540Z",
                             "2011-10-11 11:45:40,276",
                             "1318333540",
                             "2O11-10-11 11:45:40"})
        EXPECT_FALSE(parse_time(text)) << text;
    EXPECT_FALSE(parse_time(std::string_view{"2011-10-11 11:45:40\0", 20}));
}

TEST(TimeText, stays_within_the_years_1_to_9999) {
    EXPECT_TRUE(parse_time("0001-01-01T00:00:00Z"));
    EXPECT_TRUE(parse_time("9999-12-31T23:59:59.999999Z"));
    EXPECT_FALSE(parse_time("0000-12-31T23:59:59Z"));
    EXPECT_FALSE(parse_time("0001-01-01T00:00:00+00:01"));
    EXPECT_FALSE(parse_time("9999-12-31T23:59:59-00:01"));
    EXPECT_TRUE(parse_time("0001-01-01T00:00:00-00:01"));
}

RC_GTEST_PROP(TimeText, reads_what_it_wrote, ()) {
    const auto day = *rc::gen::inRange(first_day.time_since_epoch().count(),
                                       last_day.time_since_epoch().count() + 1);
    const auto time = *rc::gen::inRange<std::int64_t>(0, microseconds{24h}.count());
    const auto precision = *rc::gen::element<std::int64_t>(1, 1'000, 1'000'000);
    const auto stamp = at(sys_days{days{day}}, microseconds{time - time % precision});
    RC_ASSERT(parse_time(to_rfc3339(stamp)) == stamp);
}

RC_GTEST_PROP(TimeText, a_broken_character_is_refused_or_still_a_time, (std::uint8_t byte)) {
    std::string text = "2011-10-11T11:45:40.276+02:00";
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = static_cast<char>(byte);
    const auto time = parse_time(text);
    if (time) RC_ASSERT(parse_time(to_rfc3339(*time)) == time);
}

}  // namespace
}  // namespace mainstem
