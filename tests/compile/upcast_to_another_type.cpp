// An upcast that does not make the struct that it is in.
// expect: `static T upcast(const Before&)` must return the struct that it is in
#include <mainstem/event/codec.hpp>

struct OpenedV1 {
    static constexpr auto event_type = "Opened";
};
struct Opened {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 2;
    static OpenedV1 upcast(const OpenedV1& before) { return before; }
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Opened>(event); }
