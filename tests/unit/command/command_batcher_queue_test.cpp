// When a batch of commands is due, and what a full queue does with one more.
#include <chrono>
#include <latch>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>

#include "support/bank.hpp"
#include "support/manual_timer.hpp"

namespace mainstem {
namespace {

using namespace std::chrono_literals;
using bank::Open;

class BatcherQueue : public ::testing::Test {
protected:
    Store store_ = Store::open("memory:").value();
    support::ManualTimer timer_;

    [[nodiscard]] std::uint64_t stored() const { return store_.head().value().value; }
};

auto counting(std::latch& answered) {
    return [&answered](const CommandResult<Open>& opened) {
        EXPECT_TRUE(opened);
        answered.count_down();
    };
}

TEST_F(BatcherQueue, as_many_commands_as_make_a_batch_do_not_wait) {
    CommandBatcher batcher{Executor{store_}, {.items = 3, .delay = 1h, .timer = &timer_}};
    std::latch answered{3};
    batcher.submit(Open{"ada"}, counting(answered));
    batcher.submit(Open{"bob"}, counting(answered));
    timer_.await_waits(1);
    EXPECT_EQ(stored(), 0U);
    batcher.submit(Open{"eve"}, counting(answered));
    answered.wait();
    EXPECT_EQ(stored(), 3U);
}

TEST_F(BatcherQueue, fewer_commands_wait_for_the_delay_and_no_longer) {
    auto options = command_batches();
    options.timer = &timer_;
    CommandBatcher batcher{Executor{store_}, options};
    std::latch answered{1};
    batcher.submit(Open{"ada"}, counting(answered));
    timer_.await_waits(1);
    timer_.advance(99ms);
    timer_.await_waits(2);
    EXPECT_EQ(stored(), 0U);
    timer_.advance(1ms);
    answered.wait();
    EXPECT_EQ(stored(), 1U);
}

/// A command that is in the middle of its execution until it may end.
struct Busy {
    std::binary_semaphore* begun;
    std::binary_semaphore* end;

    Streams streams() const { return {"busy"}; }
    bank::Decision handle(const bank::Balances&) const {
        begun->release();
        end->acquire();
        return {};
    }
};

/// A batcher whose thread is busy, with one command in its queue, which takes no more.
class FullBatcher {
public:
    FullBatcher(const Store& store, WhenFull when_full)
        : batcher(Executor{store}, {.items = 1, .delay = 1h, .queue = 1, .when_full = when_full}) {
        batcher.submit(Busy{&begun_, &end_}, [](const auto& done) { EXPECT_TRUE(done); });
        begun_.acquire();
        batcher.submit(Open{"ada"}, [](const auto& done) { EXPECT_TRUE(done); });
    }
    void go_on() { end_.release(); }

    CommandBatcher batcher;

private:
    std::binary_semaphore begun_{0};
    std::binary_semaphore end_{0};
};

TEST_F(BatcherQueue, that_is_full_refuses_if_it_was_told_to) {
    auto full = std::make_unique<FullBatcher>(store_, WhenFull::refuse);
    const auto refused = full->batcher.execute(Open{"bob"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), ExecutionError::overloaded);
    EXPECT_TRUE(refused.error().retryable());
    full->go_on();
    full->batcher.flush();
    EXPECT_TRUE(full->batcher.execute(Open{"bob"}));
    EXPECT_EQ(stored(), 2U);
}

TEST_F(BatcherQueue, that_is_full_lets_the_caller_wait_for_room) {
    auto full = std::make_unique<FullBatcher>(store_, WhenFull::block);
    std::optional<CommandResult<Open>> opened;
    std::thread other{[&] { opened = full->batcher.execute(Open{"bob"}); }};
    full->go_on();
    other.join();
    ASSERT_TRUE(*opened) << opened->error();
    EXPECT_EQ(opened->value().position, Position{2});
}

/// What docs/manual/commands.md says.
TEST(Defaults, are_those_of_the_manual) {
    EXPECT_EQ(command_batches().items, 100U);
    EXPECT_EQ(command_batches().delay, 100ms);
    EXPECT_EQ(BatchOptions{}.items, 100U);
    EXPECT_EQ(BatchOptions{}.delay, 10ms);
    EXPECT_EQ(BatchOptions{}.queue, 10'000U);
    EXPECT_EQ(BatchOptions{}.when_full, WhenFull::block);

    const RetryPolicy retry;
    EXPECT_EQ(retry.retries, 4U);
    EXPECT_EQ(retry.first, 10ms);
    EXPECT_EQ(retry.factor, 2.0);
    EXPECT_EQ(retry.longest, 1s);
    EXPECT_EQ(retry.jitter, 1.0);
    EXPECT_EQ(retry.deadline, 30s);
    const RetryPolicy exact{.jitter = 0};
    EXPECT_EQ(exact.wait(1, 0), 10ms);
    EXPECT_EQ(exact.wait(2, 0), 20ms);
    EXPECT_EQ(exact.wait(7, 0), 640ms);
    EXPECT_EQ(exact.wait(8, 0), 1s);

    const ExecutorOptions options;
    EXPECT_EQ(options.state_cache.entries, 1000U);
    EXPECT_EQ(options.state_cache.memory, 64_MiB);
    EXPECT_FALSE(options.snapshots);
    EXPECT_EQ(SnapshotOptions{.directory = "snapshots"}.every, 100U);
    EXPECT_EQ(options.discovery_rounds, 10U);
    EXPECT_EQ(options.unreadable, OnUnreadable::stop);

    EXPECT_EQ(ParallelOptions{}.concurrency, 64U);
    EXPECT_EQ(ParallelOptions{}.queue, 10'000U);
    EXPECT_EQ(ParallelOptions{}.when_full, WhenFull::block);
    EXPECT_EQ(CommandOptions{}.durability, Durability::flushed);
}

}  // namespace
}  // namespace mainstem
