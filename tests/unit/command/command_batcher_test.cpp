// Commands in batches: each decides on those before it; a conflict touches those alone that share a
// stream with it; no decision rests on events that did not come to be.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/command/command_batcher.hpp>
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
using bank::Opened;
using bank::Rejected;
using bank::Transfer;
using bank::Withdrawn;
using mainstem::testing::AppendCall;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;

/// Deposits, after somebody else was quicker.
struct DepositTooLate {
    std::string account;
    std::function<void()> meanwhile;

    Streams streams() const { return {account}; }
    bank::Decision handle(const Balances&) const {
        meanwhile();
        return {{account, Deposited{account, 5}}};
    }
};
/// Deposits nothing, and tells what it saw. Its state is of a type of its own.
struct Look {
    std::string account;
    std::vector<Money>* seen;

    struct Total {
        Money sum = 0;
        void apply(const Opened&) {}
        void apply(const Deposited& e) { sum += e.amount; }
        void apply(const Withdrawn& e) { sum -= e.amount; }
    };
    Streams streams() const { return {account}; }
    bank::Decision handle(const Total& total) const {
        seen->push_back(total.sum);
        return {};
    }
};

constexpr BatchOptions one_batch{.items = 1000, .delay = std::chrono::hours{1}};

class CommandBatcherTest : public ::testing::Test {
protected:
    Store memory_ = Store::open("memory:").value();

    Store with(std::function<void(const AppendCall&)> before) {
        return Store{std::make_shared<FaultyStore>(
            memory_, FaultyOptions{.before_append = std::move(before)})};
    }
    Balances balances() {
        Balances all;
        for (const auto& entry : read_as<bank::Event>(memory_.read_all())) {
            std::visit([&](const auto& e) { all.apply(e); }, entry->event);
        }
        return all;
    }
    void append(const std::string& account, const bank::Event& event) {
        memory_.append(account, encode(event).value()).value();
    }
};

/// Puts answers where a test can look at them after a flush.
template <class C>
auto into(std::vector<CommandResult<C>>& answers) {
    return [&answers](CommandResult<C> answer) { answers.push_back(std::move(answer)); };
}

TEST_F(CommandBatcherTest, each_command_decides_on_those_before_it) {
    CommandBatcher batcher{Executor{memory_}, one_batch};
    std::vector<CommandResult<Open>> opened;
    std::vector<CommandResult<Deposit>> deposited;
    std::vector<CommandResult<Transfer>> paid;
    batcher.submit(Deposit{"ada", 1}, into<Deposit>(deposited));
    batcher.submit(Open{"ada"}, into<Open>(opened));
    batcher.submit(Open{"ada"}, into<Open>(opened));
    batcher.submit(Deposit{"ada", 10}, into<Deposit>(deposited));
    batcher.submit(Open{"bob"}, into<Open>(opened));
    batcher.submit(Transfer{"ada", "bob", 7}, into<Transfer>(paid));
    batcher.submit(Transfer{"ada", "bob", 7}, into<Transfer>(paid));
    batcher.submit(Transfer{"bob", "ada", 7}, into<Transfer>(paid));
    batcher.flush();
    EXPECT_EQ(deposited.at(0).error(), Rejected::no_such_account);
    EXPECT_EQ(opened.at(0).value().position, Position{1});
    EXPECT_EQ(opened.at(1).value().position, Position{});
    EXPECT_EQ(deposited.at(1).value().position, Position{2});
    EXPECT_EQ(paid.at(0).value().first, Position{4});
    EXPECT_EQ(paid.at(0).value().versions,
              (std::vector<StreamVersion>{{"ada", Version{3}}, {"bob", Version{2}}}));
    EXPECT_EQ(paid.at(1).error(), Rejected::overdraft);
    EXPECT_TRUE(paid.at(2));
    EXPECT_EQ(balances().of, (std::map<std::string, Money>{{"ada", 10}, {"bob", 0}}));
}

TEST_F(CommandBatcherTest, begins_with_the_states_of_the_batch_before) {
    Executor executor{memory_};
    CommandBatcher batcher{executor, one_batch};
    std::vector<CommandResult<Deposit>> deposited;
    batcher.submit(Open{"ada"}, [](const CommandResult<Open>&) {});
    batcher.flush();
    for (int i = 0; i < 10; ++i) {
        batcher.submit(Deposit{"ada", 1}, into<Deposit>(deposited));
        batcher.flush();
    }
    EXPECT_EQ(executor.stats().folded_events, 0U);
    EXPECT_EQ(executor.stats().cache_hits, 10U);
    EXPECT_EQ(balances().of["ada"], 10);
}

