// States by stream: each is folded from its own events and kept for its own stream, whatever it is
// combined with; discovery with them; and what a command may not do.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Deposited;
using bank::Money;
using bank::Opened;
using bank::Rejected;
using bank::Withdrawn;

struct Account {
    bool open = false;
    Money balance = 0;

    void apply(const Opened&) { open = true; }
    void apply(const Deposited& e) { balance += e.amount; }
    void apply(const Withdrawn& e) { balance -= e.amount; }
};
struct Pay {
    std::string from;
    std::string to;
    Money amount;

    Streams streams() const { return {from, to}; }
    bank::Decision handle(const ByStream<Account>& accounts) const {
        if (!accounts[from].open || !accounts[to].open) return Rejected::no_such_account;
        if (accounts[from].balance < amount) return Rejected::overdraft;
        return {{from, Withdrawn{from, amount}}, {to, Deposited{to, amount}}};
    }
};

class ByStreamTest : public ::testing::Test {
protected:
    ByStreamTest() {
        for (const auto* account : {"ada", "bob", "eve"}) {
            executor_.execute(bank::Open{account}).value();
            executor_.execute(bank::Deposit{account, 10}).value();
        }
    }
    Store store_ = Store::open("memory:").value();
    Executor executor_{store_};
};

TEST_F(ByStreamTest, decides_on_the_state_of_each_stream) {
    EXPECT_EQ(executor_.execute(Pay{"ada", "bob", 7}).value().versions,
              (std::vector<StreamVersion>{{"ada", Version{3}}, {"bob", Version{3}}}));
    EXPECT_EQ(executor_.execute(Pay{"ada", "bob", 7}).error(), Rejected::overdraft);
    EXPECT_EQ(executor_.execute(Pay{"ada", "nobody", 1}).error(), Rejected::no_such_account);
    EXPECT_TRUE(executor_.execute(Pay{"bob", "bob", 17}));
}

TEST_F(ByStreamTest, keeps_each_state_whatever_it_was_combined_with) {
    executor_.execute(Pay{"ada", "bob", 1}).value();
    executor_.execute(Pay{"eve", "bob", 1}).value();
    const auto before = executor_.stats();
    executor_.execute(Pay{"ada", "eve", 1}).value();
    executor_.execute(Pay{"bob", "ada", 1}).value();
    EXPECT_EQ(executor_.stats().folded_events, before.folded_events);
    EXPECT_EQ(executor_.stats().cache_misses, before.cache_misses);
    EXPECT_EQ(executor_.stats().cache_hits, before.cache_hits + 4);
}

TEST_F(ByStreamTest, works_in_batches) {
    CommandBatcher batcher{executor_, {.items = 100, .delay = std::chrono::hours{1}}};
    std::vector<bool> paid;
    for (const auto& pay : {Pay{"ada", "bob", 10}, Pay{"bob", "eve", 20}, Pay{"ada", "eve", 1},
                            Pay{"eve", "ada", 30}}) {
        batcher.submit(pay, [&](const CommandResult<Pay>& answer) { paid.push_back(!!answer); });
    }
    batcher.flush();
    EXPECT_EQ(paid, (std::vector<bool>{true, true, false, true}));
    EXPECT_EQ(executor_.execute(Pay{"ada", "bob", 31}).error(), Rejected::overdraft);
    EXPECT_TRUE(executor_.execute(Pay{"ada", "bob", 30}));
}

/// Each account's heir is the one that its last withdrawal names; money goes to the last heir.
struct Heir {
    std::string next;

    void apply(const Opened&) {}
    void apply(const Deposited&) {}
    void apply(const Withdrawn& e) { next = e.account; }
};
struct PayLastHeir {
    std::string first;

    Streams streams() const { return {first}; }
    static std::string last(const ByStream<Heir>& heirs, std::string account) {
        while (!heirs[account].next.empty()) account = heirs[account].next;
        return account;
    }
    Streams discover(const ByStream<Heir>& heirs) const {
        Streams found;
        for (const auto& known : heirs.streams()) {
            if (!heirs[known].next.empty()) found.add(heirs[known].next);
        }
        return found;
    }
    bank::Decision handle(const ByStream<Heir>& heirs) const {
        const auto heir = last(heirs, first);
        return {{heir, Deposited{heir, 1}}};
    }
};

TEST_F(ByStreamTest, discovers_streams_and_checks_all_of_them) {
    store_.append("ada", Withdrawn{"bob", 1}).value();
    store_.append("bob", Withdrawn{"eve", 1}).value();
    const auto paid = executor_.execute(PayLastHeir{"ada"}).value();
    EXPECT_EQ(paid.versions, (std::vector<StreamVersion>{{"eve", Version{3}}}));
    store_.append("eve", Withdrawn{"ida", 1}).value();
    EXPECT_EQ(executor_.execute(PayLastHeir{"ada"}).value().versions.at(0).stream, StreamId{"ida"});
}

TEST_F(ByStreamTest, gives_up_on_streams_without_an_end) {
    for (int i = 0; i < 20; ++i) {
        store_.append("heir-" + std::to_string(i), Withdrawn{"heir-" + std::to_string(i + 1), 1})
            .value();
    }
    const auto paid = executor_.execute(PayLastHeir{"heir-0"});
    ASSERT_FALSE(paid);
    EXPECT_EQ(paid.error(), ExecutionError::discovery);
    EXPECT_EQ(paid.error().error().message(),
              "it still discovers streams after 10 rounds, the last \"heir-11\"; see "
              "ExecutorOptions::discovery_rounds");
}

// --- discovery into one state: events of all streams in global order

struct Chain {
    std::vector<std::string> names = {};

    void apply(const Opened& e) { names.push_back(e.account); }
};
struct FollowChain {
    std::string first;
    std::vector<std::string>* seen;

    Streams streams() const { return {first}; }
    Streams discover(const Chain& chain) const {
        Streams found;
        for (const auto& name : chain.names) found.add(name);
        return found;
    }
    Decision<Opened> handle(const Chain& chain) const {
        *seen = chain.names;
        return {};
    }
};

TEST_F(ByStreamTest, one_state_sees_all_streams_in_the_global_order) {
    // Each stream names the next; the events of the last one are the first.
    store_.append("z", Opened{"1"}).value();
    store_.append("y", Opened{"z"}).value();
    store_.append("x", Opened{"y"}).value();
    store_.append("z", Opened{"2"}).value();
    std::vector<std::string> seen;
    executor_.execute(FollowChain{"x", &seen}).value();
    EXPECT_EQ(seen, (std::vector<std::string>{"1", "z", "y", "2"}));
}

}  // namespace
}  // namespace mainstem
