// A state from which no fold can begin.
// expect: a command's state must have a default value, from which the fold begins
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct State {
    explicit State(int) {}
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
