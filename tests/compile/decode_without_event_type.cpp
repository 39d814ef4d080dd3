// A struct that does not say what it is stored as.
// expect: an event needs `static constexpr auto event_type =
#include <mainstem/event/codec.hpp>

struct Opened {
    int account;
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Opened>(event); }
