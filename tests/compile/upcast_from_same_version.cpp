// A new form of an event that counts as the old one.
// expect: the struct that `upcast` takes must have a lower event_version
#include <mainstem/event/codec.hpp>

struct OpenedV1 {
    static constexpr auto event_type = "Opened";
};
struct Opened {
    static constexpr auto event_type = "Opened";
    static Opened upcast(const OpenedV1&) { return {}; }
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Opened>(event); }
