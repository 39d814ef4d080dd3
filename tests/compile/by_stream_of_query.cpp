// A state for each stream where no streams are known.
// expect: the events of a `query()` are folded into one state, not ByStream
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::EventQuery query() const { return mainstem::QueryItem{.types = {"Opened"}}; }
    mainstem::Decision<Opened> handle(const mainstem::ByStream<State>&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
