// Versions count from 1, which is what an event without a word has.
// expect: event_version counts from 1
#include <mainstem/event/codec.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 0;
};

auto run(const Opened& event) { return mainstem::encode(event); }
