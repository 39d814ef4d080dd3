// An upcast that asks for more than the struct before.
// expect: an event's upcast must be one function
#include <mainstem/event/codec.hpp>

struct OpenedV1 {
    static constexpr auto event_type = "Opened";
};
struct Opened {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 2;
    static Opened upcast(const OpenedV1&, int) { return {}; }
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Opened>(event); }
