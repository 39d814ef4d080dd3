// When batches are due: each reason alone, then random histories against the rules.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>

#include "command/batch_schedule.hpp"

namespace mainstem {
namespace {

using namespace std::chrono_literals;
using Kind = BatchStep::Kind;
using Time = BatchTimer::Time;

constexpr Time start{};

BatchSchedule schedule_of(const BatchOptions& options, std::size_t items = 0, Time now = start) {
    BatchSchedule schedule{options};
    for (std::size_t i = 0; i < items; ++i) schedule.add(now);
    return schedule;
}

BatchStep process(std::size_t items) { return {.kind = Kind::process, .items = items}; }
BatchStep wait_until(Time time) { return {.kind = Kind::wait, .until = time}; }

TEST(BatchScheduleTest, without_items_it_is_idle_until_it_is_stopped) {
    BatchSchedule schedule{{}};
    EXPECT_EQ(schedule.next(start), BatchStep{.kind = Kind::idle});
    EXPECT_EQ(schedule.flush(), 0U);
    EXPECT_EQ(schedule.next(start + 1h), BatchStep{.kind = Kind::idle});
    schedule.stop();
    EXPECT_EQ(schedule.next(start), BatchStep{.kind = Kind::end});
}

TEST(BatchScheduleTest, a_full_batch_is_due_at_once) {
    BatchSchedule schedule{{.items = 3, .delay = 10ms}};
    EXPECT_TRUE(schedule.add(start)) << "the time of the first is to be waited for";
    EXPECT_FALSE(schedule.add(start));
    EXPECT_EQ(schedule.next(start), wait_until(start + 10ms));
    EXPECT_TRUE(schedule.add(start));
    EXPECT_EQ(schedule.next(start), process(3));
    EXPECT_FALSE(schedule.add(start));
    EXPECT_EQ(schedule.next(start), process(3)) << "a batch is never larger";
}

TEST(BatchScheduleTest, the_delay_is_that_of_the_oldest_item) {
    BatchSchedule schedule{{.items = 3, .delay = 10ms}};
    schedule.add(start);
    schedule.add(start + 4ms);
    EXPECT_EQ(schedule.next(start + 9ms), wait_until(start + 10ms));
    EXPECT_EQ(schedule.next(start + 10ms), process(2));
    schedule.add(start + 6ms);
    schedule.add(start + 7ms);
    EXPECT_EQ(schedule.next(start + 7ms), process(3));
    schedule.take(3);
    EXPECT_EQ(schedule.next(start + 10ms), wait_until(start + 17ms))
        << "what is left waits from its own arrival";
}

TEST(BatchScheduleTest, a_flush_makes_due_what_waits_and_no_more) {
    auto schedule = schedule_of({.items = 3, .delay = 1h}, 2);
    EXPECT_EQ(schedule.flush(), 2U);
    EXPECT_EQ(schedule.next(start), process(2));
    schedule.take(2);
    schedule.add(start);
    EXPECT_EQ(schedule.next(start), wait_until(start + 1h));
    schedule.answer(2);
    EXPECT_EQ(schedule.answered(), 2U);
    EXPECT_EQ(schedule.flush(), 3U);
}

TEST(BatchScheduleTest, a_flush_of_several_batches_makes_all_of_them_due) {
    auto schedule = schedule_of({.items = 4, .delay = 1h, .queue = 10}, 9);
    EXPECT_EQ(schedule.flush(), 9U);
    for (const std::size_t items : {4U, 4U, 1U}) {
        EXPECT_EQ(schedule.next(start), process(items));
        schedule.take(items);
    }
    EXPECT_EQ(schedule.next(start), BatchStep{.kind = Kind::idle});
}

TEST(BatchScheduleTest, when_stopped_it_processes_all_and_ends) {
    auto schedule = schedule_of({.items = 3, .delay = 1h}, 4);
    schedule.stop();
    EXPECT_EQ(schedule.next(start), process(3));
    schedule.take(3);
    EXPECT_EQ(schedule.next(start), process(1));
    schedule.take(1);
    EXPECT_EQ(schedule.next(start), BatchStep{.kind = Kind::end});
}

TEST(BatchScheduleTest, a_full_queue_is_due_whatever_the_size_of_a_batch) {
    auto schedule = schedule_of({.items = 100, .delay = 1h, .queue = 2}, 1);
    EXPECT_FALSE(schedule.full());
    EXPECT_TRUE(schedule.add(start));
    EXPECT_TRUE(schedule.full());
    EXPECT_EQ(schedule.next(start), process(2));
}

TEST(BatchScheduleTest, bounds_that_make_no_sense_are_taken_as_the_nearest_that_do) {
    auto schedule = schedule_of({.items = 0, .delay = -1ms, .queue = 0}, 1);
    EXPECT_TRUE(schedule.full());
    EXPECT_EQ(schedule.next(start), process(1));
    const auto forever = schedule_of({.delay = std::chrono::nanoseconds::max()}, 1, Time{} + 1h);
    EXPECT_EQ(forever.next(Time{} + 2h).kind, Kind::wait);
    const auto at_once = schedule_of({.delay = 0ns}, 1);
    EXPECT_EQ(at_once.next(start), process(1));
}

/// A schedule beside the plain list of what waits; checks every step by the rules.
struct JudgedSchedule {
    explicit JudgedSchedule(std::uint64_t seed) : random(seed) {
        options.items = 1 + random.below(8);
        options.queue = 1 + random.below(20);
        options.delay = std::chrono::nanoseconds{random.below(50)};
        schedule.emplace(options);
    }

