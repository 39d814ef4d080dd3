// A comparison of a document's field that could never hold.
// expect: a list or a struct is not compared
#include <mainstem/query/typed_query.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    std::string owner;
    std::int64_t balance = 0;
    mainstem::Timestamp since;
    std::vector<std::string> tags;
};

auto filter() { return mainstem::field<&Account::tags> == "a"; }
