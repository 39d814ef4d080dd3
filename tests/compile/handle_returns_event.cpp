// A command whose answer is no decision.
// expect: a command's `handle` must return a mainstem::Decision
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
    Opened handle(const State&) const { return {"ada"}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