    void add() {
        if (schedule->full() || stopped) return;
        schedule->add(now);
        waiting.push_back(now);
        ++added;
    }

    /// Every reason for which a batch may be smaller than asked for; and none else.
    [[nodiscard]] bool partial_allowed() const {
        return waiting.front() + options.delay <= now || demanded > taken || stopped ||
               waiting.size() >= options.queue;
    }

    void step() {
        const auto next = schedule->next(now);
        if (waiting.empty()) {
            ASSERT_EQ(next.kind, stopped ? Kind::end : Kind::idle);
            return;
        }
        const bool due = waiting.size() >= options.items || partial_allowed();
        ASSERT_EQ(next.kind, due ? Kind::process : Kind::wait);
        if (!due) {
            ASSERT_EQ(next.until, waiting.front() + options.delay);
            return;
        }
        ASSERT_EQ(next.items, std::min({waiting.size(), options.items, options.queue}));
        schedule->take(next.items);
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(next.items));
        taken += next.items;
        schedule->answer(next.items);
        ASSERT_EQ(schedule->answered(), taken);
    }

    void act() {
        switch (random.below(12)) {
            case 0:
                demanded = added;
                ASSERT_EQ(schedule->flush(), added);
                break;
            case 1: now += std::chrono::nanoseconds{random.below(40)}; break;
            case 2:
                if (random.chance(1, 40)) stopped = true, schedule->stop();
                break;
            case 3:
            case 4:
            case 5: step(); break;
            default: add(); break;
        }
        ASSERT_EQ(schedule->full(), waiting.size() >= options.queue);
    }

    Random random;
    BatchOptions options;
    std::optional<BatchSchedule> schedule;
    std::deque<Time> waiting;
    Time now = start;
    std::uint64_t added = 0, taken = 0, demanded = 0;
    bool stopped = false;
};

TEST(BatchScheduleTest, random_histories_keep_the_rules) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        JudgedSchedule judged{seed};
        for (int i = 0; i < 200; ++i) judged.act();
        judged.stopped = true;
        judged.schedule->stop();
        while (!judged.waiting.empty() && !HasFatalFailure()) judged.step();
        judged.step();
        ASSERT_EQ(judged.taken, judged.added) << "nothing is left";
        ASSERT_FALSE(HasFatalFailure());
    }
}

}  // namespace
}  // namespace mainstem
