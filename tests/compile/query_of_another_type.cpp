// A query as text beside streams: it would not be looked at.
// expect: a command's `query` must be `EventQuery query() const`
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
    std::string query() const { return "type = Opened"; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
