// An event without the name that it is stored under.
// expect: each event of a decision needs `static constexpr auto event_type =
#include <mainstem/command/executor.hpp>

struct Opened {
    std::string account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
