// An event with a map whose keys cannot be the names of a JSON object.
// expect: the keys of a map in an event must be text
#include <map>

#include <mainstem/event/codec.hpp>

struct Counted {
    static constexpr auto event_type = "Counted";
    std::map<int, int> pieces;
};

auto run(const mainstem::EventView& event) { return mainstem::decode<Counted>(event); }
auto run(const Counted& event) { return mainstem::encode(event); }
