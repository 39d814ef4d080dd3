// One tag where several are asked for.
// expect: an event's tags must be `auto tags() const`, which returns a range of texts
#include <mainstem/event/codec.hpp>

struct Opened {
    static constexpr auto event_type = "Opened";
    std::string account;
    std::string tags() const { return "account:" + account; }
};

auto run() { return mainstem::encode(Opened{"ada"}); }
