// Testing what runs on a store: conflicts and lost answers at chosen calls, and a subscriber's
// events to wait for.
#include <mainstem/testing/faulty_store.hpp>

#include <iostream>
#include <memory>

#include <mainstem/mainstem.hpp>
#include <mainstem/testing/event_collector.hpp>

using namespace mainstem;

//! [under_test]
// What is to be tested: it must withdraw once, whatever the store answers.
Result<Version> withdraw(Store& store) {
    const NewEvent withdrawn{"Withdrawn", R"({"amount": 40})"};
    for (;;) {
        const auto seen = store.stream_info("account-1");
        if (!seen) return seen.error();
        const auto answer = store.append("account-1", withdrawn, {.expect = seen->version});
        if (answer) return answer->version();
        std::cout << answer.error().code_name() << ", again\n";
        if (answer.error() != StoreError::conflict &&
            answer.error() != StoreError::outcome_unknown) {
            return answer.error();
        }
    }
}
//! [under_test]

int main() {
    //! [faulty]
    auto inner = Store::open("memory:").value();
    inner.append("account-1", {"Opened"}).value();
    auto faulty = std::make_shared<testing::FaultyStore>(
        inner, testing::FaultyOptions{
                   // The second append is done, but its answer is lost.
                   .faults = {{.at = 2, .error = StoreError::outcome_unknown, .stored = true}},
                   // Before the first one somebody else writes to the account: a real conflict.
                   .before_append = [&](const testing::AppendCall& call) {
                       if (call.number == 1) inner.append("account-1", {"Renamed"}).value();
                   }});
    Store store{faulty};
    const auto version = withdraw(store).value();
    std::cout << "version " << version << " after " << faulty->counts().appends << " appends\n";
    //! [faulty]

    //! [collector]
    const testing::EventCollector collector{store, {.query = QueryItem{.types = {"Withdrawn"}}}};
    for (const auto& event : collector.wait_for(1).value())
        std::cout << event.stream << '@' << event.version << ' ' << event.type << '\n';
    std::cout << collector.wait_for(2, std::chrono::milliseconds{1}).error() << '\n';
    //! [collector]
}
