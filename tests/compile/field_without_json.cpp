// An event with a field that has no JSON form.
// expect: this type of field has no JSON form: use bool, an integer, float, double, an
#include <mainstem/command/executor.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    const char* account;
};
struct State {
    void apply(const Opened&) {}
};
struct Open {
    mainstem::Streams streams() const { return {"ada"}; }
    mainstem::Decision<Opened> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) { (void)executor.execute(Open{}); }
