// Tags that would not be stored.
// expect: an event's tags must be `auto tags() const`, which returns a range of texts
#include <mainstem/event/codec.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
    auto tags() { return std::vector{"account:" + account}; }
};

auto run() { return mainstem::encode(Opened{"ada"}); }
