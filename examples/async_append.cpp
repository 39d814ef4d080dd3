// Many appends in flight at once: the answers come by a callback. What waits together is written
// and flushed together, so one thread fills the disk's bandwidth.
#include <atomic>
#include <iostream>
#include <latch>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

int main() {
    constexpr int count = 1000;
    auto store = Store::open("orders").value();

    //! [async]
    std::latch answered{count};
    std::atomic<int> stored = 0;
    for (int number = 1; number <= count; ++number) {
        const AppendRequest request{
            .events = {{"order-" + std::to_string(number), {"OrderPlaced"}}}};
        store.async_append(request, [&](const Result<Appended>& appended) {
            // On a thread of the store: count and leave. It must not block and must not throw.
            if (appended) ++stored;
            answered.count_down();
        });
    }
    answered.wait();
    //! [async]

    std::cout << stored << " stored, the last position is " << store.head().value() << '\n';
}
