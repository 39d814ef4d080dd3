// A command with two ways to decide.
// expect: once and not as a template
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
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
    mainstem::Decision<Opened> handle(int) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
