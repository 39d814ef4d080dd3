// Many commands, appended as one group: each decides on what those before it have decided, and has
// an answer of its own.
#include <chrono>
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct Sold {
    static constexpr auto event_type = "TicketSold";
    std::string guest;
};
struct Show {
    int sold = 0;
    void apply(const Sold&) { ++sold; }
};
enum class Rejected { sold_out };
const char* name(Rejected) { return "sold out"; }

struct Buy {
    static constexpr int seats = 2;
    std::string show;
    std::string guest;

    Streams streams() const { return {show}; }
    Decision<Sold, Rejected> handle(const Show& state) const {
        if (state.sold == seats) return Rejected::sold_out;
        return {{show, Sold{guest}}};
    }
};

int main() {
    auto store = Store::open("tickets").value();
    //! [batcher]
    CommandBatcher batcher{Executor{store}, {.items = 100, .delay = std::chrono::milliseconds{5}}};
    for (const auto* guest : {"ada", "bob", "eve"}) {
        batcher.submit(Buy{.show = "monday", .guest = guest},
                       [guest](const CommandResult<Buy>& bought) {
                           // On the batcher's thread: it must not throw.
                           std::cout << guest << ": ";
                           if (bought) {
                               std::cout << "seat " << bought->versions.front().version << '\n';
                           } else {
                               std::cout << bought.error() << '\n';
                           }
                       });
    }
    batcher.flush();  // returns when all three are answered
    //! [batcher]

    batcher.stop();
    std::cout << batcher.execute(Buy{.show = "tuesday", .guest = "dan"}).error() << '\n';
}
