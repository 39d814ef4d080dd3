// The histogram: exact counts, quantiles within their bound, and nothing lost among threads.
#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/histogram.hpp>
#include <mainstem/core/random.hpp>

#include "core/histogram_buckets.hpp"
#include "core/thread_slot.hpp"

namespace mainstem {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

static_assert(Histogram::longest > hours{1});
static_assert(histogram_buckets::bucket_of(0) == 0);
static_assert(histogram_buckets::bucket_of(127) == 127);
static_assert(histogram_buckets::bucket_of(128) == 128);

/// Times of every order of magnitude about equally often.
std::vector<std::int64_t> times_of_all_sizes(std::uint64_t seed, std::size_t count) {
    Random random{seed};
    std::vector<std::int64_t> times(count);
    for (auto& time : times) time = static_cast<std::int64_t>(random() >> (21 + random.below(43)));
    return times;
}

/// The definition of a quantile.
std::int64_t exact_quantile(std::vector<std::int64_t> times, double q) {
    std::ranges::sort(times);
    const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(times.size())));
    return times[static_cast<std::size_t>(rank) - 1];
}

TEST(Histogram, empty_has_nothing) {
    const auto empty = Histogram{}.snapshot();
    EXPECT_EQ(empty.count(), 0U);
    EXPECT_EQ(empty.sum(), nanoseconds{0});
    EXPECT_EQ(empty.min(), nanoseconds{0});
    EXPECT_EQ(empty.max(), nanoseconds{0});
    EXPECT_EQ(empty.mean(), nanoseconds{0});
    EXPECT_EQ(empty.quantile(0.5), nanoseconds{0});
    EXPECT_EQ(HistogramSnapshot{}.quantile(1), nanoseconds{0});
}

TEST(Histogram, counts_exactly) {
    Histogram histogram;
    for (const int time : {40, 10, 20, 30}) histogram.record(nanoseconds{time});
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.count(), 4U);
    EXPECT_EQ(snapshot.sum(), nanoseconds{100});
    EXPECT_EQ(snapshot.mean(), nanoseconds{25});
    EXPECT_EQ(snapshot.min(), nanoseconds{10});
    EXPECT_EQ(snapshot.max(), nanoseconds{40});
    EXPECT_EQ(snapshot.quantile(0), nanoseconds{10});
    EXPECT_EQ(snapshot.quantile(0.25), nanoseconds{10});
    EXPECT_EQ(snapshot.quantile(0.5), nanoseconds{20});
    EXPECT_EQ(snapshot.quantile(0.51), nanoseconds{30});
    EXPECT_EQ(snapshot.quantile(1), nanoseconds{40});
}

TEST(Histogram, one_time_is_every_quantile) {
    Histogram histogram;
    histogram.record(seconds{3});
    for (const double q : {0.0, 0.5, 0.999, 1.0})
        EXPECT_EQ(histogram.snapshot().quantile(q), seconds{3}) << q;
}

TEST(Histogram, takes_times_beyond_its_range) {
    Histogram histogram;
    histogram.record(nanoseconds{-5});
    histogram.record(hours{1000});
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.count(), 2U);
    EXPECT_EQ(snapshot.min(), nanoseconds{0});
    EXPECT_EQ(snapshot.max(), hours{1000});
    EXPECT_EQ(snapshot.quantile(0.5), nanoseconds{0});
    EXPECT_EQ(snapshot.quantile(1), hours{1000});
}

TEST(Histogram, snapshot_is_a_value) {
    Histogram histogram;
    histogram.record(nanoseconds{1});
    const auto before = histogram.snapshot();
    histogram.record(nanoseconds{2});
    EXPECT_EQ(before.count(), 1U);
    EXPECT_EQ(histogram.snapshot().count(), 2U);
}

TEST(HistogramBuckets, follow_each_other_without_gap) {
    using namespace histogram_buckets;
    for (std::size_t bucket = 0; bucket < count; ++bucket)
        ASSERT_EQ(bucket_of(middle_of(bucket)), bucket);
    for (std::uint64_t time = 1; time < 100'000; ++time)
        ASSERT_LE(bucket_of(time) - bucket_of(time - 1), 1U) << time;
}

RC_GTEST_PROP(HistogramBuckets, stand_for_their_times_within_one_percent, (std::uint64_t seed)) {
    for (const auto time : times_of_all_sizes(seed, 200)) {
        using namespace histogram_buckets;
        const auto middle = middle_of(bucket_of(static_cast<std::uint64_t>(time)));
        const auto error = std::abs(static_cast<double>(middle) - static_cast<double>(time));
        RC_ASSERT(error <= 0.01 * static_cast<double>(time));
    }
}

RC_GTEST_PROP(Histogram, quantiles_are_within_one_percent, (std::uint64_t seed)) {
    const auto times = times_of_all_sizes(seed, *rc::gen::inRange<std::size_t>(1, 500));
    Histogram histogram;
    for (const auto time : times) histogram.record(nanoseconds{time});
    const auto snapshot = histogram.snapshot();
    for (const double q : {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto exact = exact_quantile(times, q);
        const auto error = std::abs(static_cast<double>(snapshot.quantile(q).count() - exact));
        RC_ASSERT(error <= 0.01 * static_cast<double>(exact));
    }
    RC_ASSERT(snapshot.min().count() == *std::ranges::min_element(times));
    RC_ASSERT(snapshot.max().count() == *std::ranges::max_element(times));
}

TEST(Histogram, loses_nothing_among_threads) {
    // More threads at once than can have a part of their own, and twice, so that parts are reused.
    constexpr std::uint64_t threads_at_once = thread_slots + 30;
    constexpr std::uint64_t times = 300;
    Histogram histogram;
    for (int round = 0; round < 2; ++round) {
        std::vector<std::jthread> threads;
        for (std::uint64_t i = 0; i < threads_at_once; ++i)
            threads.emplace_back([&histogram] {
                for (std::uint64_t n = 1; n <= times; ++n)
                    histogram.record(nanoseconds{static_cast<std::int64_t>(n)});
            });
    }
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.count(), 2 * threads_at_once * times);
    EXPECT_EQ(snapshot.sum().count(), 2 * threads_at_once * (times * (times + 1) / 2));
    EXPECT_EQ(snapshot.min(), nanoseconds{1});
    EXPECT_EQ(snapshot.max(), nanoseconds{times});
}

TEST(Histogram, snapshots_beside_writers_hold_together) {
    constexpr std::uint64_t times = 20'000;
    Histogram histogram;
    std::jthread writer{[&histogram] {
        for (std::uint64_t n = 0; n < times; ++n) histogram.record(nanoseconds{100});
    }};
    for (std::uint64_t seen = 0; seen < times;) {
        const auto snapshot = histogram.snapshot();
        ASSERT_GE(snapshot.count(), seen);
        seen = snapshot.count();
        if (seen == 0) continue;
        ASSERT_EQ(snapshot.quantile(0.5), nanoseconds{100});
        ASSERT_GE(snapshot.sum(), nanoseconds{100 * seen});
    }
}

}  // namespace
}  // namespace mainstem
