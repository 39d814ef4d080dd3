// A member within a member that is no such struct.
// expect: each member behind the first must be one of the struct before it
#include <mainstem/query/typed_query.hpp>

struct Address {
    std::string city;
};
struct Account {
    std::string address;
};

auto filter() { return mainstem::field<&Account::address, &Address::city> == "Rome"; }
