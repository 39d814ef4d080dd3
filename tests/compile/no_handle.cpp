// A command that decides nothing.
// expect: a command needs `Decision<Event, Rejection> handle(const State& state) const`
#include <mainstem/command/executor.hpp>

struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
