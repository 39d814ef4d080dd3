// Subscriptions: what is there and then what comes, by handlers or one by one; going on after a
// restart.
#include <chrono>
#include <iostream>
#include <latch>

#include <mainstem/mainstem.hpp>

using namespace mainstem;
using namespace std::chrono_literals;

namespace {

/// A mailer that is told of paid orders on a thread of its own.
void by_handlers(Store& store) {
    std::latch mailed{2};
    std::latch live{1};
    Position checkpoint;
    store.append("order-1", {"OrderPaid"}).value();
    //! [handlers]
    const auto mailer =
        store.subscribe({.after = checkpoint, .query = QueryItem{.types = {"OrderPaid"}}},
                        {.event =
                             [&](const EventView& event) {
                                 std::cout << "mail about " << event.stream << '\n';
                                 checkpoint = event.position;  // to be kept where the mails are
                                 mailed.count_down();
                             },
                         .caught_up =
                             [&](Position head) {
                                 std::cout << "live from position " << head << '\n';
                                 live.count_down();
                             },
                         .ended = [](const Error& why) { std::cerr << why << '\n'; }});
    if (!mailer) std::cerr << mailer.error() << '\n';
    //! [handlers]
    live.wait();
    store.append("order-2", {"OrderPaid"}).value();
    mailed.wait();
}

/// The same, asked for one by one.
int one_by_one(const Store& store) {
    //! [loop]
    auto orders = store.subscribe({.query = QueryItem{.stream_prefix = "order-"}}).value();
    for (bool live = false; !live;) {
        const auto step = orders.next(100ms);  // without a time it waits as long as it takes
        if (!step) {                           // closed, cancelled, failed: it has ended
            std::cerr << step.error() << '\n';
            return 1;
        }
        switch (step->kind) {
            case Delivery::Kind::event: std::cout << step->event.stream << '\n'; break;
            case Delivery::Kind::caught_up: live = true; break;
            case Delivery::Kind::nothing: break;  // the time is over
        }
    }
    //! [loop]
    //! [resume]
    const Position checkpoint = orders.position();
    auto resumed = store.subscribe({.after = checkpoint}).value();  // after a restart, say
    //! [resume]
    std::cout << "went on after position " << resumed.position() << '\n';
    return 0;
}

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    by_handlers(store);
    return one_by_one(store);
}
