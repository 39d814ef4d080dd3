// The audit of a ledger: nothing that is wrong escapes it.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/ledger_audit.hpp"

namespace mainstem::cli {
namespace {

using ledger::AccountOpened;
using ledger::Event;
using ledger::MoneyReceived;
using ledger::MoneySent;

const std::vector<Event> good{AccountOpened{"a", 10}, AccountOpened{"b", 0},
                              MoneySent{"a", 0, 7},   MoneyReceived{"b", 0, 7},
                              MoneySent{"b", 2, 3},   MoneyReceived{"a", 2, 3}};
const std::vector<bool> acknowledged{true, false, true};

LedgerAudit audit(const std::vector<Event>& events, const std::vector<bool>& accepted) {
    LedgerAuditor auditor;
    for (const auto& event : events) auditor.take(event);
    return auditor.finish(accepted);
}

/// `good` with `event` in place `at`.
std::vector<Event> changed(std::size_t at, const Event& event) {
    auto events = good;
    events.at(at) = event;
    return events;
}

TEST(LedgerAudit, holds_where_all_is_right) {
    const auto found = audit(good, acknowledged);
    EXPECT_TRUE(found.holds()) << found.text();
    EXPECT_EQ(found.payments, 2U);
    EXPECT_EQ(found.balance, 10);
    EXPECT_TRUE(found.text().starts_with("no money made or lost")) << found.text();
}

TEST(LedgerAudit, sees_money_that_was_made_or_lost) {
    const auto more = audit(changed(3, MoneyReceived{"b", 0, 8}), acknowledged);
    EXPECT_FALSE(more.holds());
    EXPECT_EQ(more.balance, 11);
    EXPECT_EQ(more.torn, 1U);
}

TEST(LedgerAudit, sees_an_account_below_nothing) {
    auto events = changed(2, MoneySent{"a", 0, 11});
    events[3] = MoneyReceived{"b", 0, 11};
    EXPECT_EQ(audit(events, acknowledged).negative, 1U);
}

TEST(LedgerAudit, sees_half_a_payment_and_halves_that_do_not_belong_together) {
    EXPECT_EQ(audit({good.begin(), good.end() - 1}, acknowledged).torn, 1U);
    EXPECT_EQ(audit(changed(3, MoneyReceived{"b", 1, 7}), acknowledged).torn, 1U);
    EXPECT_EQ(
        audit({MoneySent{"a", 0, 0}, AccountOpened{"b", 0}, MoneyReceived{"b", 0, 0}}, {true}).torn,
        2U);
}

TEST(LedgerAudit, sees_payments_that_are_there_twice_or_not_or_were_not_acknowledged) {
    auto twice = good;
    twice.insert(twice.end(), {MoneySent{"a", 0, 1}, MoneyReceived{"b", 0, 1}});
    EXPECT_EQ(audit(twice, acknowledged).doubled, 1U);
    EXPECT_EQ(audit(good, {true, true, true}).missing, 1U);
    EXPECT_EQ(audit(good, {true, false, false}).unknown, 1U);
    EXPECT_EQ(audit(good, {true}).unknown, 1U);
    EXPECT_FALSE(audit(good, {true}).holds());
}

}  // namespace
}  // namespace mainstem::cli
