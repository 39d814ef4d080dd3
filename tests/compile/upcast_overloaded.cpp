// An upcast from each version before, instead of a chain.
// expect: an event's upcast must be one function, `static T upcast(const Before&)`
#include <mainstem/event/codec.hpp>

struct OpenedV1 {
    static constexpr auto event_type = "Opened";
};
struct OpenedV2 {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 2;
};
struct Opened {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 3;
    static Opened upcast(const OpenedV1&) { return {}; }
    static Opened upcast(const OpenedV2&) { return {}; }
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Opened>(event); }
