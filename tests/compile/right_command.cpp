// What is right compiles: with the compiler and the paths that the wrong forms are given.
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
    mainstem::Decision<Opened> handle(const State&) const { return {{"ada", Opened{"ada"}}}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
