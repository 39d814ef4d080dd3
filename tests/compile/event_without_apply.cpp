// A state that does not know one of the events.
// expect: a command's state needs `void apply(const E& event)` for each event E
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct Closed {
    static constexpr auto event_type = "Closed";
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Decision<std::variant<Opened, Closed>> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
