// Strong types: what compares, what converts, what they print.
#include <sstream>
#include <type_traits>
#include <unordered_set>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/core/types.hpp>

namespace mainstem {
namespace {

static_assert(!std::is_convertible_v<Version, Position>);
static_assert(!std::is_convertible_v<std::uint64_t, Version>);
static_assert(!std::is_convertible_v<StreamId, Tag>);
static_assert(!std::is_convertible_v<StreamId, std::string>);
static_assert(std::is_convertible_v<const char*, StreamId>);
static_assert(1_KiB == Bytes{1024} && 2_MiB == Bytes{2048 * 1024} && 1_GiB > 1023_MiB);

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

TEST(Number, counts_compares_and_prints) {
    EXPECT_EQ(Version{7}.next(), Version{8});
    EXPECT_LT(Position{1}, Position{2});
    EXPECT_EQ(printed(Position{93}), "93");
    EXPECT_EQ((std::unordered_set<Version>{Version{1}, Version{1}, Version{2}}.size()), 2U);
}

TEST(Text, takes_any_text) {
    const StreamId stream = "order-1";
    EXPECT_EQ(stream.str(), "order-1");
    EXPECT_EQ(stream.view(), "order-1");
    EXPECT_EQ(stream, StreamId{std::string{"order-1"}});
    EXPECT_LT(stream, StreamId{"order-2"});
    EXPECT_EQ(printed(stream), "order-1");
    EXPECT_TRUE(StreamId{}.empty());
    EXPECT_TRUE(std::unordered_set<StreamId>{stream}.contains("order-1"));
}

TEST(ExpectedVersion, says_what_it_expects) {
    EXPECT_EQ(ExpectedVersion{}.to_string(), "any");
    EXPECT_EQ(ExpectedVersion{Expect::any}.to_string(), "any");
    EXPECT_EQ(ExpectedVersion{Expect::none}.to_string(), "none");
    EXPECT_EQ(ExpectedVersion{Expect::exists}.to_string(), "exists");
    EXPECT_EQ(ExpectedVersion{Version{7}}.to_string(), "version 7");
}

TEST(ExpectedVersion, is_met_by_the_versions_it_names) {
    const auto met = [](ExpectedVersion expected, std::uint64_t actual) {
        return expected.met_by(Version{actual});
    };
    EXPECT_TRUE(met(Expect::any, 0) && met(Expect::any, 3));
    EXPECT_TRUE(met(Expect::none, 0) && !met(Expect::none, 1));
    EXPECT_TRUE(!met(Expect::exists, 0) && met(Expect::exists, 1));
    EXPECT_TRUE(met(Version{3}, 3) && !met(Version{3}, 2) && !met(Version{3}, 0));
}

TEST(ExpectedVersion, version_zero_means_none) {
    EXPECT_EQ(ExpectedVersion{Version{0}}, ExpectedVersion{Expect::none});
    EXPECT_FALSE(ExpectedVersion{Version{0}}.is_any());
    EXPECT_TRUE(ExpectedVersion{}.is_any());
}

TEST(Clock, of_the_system_tells_the_time) {
    const auto before = std::chrono::system_clock::now() - std::chrono::seconds{1};
    const auto now = Clock::system().now();
    EXPECT_LE(before, now);
    EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(Clock, set_by_hand_stands_still) {
    ManualClock clock{Timestamp{std::chrono::seconds{100}}};
    EXPECT_EQ(clock.now(), clock.now());
    clock.advance(std::chrono::microseconds{5});
    EXPECT_EQ(clock.now().time_since_epoch(), std::chrono::microseconds{100'000'005});
    clock.set(Timestamp{});
    EXPECT_EQ(clock.now(), Timestamp{});
}

}  // namespace
}  // namespace mainstem
