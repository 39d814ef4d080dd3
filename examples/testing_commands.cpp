// Testing commands: what they decide, without a store; and what becomes of them when the store
// answers with a conflict, or its answer is lost.
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include <mainstem/mainstem.hpp>
#include <mainstem/testing/faulty_store.hpp>
#include <mainstem/testing/scenario.hpp>

using namespace mainstem;
using mainstem::testing::at;
using mainstem::testing::given;

struct Opened {
    static constexpr auto event_type = "AccountOpened";
    std::string account;
};
struct Moved {
    static constexpr auto event_type = "MoneyMoved";
    std::string account;
    int amount;
};
enum class Rejected { no_such_account, overdraft };
const char* name(Rejected why) {
    return why == Rejected::overdraft ? "overdraft" : "no such account";
}
struct Account {
    bool open = false;
    int balance = 0;
    void apply(const Opened&) { open = true; }
    void apply(const Moved& e) { balance += e.amount; }
};
struct Withdraw {
    std::string account;
    int amount;
    Streams streams() const { return {account}; }
    Decision<std::variant<Opened, Moved>, Rejected> handle(const Account& state) const {
        if (!state.open) return Rejected::no_such_account;
        if (state.balance < amount) return Rejected::overdraft;
        return {{account, Moved{account, -amount}}};
    }
};

int main() {
    //! [scenario]
    const auto ada = given(Opened{"ada"}, Moved{"ada", 30});
    ada.when(Withdraw{"ada", 30}).then(Moved{"ada", -30});
    ada.when(Withdraw{"ada", 30}).then(at("ada", Moved{"ada", -30}));  // and in which stream
    ada.when(Withdraw{"ada", 31}).then(Rejected::overdraft);
    given().when(Withdraw{"ada", 1}).then(Rejected::no_such_account);
    //! [scenario]

    //! [failure]
    try {
        ada.when(Withdraw{"ada", 30}).then(Moved{"ada", 30});
    } catch (const testing::ScenarioFailure& failure) {
        const std::string_view text = failure.what();
        std::cout << text.substr(text.find("decided")) << '\n';  // without file and line
    }
    //! [failure]

    //! [faulty]
    auto inner = Store::open("memory:").value();
    inner.append("ada", Opened{"ada"}).value();
    inner.append("ada", Moved{"ada", 30}).value();
    auto faulty = std::make_shared<testing::FaultyStore>(
        inner, testing::FaultyOptions{
                   // While the command decides for the first time, somebody else withdraws.
                   .before_append = [&](const testing::AppendCall& call) {
                       if (call.number == 1) inner.append("ada", Moved{"ada", -10}).value();
                   }});
    Executor executor{Store{faulty}};
    const auto taken = executor.execute(Withdraw{"ada", 30});
    std::cout << taken.error() << " after " << executor.stats().conflicts << " conflict\n";
    //! [faulty]
}
