// The loads of `bench commands`: each executes, whichever way, and no money is made or lost.
#include <string>

#include <gtest/gtest.h>

#include <mainstem/store/typed_events.hpp>

#include "cli/command_load.hpp"
#include "cli/ledger.hpp"

namespace mainstem::cli {
namespace {

using Kind = CommandLoad::Kind;
using Through = CommandLoad::Through;

/// Of all accounts.
ledger::Money money_in(const Store& store) {
    ledger::Money sum = 0;
    for (const auto& entry : read_as<ledger::Event>(
             store.read_all({.query = QueryItem{.stream_prefix = "account-"}}))) {
        if (const auto* opened = std::get_if<ledger::AccountOpened>(&entry->event)) {
            sum += opened->balance;
        } else if (const auto* sent = std::get_if<ledger::MoneySent>(&entry->event)) {
            sum -= sent->amount;
        } else {
            sum += std::get<ledger::MoneyReceived>(entry->event).amount;
        }
    }
    return sum;
}

TEST(CommandLoad, each_executes_in_each_way) {
    const auto store = Store::open("memory:").value();
    const Executor executor{store};
    ASSERT_TRUE(open_ledger(executor, 1000));
    const auto money = money_in(store);
    std::uint64_t run = 0;
    for (const auto kind : {Kind::create_user, Kind::pay, Kind::pay_hot}) {
        for (const auto through : {Through::executor, Through::parallel, Through::batcher}) {
            CommandLoadRun load{
                executor,
                {.kind = kind, .through = through, .clients = 3, .accounts = 1000, .batch = 10},
                ++run};
            double rate = 0;
            while (rate == 0) rate = load.slice(0.001).value();
            EXPECT_GT(load.slice(0.001).value() + rate, 0);
            EXPECT_GT(load.latencies().count(), 0U) << name(kind) << ' ' << name(through);
        }
    }
    EXPECT_EQ(money_in(store), money);
    EXPECT_EQ(executor.stats().failed, 0U);
}

TEST(CommandLoad, money_comes_from_outside_where_it_is_paid_in) {
    const auto store = Store::open("memory:").value();
    const Executor executor{store};
    ASSERT_TRUE(open_ledger(executor, 500));
    CommandLoadRun load{executor, {.kind = Kind::pay_in, .accounts = 500}, 1};
    double rate = 0;
    while (rate == 0) rate = load.slice(0.001).value();
    EXPECT_GT(money_in(store), 500 * 1'000'000);
}

}  // namespace
}  // namespace mainstem::cli
