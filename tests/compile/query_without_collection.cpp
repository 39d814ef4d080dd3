// Documents of a type that does not say where they are kept.
// expect: a type of documents says where they are kept
#include <mainstem/query/typed_query.hpp>

struct Account {
    std::string owner;
};

mainstem::DocumentQuery query() { return mainstem::Query<Account>{.limit = 10}; }
