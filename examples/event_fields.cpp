// An event with everything that it can carry, written and read back.
#include <chrono>
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;
using namespace std::chrono_literals;

int main() {
    auto store = Store::open("memory:").value();

    //! [fields]
    NewEvent placed{.type = "OrderPlaced",
                    .data = R"({"total": 40})",  // any bytes; the store never looks into them
                    .tags = {"customer:ada", "country:uk"},
                    .metadata = {.correlation = "cart-7", .actor = "ada@example.org"},
                    .occurred_at = std::chrono::sys_days{2024y / 1 / 8} + 9h + 30min};
    store.append("order-1", placed).value();
    //! [fields]

    for (const auto& event : store.read("order-1")) {
        std::cout << "position " << event->position << ", version " << event->version << '\n'
                  << "type " << event->type << ", data " << event->data << '\n';
        for (const auto tag : event->tags) std::cout << "tag " << tag << '\n';
        std::cout << "correlation " << event->metadata.correlation() << ", actor "
                  << event->metadata.actor() << '\n'
                  << "id as given: " << (event->id == placed.id ? "yes" : "no") << '\n'
                  << "occurred before it was recorded: "
                  << (event->occurred_at < event->recorded_at ? "yes" : "no") << '\n';
    }
}
