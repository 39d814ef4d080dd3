// Queries over documents, made in three ways that mean the same.
#include <cstdint>
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

struct Address {
    std::string city;
};

//! [struct]
struct Account {
    static constexpr auto collection = "accounts";
    std::string owner;
    std::int64_t balance = 0;
    Address address;
};
//! [struct]

void print(const DocumentQuery& query) { std::cout << to_string(query) << '\n'; }

}  // namespace

int main() {
    {
        //! [fields]
        const DocumentQuery query{
            .collection = "accounts",
            .where = Field{"balance"} >= 50 && !Field{"address.city"}.in({"London", "Rome"}),
            .sort = {descending(Field{"balance"})},
            .limit = 10};
        //! [fields]
        print(query);
    }
    {
        //! [typed]
        const Query<Account> query{.where = field<&Account::balance> >= 50 &&
                                            field<&Account::address, &Address::city> != "Rome",
                                   .sort = {descending(field<&Account::balance>)},
                                   .limit = 10};
        //! [typed]
        print(query);
    }
    {
        //! [groups]
        const GroupQuery<Account> query{
            .where = field<&Account::balance> > 0,
            .group_by = paths(field<&Account::address, &Address::city>),
            .aggregates = {count_documents("accounts"), sum_of(field<&Account::balance>, "total")},
            .sort = {descending(Field{"total"})}};
        //! [groups]
        print(query);
    }
    //! [text]
    const auto query = parse_document_query(
        "select address.city, sum(balance) as total from accounts group by address.city "
        "order by total desc");
    if (!query) std::cout << query.error() << '\n';
    //! [text]
    print(*query);
    const auto wrong = parse_document_query("from accounts where balance => 50");
    std::cout << wrong.error() << '\n';
}
