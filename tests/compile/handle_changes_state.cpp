// A command that would change the state in deciding.
// expect: a command's `handle` must be const and take its state as `const State&`
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
    mainstem::Decision<Opened> handle(State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
