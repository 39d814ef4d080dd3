// A comparison of a document's field that could never hold.
// expect: a field that is a number is compared with a number
#include <mainstem/query/typed_query.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    std::string owner;
    std::int64_t balance = 0;
    mainstem::Timestamp since;
    std::vector<std::string> tags;
};

auto filter() { return mainstem::field<&Account::balance> == true; }
