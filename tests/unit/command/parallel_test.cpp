// The parallel executor: order in a stream, no conflicts among its own, its bounds, its end.
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/parallel.hpp>
#include <mainstem/core/random.hpp>
#include <mainstem/store/typed_events.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Balances;
using bank::Deposit;
using bank::Deposited;
using bank::Money;
using bank::Open;
using bank::Transfer;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;

Money total(const Store& store, const std::vector<std::string>& accounts) {
    Balances balances;
    for (const auto& entry : read_as<bank::Event>(store.read_all())) {
        std::visit([&](const auto& e) { balances.apply(e); }, entry->event);
        for (const auto& [account, money] : balances.of) EXPECT_GE(money, 0) << account;
    }
    Money sum = 0;
    for (const auto& account : accounts) sum += balances.of.at(account);
    return sum;
}

std::vector<std::string> open_accounts(Executor& executor, int count, Money each) {
    std::vector<std::string> accounts;
    for (int i = 0; i < count; ++i) {
        accounts.push_back("account-" + std::to_string(i));
        executor.execute(Open{accounts.back()}).value();
        executor.execute(Deposit{accounts.back(), each}).value();
    }
    return accounts;
}

TEST(Parallel, commands_that_share_streams_do_not_run_into_each_other) {
    const auto store = Store::open("memory:").value();
    Executor executor{store};
    const auto accounts = open_accounts(executor, 5, 100);
    {
        ParallelExecutor parallel{executor, {.concurrency = 4}};
        std::vector<std::thread> clients;
        clients.reserve(8);
        for (int client = 0; client < 8; ++client) {
            clients.emplace_back([&, client] {
                Random random{static_cast<std::uint64_t>(client) + 1};
                for (int i = 0; i < 200; ++i) {
                    const Transfer transfer{accounts[random.below(5)], accounts[random.below(5)],
                                            static_cast<Money>(random.below(60))};
                    if (random.chance(1, 2)) {
                        static_cast<void>(parallel.execute(transfer).has_value());
                    } else {
                        parallel.submit(transfer, [](const CommandResult<Transfer>&) {});
                    }
                }
            });
        }
        for (auto& client : clients) client.join();
    }
    EXPECT_EQ(executor.stats().conflicts, 0U);
    EXPECT_EQ(executor.stats().failed, 0U);
    EXPECT_EQ(executor.stats().accepted + executor.stats().rejected, 10U + 8U * 200U);
    EXPECT_EQ(total(store, accounts), 500);
}

TEST(Parallel, a_stream_has_its_commands_in_the_order_of_submission) {
    const auto store = Store::open("memory:").value();
    Executor executor{store};
    open_accounts(executor, 3, 0);
    ParallelExecutor parallel{executor, {.threads = 4}};
    for (Money i = 1; i <= 300; ++i) {
        parallel.submit(Deposit{"account-" + std::to_string(i % 3), i},
                        [](const CommandResult<Deposit>& done) { EXPECT_TRUE(done); });
    }
    parallel.wait_idle();
    for (const auto* account : {"account-0", "account-1", "account-2"}) {
        Money last = 0;
        for (const auto& entry : read_as<bank::Event>(store.read(account, {.from = Version{3}}))) {
            const auto amount = std::get<Deposited>(entry->event).amount;
            EXPECT_GT(amount, last);
            last = amount;
        }
        EXPECT_GE(last, 298);
    }
}

TEST(Parallel, answers_all_in_their_order) {
    const auto store = Store::open("memory:").value();
    ParallelExecutor parallel{Executor{store}};
    const auto answers = parallel.execute_all<bank::Open>({{"a"}, {"b"}, {"a"}});
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].value().versions.at(0).stream, StreamId{"a"});
    EXPECT_EQ(answers[1].value().versions.at(0).stream, StreamId{"b"});
    EXPECT_TRUE(answers[2].value().versions.empty());
    EXPECT_EQ(parallel.stats().streams, 0U);
}

/// A store whose appends wait until they are let through.
struct Gate {
    std::counting_semaphore<> passes{0};
    std::counting_semaphore<> arrived{0};
    Store store{std::make_shared<FaultyStore>(Store::open("memory:").value(),
                                              FaultyOptions{.before_append = [this](const auto&) {
                                                  arrived.release();
                                                  passes.acquire();
                                              }})};
};

TEST(Parallel, refuses_what_its_queue_has_no_room_for) {
    Gate gate;
    ParallelExecutor parallel{Executor{gate.store},
                              {.concurrency = 1, .queue = 2, .when_full = WhenFull::refuse}};
    std::atomic<int> accepted{0};
    const auto count = [&](const CommandResult<Open>& done) { accepted += done ? 1 : 0; };
    parallel.submit(Open{"a"}, count);
    gate.arrived.acquire();
    parallel.submit(Open{"b"}, count);
    EXPECT_EQ(parallel.stats().running, 1U);
    EXPECT_EQ(parallel.stats().waiting, 1U);
    const auto refused = parallel.execute(Open{"c"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), ExecutionError::overloaded);
    EXPECT_TRUE(refused.error().retryable());
    gate.passes.release(2);
    parallel.wait_idle();
    EXPECT_EQ(accepted, 2);
}

TEST(Parallel, a_full_queue_that_blocks_goes_on_when_there_is_room) {
    Gate gate;
    ParallelExecutor parallel{Executor{gate.store}, {.concurrency = 1, .queue = 1}};
    parallel.submit(Open{"a"}, [](const CommandResult<Open>&) {});
    gate.arrived.acquire();
    std::thread other{[&] { EXPECT_TRUE(parallel.execute(Open{"b"})); }};
    gate.passes.release(2);
    other.join();
}

TEST(Parallel, takes_zeros_as_ones) {
    ParallelExecutor parallel{Executor{Store::open("memory:").value()},
                              {.concurrency = 0, .queue = 0}};
    EXPECT_TRUE(parallel.execute(Open{"a"}));
    EXPECT_EQ(parallel.execute_all<Open>({{"b"}, {"c"}}).size(), 2U);
}

TEST(Parallel, answers_everything_before_it_ends) {
    std::atomic<int> answered{0};
    {
        ParallelExecutor parallel{Executor{Store::open("memory:").value()}, {.threads = 2}};
        for (int i = 0; i < 500; ++i) {
            parallel.submit(Open{"account-" + std::to_string(i % 50)},
                            [&](const CommandResult<Open>&) { ++answered; });
        }
    }
    EXPECT_EQ(answered, 500);
}

}  // namespace
}  // namespace mainstem
