// A command that does not say what it depends on.
// expect: a command says what it depends on: `Streams streams() const`, or
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
