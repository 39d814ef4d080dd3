// Times as texts have another order than times.
// expect: a time is stored as a text whose order is not that of time
#include <mainstem/query/typed_query.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    std::string owner;
    std::int64_t balance = 0;
    mainstem::Timestamp since;
    std::vector<std::string> tags;
};

auto filter() { return mainstem::field<&Account::since> < mainstem::Timestamp{}; }
