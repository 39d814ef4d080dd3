// A struct and what it was before as two events: the first would be taken for both.
// expect: two events of one variant have the same event_type
#include <mainstem/event/codec.hpp>

struct OpenedV1 {
    static constexpr auto event_type = "Opened";
};
struct Opened {
    static constexpr auto event_type = "Opened";
    static constexpr unsigned event_version = 2;
    static Opened upcast(const OpenedV1&) { return {}; }
};

auto run(const mainstem::EventView& event) {
    return mainstem::decode<std::variant<OpenedV1, Opened>>(event);
}
