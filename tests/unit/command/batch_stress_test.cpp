// Many threads on one processor, which stops at some moment: each item is answered exactly once,
// and those of one thread in their order.
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/batch_processor.hpp>
#include <mainstem/core/random.hpp>

namespace mainstem {
namespace {

struct Item {
    std::size_t thread;
    std::size_t number;
};
using Processor = BatchProcessor<Item, std::size_t>;

constexpr std::size_t threads = 4;
constexpr std::size_t items_each = 300;

/// What happened to the items of one thread.
struct Fates {
    std::array<std::atomic<int>, items_each> answers{};
    std::atomic<std::size_t> wrong{0};
    std::atomic<std::size_t> processed{0};
    std::size_t last = 0;  ///< processed last; by the processor's thread
};

class BatchStress {
public:
    explicit BatchStress(std::uint64_t seed)
        : random_(seed),
          stop_after_(random_.below(threads * items_each + 200)),
          processor_({.items = 1 + random_.below(20),
                      .delay = std::chrono::microseconds{random_.below(200)},
                      .queue = 1 + random_.below(40),
                      .when_full = random_.chance(1, 2) ? WhenFull::block : WhenFull::refuse},
                     [this](const std::vector<Item>& items) { return process(items); }) {}

    void run() {
        std::vector<std::thread> running;
        running.reserve(threads);
        for (std::size_t t = 0; t < threads; ++t) {
            running.emplace_back([this, t] {
                for (std::size_t number = 0; number < items_each; ++number) submit({t, number});
            });
        }
        for (auto& thread : running) thread.join();
        processor_.stop();
    }

    void judge() const {
        for (const auto& fates : fates_) {
            for (const auto& count : fates.answers) ASSERT_EQ(count, 1);
            ASSERT_EQ(fates.wrong, 0U);
        }
    }

private:
    std::vector<Result<std::size_t>> process(const std::vector<Item>& items) {
        std::vector<Result<std::size_t>> answers;
        for (const auto& [thread, number] : items) {
            auto& fates = fates_[thread];
            if (fates.processed++ > 0 && number <= fates.last) ++fates.wrong;
            fates.last = number;
            answers.emplace_back(number);
        }
        if (items.size() % 3 == 0) std::this_thread::yield();
        return answers;
    }

    /// Some by a callback, some by waiting; a flush and the stop come between.
    void submit(Item item) {
        auto& fates = fates_[item.thread];
        const auto note = [&fates, item](const Result<std::size_t>& answer) {
            ++fates.answers[item.number];
            if (answer && *answer != item.number) ++fates.wrong;
        };
        if (submitted_++ == stop_after_) processor_.stop();
        if (item.number % 16 == 0) {
            note(processor_.process(item));
        } else {
            processor_.submit(item, note);
        }
        if (item.number % 50 == 0) {
            processor_.flush();
            if (fates.answers[item.number] != 1) ++fates.wrong;
        }
    }

    Random random_;
    std::atomic<std::size_t> submitted_{0};
    const std::size_t stop_after_;
    std::array<Fates, threads> fates_;
    Processor processor_;
};

TEST(BatchStressTest, each_item_is_answered_once_whenever_it_stops) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        BatchStress stress{seed};
        stress.run();
        stress.judge();
        ASSERT_FALSE(HasFatalFailure());
    }
}

}  // namespace
}  // namespace mainstem
