// A state for each stream: an account is folded once and kept, whatever other account money goes to
// or comes from.
#include <cstdint>
#include <iostream>
#include <string>
#include <variant>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

using Money = std::int64_t;

struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    Money amount;
};
struct Withdrawn {
    static constexpr auto event_type = "MoneyWithdrawn";
    Money amount;
};
using BankEvent = std::variant<Deposited, Withdrawn>;

enum class Rejected { overdraft };
const char* name(Rejected) { return "overdraft"; }

//! [transfer]
struct Account {
    Money balance = 0;

    void apply(const Deposited& e) { balance += e.amount; }
    void apply(const Withdrawn& e) { balance -= e.amount; }
};

struct Transfer {
    std::string from, to;
    Money amount;

    Streams streams() const { return {from, to}; }

    Decision<BankEvent, Rejected> handle(const ByStream<Account>& accounts) const {
        if (accounts[from].balance < amount) return Rejected::overdraft;
        return {{from, Withdrawn{amount}}, {to, Deposited{amount}}};
    }
};
//! [transfer]

int main() {
    auto store = Store::open("bank").value();
    store.append("ada", encode(Deposited{100}).value()).value();

    Executor executor{store};
    for (const auto& transfer : {Transfer{"ada", "bob", 60}, Transfer{"bob", "eve", 50},
                                 Transfer{"eve", "ada", 20}, Transfer{"bob", "ada", 30}}) {
        std::cout << transfer.from << " to " << transfer.to << ": ";
        if (const auto paid = executor.execute(transfer)) {
            std::cout << "position " << paid->position << '\n';
        } else {
            std::cout << paid.error() << '\n';
        }
    }
    // Ada's deposit alone was read from the store: what came after was in the states that were
    // kept.
    std::cout << "events folded: " << executor.stats().folded_events << '\n';
}
