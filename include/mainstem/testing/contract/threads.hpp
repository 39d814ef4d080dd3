// How tests run threads beside each other.
#pragma once

#include <atomic>
#include <cstddef>
#include <latch>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace mainstem::testing::contract {

inline constexpr std::size_t fighters = 16;

/// Runs `work(0)` to `work(count - 1)` on threads of their own that begin together; returns when
/// all of them have ended.
template <class Work>
void run_together(std::size_t count, Work work) {
    std::latch ready{static_cast<std::ptrdiff_t>(count)};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            ready.arrive_and_wait();
            work(i);
        });
    }
}

/// Runs writers as `run_together` does, and `watch` again and again on two other threads until
/// they have ended, and once after that.
template <class Write, class Watch>
void run_watched(std::size_t writers, Write write, Watch watch) {
    std::atomic<bool> ended = false;
    std::vector<std::jthread> watchers;
    for (std::size_t i = 0; i < 2; ++i) {
        watchers.emplace_back([&, i] {
            while (!ended && !::testing::Test::HasFailure()) watch(i);
        });
    }
    run_together(writers, write);
    ended = true;
    watchers.clear();
    watch(0);
}

}  // namespace mainstem::testing::contract
