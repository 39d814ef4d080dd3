// Queries: by type, tag and stream, alternatives, their text, and a read that shows how far it is.
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

void fill(Store& store) {
    store.append("order-1", {.type = "OrderPlaced", .tags = {"customer:ada"}}).value();
    store.append("order-2", {.type = "OrderPlaced", .tags = {"customer:grace"}}).value();
    store.append("order-1", {.type = "OrderPaid", .tags = {"customer:ada"}}).value();
    store.append("user-ada", {.type = "AddressChanged", .tags = {"customer:ada"}}).value();
    store.append("order-2", {.type = "OrderCancelled", .tags = {"customer:grace"}}).value();
}

void print(const EventView& event) {
    std::cout << "  " << event.position << ' ' << event.stream << ' ' << event.type << '\n';
}

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    fill(store);

    std::cout << "one of two types, and a tag\n";
    //! [item]
    const QueryItem ada{.types = {"OrderPlaced", "OrderPaid"}, .tags = {"customer:ada"}};
    for (const auto& event : store.read_all({.query = ada})) print(*event);
    //! [item]

    std::cout << "alternatives, the latest first\n";
    //! [alternatives]
    const EventQuery query =
        ada | QueryItem{.types = {"OrderCancelled"}, .stream_prefix = "order-"};
    for (const auto& event :
         store.read_all({.query = query, .limit = 2, .direction = Direction::backward})) {
        print(*event);
    }
    //! [alternatives]

    //! [text]
    std::cout << to_string(query) << '\n';
    const auto parsed = parse_query("type=OrderCancelled and prefix=order-");
    if (!parsed) std::cout << parsed.error() << '\n';
    //! [text]

    //! [steps]
    auto cursor = store.read_all({.query = query});
    while (true) {
        if (!cursor.ready()) {  // nothing found in some milliseconds
            std::cout << "looked up to position " << cursor.looked_at() << '\n';
            continue;
        }
        const auto* const event = cursor.next();
        if (event == nullptr) break;
        print(**event);
    }
    //! [steps]
}
