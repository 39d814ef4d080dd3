// Commands as messages: the name of a type and JSON, as they come from a queue or a web request.
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::int64_t amount;
};
struct Account {
    std::int64_t balance = 0;
    void apply(const Deposited& e) { balance += e.amount; }
};
enum class Rejected { beyond_limit };
const char* name(Rejected) { return "beyond the limit"; }

//! [command]
struct Deposit {
    static constexpr auto command_type = "Deposit";
    static constexpr std::int64_t limit = 100;
    std::string account;
    std::int64_t amount;

    Streams streams() const { return {account}; }
    Decision<Deposited, Rejected> handle(const Account& state) const {
        if (state.balance + amount > limit) return Rejected::beyond_limit;
        return {{account, Deposited{amount}}};
    }
};
//! [command]

int main() {
    auto store = Store::open("accounts").value();
    //! [bus]
    CommandBus bus{Executor{store}};
    bus.add<Deposit>();

    const std::vector<CommandMessage> messages{
        {.type = "Deposit", .data = R"({"account": "ada", "amount": 70})"},
        {.type = "Deposit", .data = R"({"account": "ada", "amount": 40})"},
        {.type = "Deposit", .data = R"({"account": "ada"})"},
        {.type = "Withdraw", .data = R"({"account": "ada", "amount": 5})"},
    };
    for (const auto& message : messages) {
        const auto answer = bus.send(message);
        if (answer) {
            std::cout << "stored at position " << answer->position << '\n';
        } else {
            std::cout << answer.error() << '\n';
        }
    }
    for (const auto& type : bus.stats()) {
        std::cout << type.type << ": " << type.accepted << " accepted, " << type.rejected
                  << " rejected, " << type.failed << " failed\n";
    }
    //! [bus]
}
