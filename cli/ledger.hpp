// The domain of the demonstration's second act and of `bench commands`: accounts, each a stream,
// and payments between them; users, each a stream of its own.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <mainstem/command/by_stream.hpp>
#include <mainstem/command/decision.hpp>

namespace mainstem::cli::ledger {

using Money = std::int64_t;

struct AccountOpened {
    static constexpr auto event_type = "AccountOpened";
    std::string account;
    Money balance;
};
/// The two halves of a payment stand next to each other in the global order.
struct MoneySent {
    static constexpr auto event_type = "MoneySent";
    std::string account;
    std::uint64_t payment;
    Money amount;
};
struct MoneyReceived {
    static constexpr auto event_type = "MoneyReceived";
    std::string account;
    std::uint64_t payment;
    Money amount;
};
using Event = std::variant<AccountOpened, MoneySent, MoneyReceived>;

enum class Refused : std::uint8_t { account_exists, no_such_account, not_enough_money };
constexpr const char* name(Refused refused) {
    switch (refused) {
        case Refused::account_exists: return "the account exists";
        case Refused::no_such_account: return "there is no such account";
        case Refused::not_enough_money: return "there is not enough money";
    }
    return "refused";
}
using Decision = mainstem::Decision<Event, Refused>;

struct Account {
    bool open = false;
    Money balance = 0;

    void apply(const AccountOpened& e) {
        open = true;
        balance = e.balance;
    }
    void apply(const MoneySent& e) { balance -= e.amount; }
    void apply(const MoneyReceived& e) { balance += e.amount; }
};

struct OpenAccount {
    std::string account;
    Money balance;

    Streams streams() const { return {account}; }
    Decision handle(const Account& state) const {
        if (state.open) return Refused::account_exists;
        return {{account, AccountOpened{account, balance}}};
    }
};

struct Pay {
    std::uint64_t payment;
    std::string from;
    std::string to;
    Money amount;

    Streams streams() const { return {from, to}; }
    Decision handle(const ByStream<Account>& accounts) const {
        if (!accounts[from].open || !accounts[to].open) return Refused::no_such_account;
        if (accounts[from].balance < amount) return Refused::not_enough_money;
        return {{from, MoneySent{from, payment, amount}}, {to, MoneyReceived{to, payment, amount}}};
    }
};

/// Money that comes from outside, for measurements of one stream.
struct PayIn {
    std::string account;
    Money amount;

    Streams streams() const { return {account}; }
    Decision handle(const Account& state) const {
        if (!state.open) return Refused::no_such_account;
        return {{account, MoneyReceived{account, 0, amount}}};
    }
};

// --- users

struct UserCreated {
    static constexpr auto event_type = "UserCreated";
    std::string email;
    std::string first_name;
    std::string last_name;
};
enum class UserRefused : std::uint8_t { email_taken };
constexpr const char* name(UserRefused) { return "the e-mail address is taken"; }

struct User {
    bool exists = false;
    void apply(const UserCreated&) { exists = true; }
};

struct CreateUser {
    std::string email;
    std::string first_name;
    std::string last_name;

    [[nodiscard]] std::string stream() const { return "user-" + email; }
    Streams streams() const { return {stream()}; }
    mainstem::Decision<UserCreated, UserRefused> handle(const User& user) const {
        if (user.exists) return UserRefused::email_taken;
        return {{stream(), UserCreated{email, first_name, last_name}}};
    }
};

}  // namespace mainstem::cli::ledger
