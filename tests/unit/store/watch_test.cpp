// Waiting for events: nobody sleeps through what they wait for, and nobody waits for what is there.
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/append.hpp>
#include <mainstem/store/watch.hpp>

namespace mainstem {
namespace {

using namespace std::chrono_literals;

Watch::Clock::time_point in(std::chrono::nanoseconds time) { return Watch::Clock::now() + time; }
constexpr auto long_time = 24h;
const std::atomic<bool> never = false;

/// Waits until something comes after `at`. Who slept for so long slept through it; that ends the
/// program, as the threads of these tests wait for each other.
void wait_beyond(Watch& watch, std::uint64_t at) {
    const auto until = in(20s);
    while (watch.position() <= Position{at}) watch.wait({at}, never, until);
    if (Watch::Clock::now() < until) return;
    ADD_FAILURE() << "slept through the change after " << at;
    std::abort();
}

TEST(Watch, its_position_never_goes_back) {
    Watch watch;
    EXPECT_EQ(watch.position(), Position{0});
    watch.advance({5});
    watch.advance({3});
    watch.advance({5});
    EXPECT_EQ(watch.position(), Position{5});
}

TEST(Watch, does_not_wait_for_what_is_there) {
    Watch watch;
    watch.advance({5});
    watch.wait({4}, never, in(long_time));
    const std::atomic<bool> stopped = true;
    watch.wait({5}, stopped, in(long_time));
    watch.wait({5}, never, in(0ns));
    watch.wait({5}, never, in(-1h));
    watch.wait({5}, never, in(1ms));
    watch.end({StoreError::closed, "closed"});
    watch.wait({5}, never, in(long_time));
}

TEST(Watch, keeps_the_first_reason_of_its_end) {
    Watch watch;
    EXPECT_FALSE(watch.ended().has_value());
    watch.end({StoreError::stopped, "failed"});
    watch.end({StoreError::closed, "closed"});
    EXPECT_EQ(watch.ended().value(), StoreError::stopped);
    watch.advance({7});
    EXPECT_EQ(watch.position(), Position{7});
}

/// Moves a watch on one by one; before each step all of `waiters` threads must have seen the one
/// before, while others come and go.
void follow_in_step(std::uint64_t steps, int waiters, int impatient) {
    Watch watch;
    std::barrier step{waiters + 1};
    std::atomic<bool> done = false;
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(waiters) + static_cast<std::size_t>(impatient));
    for (int i = 0; i < waiters; ++i) {
        threads.emplace_back([&] {
            for (std::uint64_t at = 0; at < steps; ++at) {
                wait_beyond(watch, at);
                step.arrive_and_wait();
            }
        });
    }
    for (int i = 0; i < impatient; ++i) {
        threads.emplace_back([&, i] {
            while (!done) watch.wait(watch.position(), never, in((i + 1) * 20us));
        });
    }
    for (std::uint64_t at = 1; at <= steps; ++at) {
        watch.advance({at});
        step.arrive_and_wait();
    }
    done = true;
    watch.wake();
}

TEST(Watch, wakes_one_that_waits) { follow_in_step(2'000, 1, 0); }
TEST(Watch, wakes_all_that_wait) { follow_in_step(300, 12, 0); }
TEST(Watch, wakes_all_though_others_give_up) { follow_in_step(300, 4, 4); }

void spin(std::uint64_t times) {
    for (std::uint64_t i = 0; i < times; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// A change at every moment around the one at which the other decides to sleep: both are delayed by
/// times that differ from round to round.
TEST(Watch, wakes_one_that_is_about_to_sleep) {
    constexpr std::uint64_t rounds = 30'000;
    Watch watch;
    std::atomic<std::uint64_t> ready = 0;
    std::jthread waiting{[&] {
        for (std::uint64_t at = 0; at < rounds; ++at) {
            ready = at + 1;
            spin(at % 797);
            wait_beyond(watch, at);
        }
    }};
    for (std::uint64_t at = 0; at < rounds; ++at) {
        while (ready <= at) std::this_thread::yield();
        spin(at % 101);
        watch.advance({at + 1});
    }
}

TEST(Watch, wakes_who_is_stopped_and_leaves_the_others) {
    Watch watch;
    for (std::uint64_t round = 0; round < 100; ++round) {
        std::atomic<bool> stopped = false;
        std::jthread waiting{[&] { wait_beyond(watch, round); }};
        std::jthread leaving{[&] { watch.wait({round}, stopped, in(long_time)); }};
        stopped = true;
        watch.wake();
        leaving.join();
        watch.advance({round + 1});
    }
}

TEST(Watch, wakes_all_at_its_end) {
    for (int round = 0; round < 50; ++round) {
        Watch watch;
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] { watch.wait({}, never, in(long_time)); });
        }
        watch.end({StoreError::closed, "closed"});
    }
}

}  // namespace
}  // namespace mainstem
