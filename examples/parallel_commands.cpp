// Many commands at once: those that share a stream take their turns in the order in which they were
// submitted, all others run beside each other.
#include <iostream>
#include <string>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct Sold {
    static constexpr auto event_type = "TicketSold";
    std::string show;
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
        return {{show, Sold{show, guest}}};
    }
};

int main() {
    auto store = Store::open("tickets").value();
    //! [parallel]
    ParallelExecutor executor{Executor{store}, {.concurrency = 16}};
    const std::vector<Buy> guests{
        {"monday", "ada"}, {"monday", "bob"}, {"tuesday", "eve"}, {"monday", "dan"}};
    const auto answers = executor.execute_all(guests);
    //! [parallel]
    for (std::size_t i = 0; i < guests.size(); ++i) {
        std::cout << guests[i].guest << ", " << guests[i].show << ": ";
        if (answers[i]) {
            std::cout << "seat " << answers[i]->versions.front().version << ", attempts "
                      << answers[i]->attempts << '\n';
        } else {
            std::cout << answers[i].error() << '\n';
        }
    }
}
