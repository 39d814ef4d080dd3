// A bank's accounts as a read model: a projection keeps it, queries ask it, a reaction mails.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;
using namespace std::chrono_literals;

namespace {

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

//! [projection]
struct Account {
    static constexpr auto collection = "accounts";
    static std::vector<Index> indexes() { return {{.name = "by_balance", .fields = {"balance"}}}; }
    Money balance = 0;
};

struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = std::variant<Opened, Deposited, Withdrawn>;
    using Documents = mainstem::Documents<Account>;

    void apply(const Opened& e, Documents& docs) { docs[e.account] = {}; }
    void apply(const Deposited& e, Documents& docs) { docs[e.account].balance += e.amount; }
    void apply(const Withdrawn& e, Documents& docs) { docs[e.account].balance -= e.amount; }
};
//! [projection]

//! [reaction]
struct Thanks {
    static constexpr auto reaction = "thanks";
    using Event = Deposited;
    void react(const Deposited& e) { std::cout << "a letter to " << e.account << '\n'; }
};
//! [reaction]

Appended deposit(Store& store, const std::string& account, Money amount) {
    return store.append(account, encode(Deposited{account, amount}).value()).value();
}

void ask(const ReadModel& model) {
    //! [get]
    const auto ada = model.get<Account>("ada").value();  // nothing if there is none
    if (ada) std::cout << "ada has " << (*ada)->balance << '\n';
    //! [get]
    //! [query]
    const auto rich = model.find("from accounts where balance >= 50 order by balance desc");
    if (!rich) std::cerr << rich.error() << '\n';
    for (const auto& document : rich->documents) {
        std::cout << document.id << ' ' << document.json << '\n';
    }
    //! [query]
    //! [typed]
    const auto same = model.find(Query<Account>{.where = field<&Account::balance> >= 50}).value();
    std::cout << same.documents.size() << " as of position " << same.as_of << '\n';
    //! [typed]
    //! [explain]
    const auto plan = model.explain(Query<Account>{.where = field<&Account::balance> >= 50});
    std::cout << "by index " << plan->index << '\n';
    //! [explain]
}

void mail(Store& store) {
    const auto model = ReadModel::open("mailer.sqlite").value();
    //! [react]
    const auto runner = ProjectionRunner::start(store, model, {reaction_of(Thanks{})}, {}).value();
    //! [react]
    runner.wait_until(store.head().value(), 10s).value();
    runner.wait_until(deposit(store, "bob", 1).position, 10s).value();
}

//! [policy]
void run_and_skip(const Store& store, const ReadModel& model) {
    const auto runner =
        ProjectionRunner::start(store, model, Accounts{},
                                {.on_failure = {.retries = 3, .then = OnFailure::skip}})
            .value();
    runner.wait_until(store.head().value(), 10s).value();
    for (const auto& status : runner.status()) {
        std::cout << status.name << " is " << name(status.state) << ", " << status.set_aside
                  << " set aside\n";
    }
}
//! [policy]

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    store.append("ada", encode(Opened{"ada"}).value()).value();
    mail(store);
    {
        //! [run]
        const auto model = ReadModel::open("bank.sqlite").value();
        const auto runner = ProjectionRunner::start(store, model, Accounts{}).value();
        deposit(store, "bob", 50);
        const auto paid = deposit(store, "ada", 90);

        runner.wait_until(paid.position, 10s).value();  // read your own writes
        //! [run]
        ask(model);
    }
    const auto model = ReadModel::open("bank.sqlite").value();
    run_and_skip(store, model);
    //! [verify]
    const auto scratch = ReadModel::open("memory:").value();
    const auto verified =
        verify_projection(store, model, projection_of(Accounts{}), scratch).value();
    std::cout << verified.documents << " documents, " << verified.different << " different\n";
    //! [verify]
}
