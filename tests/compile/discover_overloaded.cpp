// Neither function that discovers streams is given this state.
// expect: a command's `discover` must be `Streams discover(const State& state) const`
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Streams discover(const int&) const { return {"bob"}; }
    mainstem::Streams discover(State&) const { return {"bob"}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
