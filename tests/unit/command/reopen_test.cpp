// Who has the last answer can open the store again: nothing of an executor holds it any longer.
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using bank::Open;

/// Which thread is slow is chance: the more rounds, the more of it.
constexpr int rounds = 100;
const CommandOptions unflushed{.durability = Durability::buffered};

class Reopen : public ::testing::Test {
protected:
    /// The store, which is held by nobody yet.
    Store store() const {
        auto opened = Store::open(folder_.path("log"));
        if (!opened) throw std::runtime_error{opened.error().message()};
        return *std::move(opened);
    }
    static Open open(int account) { return {"account-" + std::to_string(account)}; }

private:
    support::TemporaryFolder folder_;
};

TEST_F(Reopen, after_a_parallel_executor) {
    for (int round = 0; round < rounds; ++round) {
        ParallelExecutor parallel{Executor{store()}, {.threads = 2}};
        for (int i = 0; i < 3; ++i) {
            parallel.submit(
                open(3 * round + i), [](const CommandResult<Open>& opened) { EXPECT_TRUE(opened); },
                unflushed);
        }
    }
}

TEST_F(Reopen, after_a_batcher) {
    for (int round = 0; round < rounds; ++round) {
        CommandBatcher batcher{Executor{store()}};
        batcher.submit(
            open(round), [](const CommandResult<Open>& opened) { EXPECT_TRUE(opened); }, unflushed);
    }
}

TEST_F(Reopen, when_an_asynchronous_command_is_answered) {
    for (int round = 0; round < rounds; ++round) {
        std::binary_semaphore answered{0};
        Executor executor{store()};
        executor.async_execute(
            open(round),
            [&](const CommandResult<Open>& opened) {
                EXPECT_TRUE(opened);
                answered.release();
            },
            unflushed);
        answered.acquire();
    }
}

/// Waits until the test lets it go on.
class Gate final : public Waiter {
public:
    TimePoint now() override { return {}; }
    void wait(TimePoint, const std::stop_token&) override { open.acquire(); }
    std::binary_semaphore open{0};
};

TEST(Answered, is_who_was_the_last_to_hold_a_store_after_it_let_go) {
    Gate gate;
    std::weak_ptr<EventStore> held;
    std::binary_semaphore answered{0};
    {
        auto store = std::make_shared<testing::FaultyStore>(
            Store::open("memory:").value(), testing::FaultyOptions{.faults = {{.at = 1}}});
        held = store;
        Executor executor{Store{std::move(store)}, {.waiter = &gate}};
        executor.async_execute(Open{"ada"}, [&](const CommandResult<Open>& opened) {
            EXPECT_TRUE(opened);
            EXPECT_TRUE(held.expired());
            answered.release();
        });
    }
    EXPECT_FALSE(held.expired());
    gate.open.release();
    answered.acquire();
}

}  // namespace
}  // namespace mainstem
