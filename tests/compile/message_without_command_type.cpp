// A command that cannot be told by its name.
// expect: a command on a bus needs `static constexpr auto command_type =
#include <mainstem/command/bus.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::CommandBus& bus) { bus.add<Open>(); }
