// Who has the last answer can open the store again: nothing of an executor holds it any longer.
#include <semaphore>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>

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

}  // namespace
}  // namespace mainstem
