// Snapshots: a program that starts again folds what came after them, not the whole of a long
// stream. They are derived from the log: a folder beside the store, which no backup needs.
#include <cstdint>
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::int64_t amount;
};

//! [state]
struct Account {
    static constexpr auto state_type = "account";  // names the state on the disk
    static constexpr unsigned state_version = 1;   // counts up when fields or `apply` change
    std::int64_t balance = 0;

    void apply(const Deposited& e) { balance += e.amount; }
};
//! [state]

struct Deposit {
    std::string account;
    std::int64_t amount;

    Streams streams() const { return {account}; }
    Decision<Deposited> handle(const Account&) const { return {{account, Deposited{amount}}}; }
};

int main() {
    const auto store = Store::open("bank").value();
    //! [snapshots]
    const ExecutorOptions options{.snapshots = SnapshotOptions{.directory = "bank.snapshots"}};
    //! [snapshots]
    {
        Executor executor{store, options};
        for (int i = 0; i < 250; ++i) {
            executor.execute(Deposit{"ada", 1}, {.durability = Durability::buffered}).value();
        }
    }  // what waits to be written is written when the executor ends

    Executor restarted{store, options};
    restarted.execute(Deposit{"ada", 1}).value();
    const auto stats = restarted.stats();
    std::cout << "begun with " << stats.snapshots_read << " snapshot, folded "
              << stats.folded_events << " of 250 events\n";
}