TEST_F(CommandBatcherTest, a_conflict_touches_those_alone_that_share_a_stream) {
    append("ada", Opened{"ada"});
    append("ada", Deposited{"ada", 10});
    append("bob", Opened{"bob"});
    append("eve", Opened{"eve"});
    // Somebody empties the account just before the first command of the batch is appended.
    Executor executor{with([&](const AppendCall& call) {
        if (call.number == 1) append("ada", Withdrawn{"ada", 10});
    })};
    CommandBatcher batcher{executor, one_batch};
    std::vector<CommandResult<Transfer>> paid;
    std::vector<CommandResult<Deposit>> deposited;
    batcher.submit(Transfer{"ada", "bob", 4}, into<Transfer>(paid));
    batcher.submit(Deposit{"eve", 1}, into<Deposit>(deposited));
    batcher.submit(Transfer{"bob", "eve", 3}, into<Transfer>(paid));
    batcher.submit(Deposit{"ada", 2}, into<Deposit>(deposited));
    batcher.flush();
    // Both transfers rest on the money that was not there; bob's rests on it by the first.
    EXPECT_EQ(paid.at(0).error(), Rejected::overdraft);
    EXPECT_EQ(paid.at(1).error(), Rejected::overdraft);
    EXPECT_EQ(deposited.at(0).value().attempts, 1U);
    EXPECT_EQ(deposited.at(1).value().attempts, 2U);
    EXPECT_EQ(balances().of, (std::map<std::string, Money>{{"ada", 2}, {"bob", 0}, {"eve", 1}}));
}

TEST_F(CommandBatcherTest, a_command_sees_its_batch_or_the_others_but_no_mixture) {
    append("ada", Opened{"ada"});
    CommandBatcher batcher{Executor{memory_}, one_batch};
    std::vector<Money> seen;
    bool first = true;
    const auto others = [&] {
        if (std::exchange(first, false)) append("ada", Deposited{"ada", 100});
    };
    batcher.submit(DepositTooLate{"ada", others}, [](auto answer) { EXPECT_TRUE(answer); });
    batcher.submit(Look{"ada", &seen}, [](auto answer) { EXPECT_TRUE(answer); });
    batcher.flush();
    // What others wrote in the place of the batch's own event is seen when that was refused.
    EXPECT_EQ(seen, (std::vector<Money>{5, 105}));
}

TEST_F(CommandBatcherTest, an_event_of_others_in_the_place_of_ones_own_deceives_nobody) {
    append("ada", Opened{"ada"});
    append("bob", Opened{"bob"});
    // The first command's event would be version 2 of ada; somebody else's is. The second rests on
    // ada being at version 2, which is true by chance.
    CommandBatcher batcher{Executor{with([&](const AppendCall& call) {
                               if (call.number == 1) append("ada", Deposited{"ada", 1});
                           })},
                           one_batch};
    std::vector<CommandResult<Transfer>> paid;
    batcher.submit(Deposit{"ada", 10}, [](const CommandResult<Deposit>&) {});
    batcher.submit(Transfer{"ada", "bob", 10}, into<Transfer>(paid));
    batcher.submit(Transfer{"ada", "bob", 5}, into<Transfer>(paid));
    batcher.flush();
    EXPECT_TRUE(paid.at(0));
    EXPECT_EQ(paid.at(1).error(), Rejected::overdraft);
    EXPECT_EQ(balances().of, (std::map<std::string, Money>{{"ada", 1}, {"bob", 10}}));
}

TEST_F(CommandBatcherTest, a_command_twice_in_a_batch_is_executed_once) {
    CommandBatcher batcher{Executor{memory_}, one_batch};
    const CommandOptions options{.id = EventId::generate()};
    std::vector<CommandResult<Deposit>> deposited;
    batcher.submit(Open{"ada"}, [](const CommandResult<Open>&) {});
    batcher.submit(Deposit{"ada", 5}, into<Deposit>(deposited), options);
    batcher.submit(Deposit{"ada", 5}, into<Deposit>(deposited), options);
    batcher.submit(Deposit{"ada", 1}, into<Deposit>(deposited));
    batcher.flush();
    EXPECT_FALSE(deposited.at(0).value().repeated);
    EXPECT_TRUE(deposited.at(1).value().repeated);
    EXPECT_EQ(deposited.at(0).value().position, deposited.at(1).value().position);
    EXPECT_TRUE(deposited.at(2));
    EXPECT_EQ(balances().of["ada"], 6);
}

/// Rests on a query, not on streams.
struct OpenOnce {
    std::string account;

    EventQuery query() const { return QueryItem{.types = {"AccountOpened"}}; }
    bank::Decision handle(const Balances& balances) const {
        if (!balances.of.empty()) return Rejected::no_such_account;
        return {{account, Opened{account}}};
    }
};

