// A command of one's own and its tests: what it decides, and what a conflict makes of it.
#include <iostream>
#include <memory>

#include <mainstem/mainstem.hpp>
#include <mainstem/testing/faulty_store.hpp>
#include <mainstem/testing/scenario.hpp>

using namespace mainstem;

struct Placed {
    static constexpr auto event_type = "OrderPlaced";
    int total;
};
struct Order {
    bool placed = false;
    void apply(const Placed&) { placed = true; }
};
enum class Rejected { placed_before };
struct Place {
    StreamId order;
    int total;

    Streams streams() const { return {order}; }
    Decision<Placed, Rejected> handle(const Order& state) const {
        if (state.placed) return Rejected::placed_before;
        return {{order, Placed{total}}};
    }
};

int main() {
    testing::given().when(Place{"order-1", 40}).then(Placed{40});
    testing::given(Placed{40}).when(Place{"order-1", 40}).then(Rejected::placed_before);

    // The first append is a conflict.
    const auto faulty = std::make_shared<testing::FaultyStore>(
        Store::open("memory:").value(), testing::FaultyOptions{.faults = {{.at = 1}}});
    Executor executor{Store{faulty}};
    const auto placed = executor.execute(Place{"order-1", 40}).value();
    std::cout << "placed in attempt " << placed.attempts << '\n';
}
