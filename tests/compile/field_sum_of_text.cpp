// A sum of texts.
// expect: only a field that is a number has a sum
#include <mainstem/query/typed_query.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    int balance = 0;
    std::string owner;
};

const auto sum = mainstem::sum_of(mainstem::field<&Account::owner>, "owners");