TEST_F(CommandBatcherTest, a_command_on_a_query_sees_those_before_it_stored) {
    CommandBatcher batcher{Executor{memory_}, one_batch};
    std::vector<CommandResult<OpenOnce>> once;
    batcher.submit(OpenOnce{"a"}, into<OpenOnce>(once));
    batcher.submit(OpenOnce{"b"}, into<OpenOnce>(once));
    batcher.submit(Open{"c"}, [](const CommandResult<Open>& opened) { EXPECT_TRUE(opened); });
    batcher.submit(OpenOnce{"d"}, into<OpenOnce>(once));
    batcher.flush();
    EXPECT_TRUE(once.at(0));
    EXPECT_FALSE(once.at(1));
    EXPECT_FALSE(once.at(2));
    EXPECT_EQ(memory_.head().value(), Position{2});
}

TEST_F(CommandBatcherTest, refuses_in_the_words_of_commands) {
    CommandBatcher batcher{Executor{memory_}, one_batch};
    batcher.stop();
    const auto late = batcher.execute(Open{"ada"});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), ExecutionError::stopped);
}

// --- against others, and against one command after the other

struct Planned {
    int kind;
    std::size_t from;
    std::size_t to;
    Money amount;
};

rc::Gen<std::vector<Planned>> plans() {
    return rc::gen::container<std::vector<Planned>>(
        rc::gen::apply([](int kind, std::size_t from, std::size_t to,
                          Money amount) { return Planned{kind, from, to, amount}; },
                       rc::gen::inRange(0, 4), rc::gen::inRange<std::size_t>(0, 4),
                       rc::gen::inRange<std::size_t>(0, 4), rc::gen::inRange<Money>(1, 20)));
}

const std::vector<std::string> accounts{"a", "b", "c", "d"};

/// Gives each planned command to `execute`, with a function for its answer as text.
template <class Execute>
void each(const std::vector<Planned>& plan, std::vector<std::string>& answers,
          const Execute& execute) {
    answers.resize(plan.size());
    for (std::size_t i = 0; i < plan.size(); ++i) {
        const auto& [kind, from, to, amount] = plan[i];
        const auto tell = [&answers, i](const auto& answer) {
            std::ostringstream text;
            if (answer) {
                text << answer->first;
            } else {
                text << answer.error();
            }
            answers[i] = text.str();
        };
        if (kind == 0) execute(Open{accounts[from]}, tell);
        if (kind == 1) execute(Deposit{accounts[from], amount}, tell);
        if (kind > 1) execute(Transfer{accounts[from], accounts[to], amount}, tell);
    }
}

RC_GTEST_PROP(CommandBatcherProperty, a_batch_answers_as_one_after_the_other_would, ()) {
    const auto plan = *plans();
    const auto size = *rc::gen::inRange<std::size_t>(1, 12);
    std::vector<std::string> batched;
    std::vector<std::string> single;
    {
        CommandBatcher batcher{Executor{Store::open("memory:").value()},
                               {.items = size, .delay = std::chrono::hours{1}}};
        each(plan, batched, [&](auto command, auto tell) { batcher.submit(command, tell); });
        batcher.flush();
    }
    Executor executor{Store::open("memory:").value()};
    each(plan, single, [&](auto command, auto tell) { tell(executor.execute(command)); });
    RC_ASSERT(batched == single);
}

TEST_F(CommandBatcherTest, keeps_the_money_together_beside_others_who_write) {
    Executor executor{memory_, {.retry = {.retries = 50, .first = std::chrono::microseconds{1}}}};
    for (const auto& account : accounts) {
        executor.execute(Open{account}).value();
        executor.execute(Deposit{account, 50}).value();
    }
    std::atomic<int> answered{0};
    {
        CommandBatcher batcher{executor, {.items = 20, .delay = std::chrono::milliseconds{1}}};
        std::vector<std::thread> clients;
        clients.reserve(4);
        for (std::uint64_t client = 0; client < 4; ++client) {
            clients.emplace_back([&, client] {
                Random random{client + 1};
                for (int i = 0; i < 300; ++i) {
                    const Transfer transfer{accounts[random.below(4)], accounts[random.below(4)],
                                            static_cast<Money>(random.below(40))};
                    if (client == 0) {
                        static_cast<void>(executor.execute(transfer).has_value());
                        ++answered;
                    } else {
                        batcher.submit(transfer,
                                       [&](const CommandResult<Transfer>&) { ++answered; });
                    }
                }
            });
        }
        for (auto& client : clients) client.join();
    }
    EXPECT_EQ(answered, 1200);
    Balances fold;
    for (const auto& entry : read_as<bank::Event>(memory_.read_all())) {
        std::visit([&](const auto& e) { fold.apply(e); }, entry->event);
        for (const auto& [account, money] : fold.of) ASSERT_GE(money, 0) << account;
    }
    Money sum = 0;
    for (const auto& [account, money] : fold.of) sum += money;
    EXPECT_EQ(sum, 200);
}

}  // namespace
}  // namespace mainstem
