// Streams beside a query, by a function that a command in execution cannot call.
// expect: a command's `streams` must be `Streams streams() const`
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() { return {"ada"}; }
    mainstem::EventQuery query() const { return mainstem::QueryItem{.types = {"Opened"}}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
