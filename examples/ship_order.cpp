// Ships an order that is paid: reads its stream into a state, decides, and appends at the version
// that it has seen. The store is the directory `orders` of the tutorial.
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

struct Order {
    bool paid = false;
    bool shipped = false;
    Version version;  // 0: there is no such order

    void apply(const EventView& event) {
        if (event.type == "OrderPaid") paid = true;
        if (event.type == "OrderShipped") shipped = true;
        version = event.version;
    }
};

}  // namespace

int main(int argc, char** argv) {
    const StreamId id = argc > 1 ? argv[1] : "order-1001";
    auto store = Store::open("orders").value();

    Order order;
    for (const auto& event : store.read(id)) order.apply(*event);

    if (order.version == Version{0}) {
        std::cout << id << ": there is no such order\n";
    } else if (order.shipped) {
        std::cout << id << ": was shipped before\n";
    } else if (!order.paid) {
        std::cout << id << ": is not paid\n";
    } else {
        const auto shipped = store.append(id, {"OrderShipped"}, {.expect = order.version});
        if (!shipped) {  // a conflict: somebody changed the order since it was read
            std::cerr << shipped.error() << '\n';
            return 1;
        }
        std::cout << id << ": shipped, version " << shipped->version() << '\n';
    }
}
