// Documents of another shape: a new version of the projection builds them beside the old ones.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;
using namespace std::chrono_literals;

namespace {

struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::string account;
    std::int64_t amount;
};

namespace before {

struct Account {
    static constexpr auto collection = "accounts";
    std::int64_t balance = 0;
};
struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = Deposited;
    using Documents = mainstem::Documents<Account>;
    void apply(const Deposited& e, Documents& docs) { docs[e.account].balance += e.amount; }
};

}  // namespace before

//! [version]
struct Account {
    static constexpr auto collection = "accounts";
    std::int64_t balance = 0;
    std::int64_t largest = 0;  // new
};
struct Accounts {
    static constexpr auto projection = "accounts";
    static constexpr std::uint32_t version = 2;
    static constexpr auto partition_by = PartitionBy::stream;
    using Event = Deposited;
    using Documents = mainstem::Documents<Account>;

    void apply(const Deposited& e, Documents& docs) {
        auto& account = docs[e.account];
        account.balance += e.amount;
        account.largest = std::max(account.largest, e.amount);
    }
};
//! [version]

void show(const ReadModel& model) {
    const auto found = model.find("from accounts").value();
    for (const auto& document : found.documents) {
        std::cout << document.id << ' ' << document.json << '\n';
    }
}

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    const auto model = ReadModel::open("bank.sqlite").value();
    for (const std::int64_t amount : {5, 30, 7}) {
        store.append("ada", encode(Deposited{"ada", amount}).value()).value();
    }
    const auto head = store.head().value();
    {
        const auto runner = ProjectionRunner::start(store, model, before::Accounts{}).value();
        runner.wait_until(head, 10s).value();
        show(model);
    }
    //! [run]
    auto runner = ProjectionRunner::start(store, model, Accounts{}).value();
    runner.wait_until(head, 10s).value();  // queries see the old documents until then
    //! [run]
    show(model);
    //! [rebuild]
    runner.rebuild("accounts").value();  // the same version, from the first event on
    //! [rebuild]
    for (const auto& record : model.projections().value()) {
        std::cout << record.declaration.name << " version " << record.declaration.version
                  << (record.serving ? "\n" : " is being built\n");
        break;
    }
}
