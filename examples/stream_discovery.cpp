// A command that learns from the order which other streams it depends on: the customer's, who must
// not be blocked, and the warehouse's, which must have the goods.
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <variant>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct OrderPlaced {
    static constexpr auto event_type = "OrderPlaced";
    std::string order, customer, warehouse;
    int pieces;
};
struct OrderShipped {
    static constexpr auto event_type = "OrderShipped";
    std::string order;
};
struct CustomerBlocked {
    static constexpr auto event_type = "CustomerBlocked";
    std::string customer;
};
struct GoodsStored {
    static constexpr auto event_type = "GoodsStored";
    std::string warehouse;
    int pieces;
};
struct GoodsTaken {
    static constexpr auto event_type = "GoodsTaken";
    std::string warehouse;
    int pieces;
};
using ShopEvent = std::variant<OrderPlaced, OrderShipped, CustomerBlocked, GoodsStored, GoodsTaken>;

enum class Rejected { not_placed, blocked, too_few };
const char* name(Rejected why) {
    if (why == Rejected::not_placed) return "no such order";
    return why == Rejected::blocked ? "the customer is blocked" : "too few pieces";
}

struct Shop {
    std::map<std::string, OrderPlaced> waiting;
    std::set<std::string> blocked;
    std::map<std::string, int> pieces;

    void apply(const OrderPlaced& e) { waiting[e.order] = e; }
    void apply(const OrderShipped& e) { waiting.erase(e.order); }
    void apply(const CustomerBlocked& e) { blocked.insert(e.customer); }
    void apply(const GoodsStored& e) { pieces[e.warehouse] += e.pieces; }
    void apply(const GoodsTaken& e) { pieces[e.warehouse] -= e.pieces; }
};

//! [ship]
struct Ship {
    std::string order;

    Streams streams() const { return {order}; }

    // Called with what the order's events make; the streams that it adds are read, too, and what is
    // decided is stored only if none of them all has changed.
    Streams discover(const Shop& shop) const {
        const auto found = shop.waiting.find(order);
        if (found == shop.waiting.end()) return {};
        return {found->second.customer, found->second.warehouse};
    }

    Decision<ShopEvent, Rejected> handle(const Shop& shop) const {
        const auto found = shop.waiting.find(order);
        if (found == shop.waiting.end()) return Rejected::not_placed;
        const auto& [name, customer, warehouse, pieces] = found->second;
        if (shop.blocked.contains(customer)) return Rejected::blocked;
        const auto stored = shop.pieces.find(warehouse);
        if (stored == shop.pieces.end() || stored->second < pieces) return Rejected::too_few;
        return {{warehouse, GoodsTaken{warehouse, pieces}}, {order, OrderShipped{order}}};
    }
};
//! [ship]

int main() {
    auto store = Store::open("shop").value();
    store.append("north", GoodsStored{"north", 5}).value();
    store.append("eve", CustomerBlocked{"eve"}).value();
    store.append("order-1", OrderPlaced{"order-1", "ada", "north", 3}).value();
    store.append("order-2", OrderPlaced{"order-2", "bob", "north", 3}).value();
    store.append("order-3", OrderPlaced{"order-3", "eve", "north", 1}).value();

    Executor executor{store};
    for (const auto* order : {"order-1", "order-2", "order-3", "order-4"}) {
        std::cout << order << ':';
        if (const auto shipped = executor.execute(Ship{order})) {
            for (const auto& [stream, version] : shipped->versions)
                std::cout << ' ' << stream << '@' << version;
            std::cout << '\n';
        } else {
            std::cout << ' ' << shipped.error() << '\n';
        }
    }
}
