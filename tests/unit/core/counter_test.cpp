// Counters under many threads, and the numbers that threads get.
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/counter.hpp>

#include "core/thread_slot.hpp"

namespace mainstem {
namespace {

TEST(Counter, adds_up) {
    Counter counter;
    EXPECT_EQ(counter.value(), 0U);
    counter.add();
    counter.add(41);
    EXPECT_EQ(counter.value(), 42U);
}

TEST(Counter, loses_nothing_among_threads) {
    Counter counter;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 40; ++i)
            threads.emplace_back([&counter] {
                for (int n = 0; n < 5'000; ++n) counter.add(2);
            });
    }
    EXPECT_EQ(counter.value(), 40U * 5'000 * 2);
}

TEST(Counter, never_goes_back_for_a_reader) {
    Counter counter;
    std::jthread writer{[&counter] {
        for (int n = 0; n < 50'000; ++n) counter.add();
    }};
    std::uint64_t last = 0;
    while (last < 50'000) {
        const auto now = counter.value();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST(ThreadSlot, stays_the_same_in_a_thread) {
    const auto slot = thread_slot();
    EXPECT_LT(slot, thread_slots);
    EXPECT_EQ(thread_slot(), slot);
}

TEST(ThreadSlot, is_taken_over_when_its_thread_has_ended) {
    const auto own = thread_slot();
    std::set<std::size_t> seen;
    for (int i = 0; i < 500; ++i) std::jthread{[&seen] { seen.insert(thread_slot()); }}.join();
    EXPECT_EQ(seen.size(), 1U) << "one thread after the other needs one number";
    EXPECT_FALSE(seen.contains(own));
}

TEST(ThreadSlot, is_its_own_for_each_thread_until_there_are_too_many) {
    constexpr std::size_t too_many = thread_slots + 20;
    std::vector<std::size_t> slots(too_many);
    std::atomic<std::size_t> arrived = 0;
    {
        std::vector<std::jthread> threads;
        for (auto& slot : slots)
            threads.emplace_back([&slot, &arrived] {
                slot = thread_slot();
                ++arrived;
                arrived.notify_all();
                // Every thread keeps its number until all have asked for one.
                for (auto now = arrived.load(); now < too_many; now = arrived.load())
                    arrived.wait(now);
            });
    }
    std::multiset<std::size_t> all(slots.begin(), slots.end());
    const auto sharing = all.count(thread_slots);
    EXPECT_GE(sharing, 20U);
    all.erase(thread_slots);
    EXPECT_EQ(std::set<std::size_t>(all.begin(), all.end()).size(), all.size());
}

}  // namespace
}  // namespace mainstem
