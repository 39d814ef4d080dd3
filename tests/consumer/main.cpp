// What a newcomer writes first, built outside of Mainstem's own tree.
#include <iostream>

#include <mainstem/mainstem.hpp>

int main() {
    auto store = mainstem::Store::open("memory:").value();

    store.append("order-1", {"OrderPlaced", R"({"total": 40})"}).value();
    store.append("order-1", {"OrderPaid"}).value();

    for (const auto& event : store.read("order-1"))
        std::cout << event->version << ' ' << event->type << ' ' << event->data << '\n';
}
