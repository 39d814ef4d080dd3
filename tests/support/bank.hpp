// A small domain for tests of commands: accounts, each a stream, and transfers between them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include <mainstem/command/decision.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem::bank {

using Money = std::int64_t;

struct Opened {
    static constexpr auto event_type = "AccountOpened";
    std::string account;
};
struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::string account;
    Money amount;
};
struct Withdrawn {
    static constexpr auto event_type = "MoneyWithdrawn";
    std::string account;
    Money amount;
};
using Event = std::variant<Opened, Deposited, Withdrawn>;

enum class Rejected : std::uint8_t { no_such_account, overdraft };
inline const char* name(Rejected rejected) {
    return rejected == Rejected::overdraft ? "overdraft" : "no_such_account";
}
using Decision = mainstem::Decision<Event, Rejected>;

struct Balances {
    static constexpr auto state_type = "balances";
    std::map<std::string, Money> of = {};

    void apply(const Opened& e) { of[e.account] = 0; }
    void apply(const Deposited& e) { of[e.account] += e.amount; }
    void apply(const Withdrawn& e) { of[e.account] -= e.amount; }
};

/// Nothing to record if it is open.
struct Open {
    std::string account;

    Streams streams() const { return {account}; }
    Decision handle(const Balances& balances) const {
        if (balances.of.contains(account)) return {};
        return {{account, Opened{account}}};
    }
};

struct Deposit {
    std::string account;
    Money amount;

    Streams streams() const { return {account}; }
    Decision handle(const Balances& balances) const {
        if (!balances.of.contains(account)) return Rejected::no_such_account;
        return {{account, Deposited{account, amount}}};
    }
};

struct Transfer {
    std::string from;
    std::string to;
    Money amount;

    Streams streams() const { return {from, to}; }
    Decision handle(const Balances& balances) const {
        const auto& open = balances.of;
        if (!open.contains(from) || !open.contains(to)) return Rejected::no_such_account;
        if (open.at(from) < amount) return Rejected::overdraft;
        return {{from, Withdrawn{from, amount}}, {to, Deposited{to, amount}}};
    }
};

}  // namespace mainstem::bank
