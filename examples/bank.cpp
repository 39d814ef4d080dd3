// A bank: accounts are streams, and a command decides on the events of those that it names. What it
// decides is stored only if none of them has changed meanwhile.
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <variant>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

//! [events]
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
using BankEvent = std::variant<Opened, Deposited, Withdrawn>;
//! [events]

//! [decision]
enum class Rejected { no_such_account, overdraft };
const char* name(Rejected why) {
    return why == Rejected::overdraft ? "overdraft" : "no such account";
}
using BankDecision = Decision<BankEvent, Rejected>;
//! [decision]

//! [state]
struct Balances {
    std::map<std::string, Money> of;

    void apply(const Opened& e) { of[e.account] = 0; }
    void apply(const Deposited& e) { of[e.account] += e.amount; }
    void apply(const Withdrawn& e) { of[e.account] -= e.amount; }
};
//! [state]

struct Open {
    std::string account;

    Streams streams() const { return {account}; }
    BankDecision handle(const Balances& balances) const {
        if (balances.of.contains(account)) return {};  // nothing to record
        return {{account, Opened{account}}};
    }
};

struct Deposit {
    std::string account;
    Money amount;

    Streams streams() const { return {account}; }
    BankDecision handle(const Balances& balances) const {
        if (!balances.of.contains(account)) return Rejected::no_such_account;
        return {{account, Deposited{account, amount}}};
    }
};

struct Withdraw {
    std::string account;
    Money amount;

    Streams streams() const { return {account}; }
    BankDecision handle(const Balances& balances) const {
        if (!balances.of.contains(account)) return Rejected::no_such_account;
        if (balances.of.at(account) < amount) return Rejected::overdraft;
        return {{account, Withdrawn{account, amount}}};
    }
};

//! [transfer]
struct Transfer {
    std::string from, to;
    Money amount;

    Streams streams() const { return {from, to}; }

    BankDecision handle(const Balances& balances) const {
        const auto& open = balances.of;
        if (!open.contains(from) || !open.contains(to)) return Rejected::no_such_account;
        if (open.at(from) < amount) return Rejected::overdraft;
        return {{from, Withdrawn{from, amount}}, {to, Deposited{to, amount}}};
    }
};
//! [transfer]

int main() {
    auto store = Store::open("bank").value();
    //! [execute]
    Executor executor{store};
    executor.execute(Open{"ada"}).value();
    executor.execute(Open{"bob"}).value();
    executor.execute(Deposit{"ada", 100}).value();
    executor.execute(Withdraw{"ada", 10}).value();

    for (int i = 0; i < 3; ++i) {
        const auto paid = executor.execute(Transfer{.from = "ada", .to = "bob", .amount = 40});
        if (paid) {
            std::cout << "paid at position " << paid->position << '\n';
        } else if (paid.error() == Rejected::overdraft) {
            std::cout << "ada has too little\n";
        } else {
            std::cerr << paid.error() << '\n';
        }
    }
    //! [execute]
    std::cout << executor.execute(Deposit{"eve", 1}).error() << '\n';

    //! [read]
    for (const auto& entry : read_as<BankEvent>(store.read("bob"))) {
        if (const auto* deposited = std::get_if<Deposited>(&entry.value().event))
            std::cout << "bob got " << deposited->amount << '\n';
    }
    //! [read]
}
