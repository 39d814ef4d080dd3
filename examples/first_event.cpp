// The first event: opens a store, appends two events to a stream, and reads the stream.
#include <iostream>

#include <mainstem/mainstem.hpp>

int main() {
    auto store = mainstem::Store::open("orders").value();  // a directory, made if it is missing

    store.append("order-1", {"OrderPlaced", R"({"total": 40})"}).value();
    store.append("order-1", {"OrderPaid", R"({"by": "card"})"}).value();

    for (const auto& event : store.read("order-1")) {
        std::cout << event->version << ' ' << event->type << ' ' << event->data << '\n';
    }
}
