// Queries that are written from structs: the fields that they name, and what they become.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/query/typed_query.hpp>

namespace mainstem {
namespace {

enum class Kind : std::uint8_t { private_person, company };

struct Address {
    std::string city = {};
    std::optional<int> floor = {};
};

struct Account {
    static constexpr auto collection = "accounts";
    std::string owner = {};
    std::int64_t balance = 0;
    double rate = 0;
    bool open = false;
    Kind kind = {};
    StreamId stream = {};
    EventId last{};
    Timestamp since{};
    Address address = {};
    std::optional<Address> second = {};
    std::optional<std::string> note = {};
    std::vector<std::string> tags = {};
    std::vector<std::optional<int>> numbers = {};
    std::map<std::string, int> limits = {};
};

constexpr auto balance = field<&Account::balance>;

TEST(TypedField, has_the_name_of_its_member) {
    static_assert(balance.path() == "balance");
    static_assert(field<&Account::address, &Address::city>.path() == "address.city");
    static_assert(field<&Account::second, &Address::floor>.path() == "second.floor");
    static_assert(field<&Account::owner>.path() == "owner");
    EXPECT_EQ(Field{balance}.path(), "balance");
}

TEST(TypedField, becomes_the_condition_of_a_field) {
    EXPECT_EQ(balance == 50, Field{"balance"} == 50);
    EXPECT_EQ(balance != 50U, Field{"balance"} != 50);
    EXPECT_EQ(balance < 50.5, Field{"balance"} < 50.5);
    EXPECT_EQ(balance <= 50.5F, Field{"balance"} <= 50.5);
    EXPECT_EQ(field<&Account::rate> > 1, Field{"rate"} > 1);
    EXPECT_EQ(field<&Account::rate> >= 0.5, Field{"rate"} >= 0.5);
    EXPECT_EQ(field<&Account::open> == true, Field{"open"} == true);
    EXPECT_EQ(field<&Account::kind> == Kind::company, Field{"kind"} == 1);
    EXPECT_EQ(field<&Account::owner> == "ada", Field{"owner"} == "ada");
    EXPECT_EQ(field<&Account::owner> >= std::string{"ada"}, Field{"owner"} >= "ada");
    EXPECT_EQ(field<&Account::note> == std::string_view{"x"}, Field{"note"} == "x");
    EXPECT_EQ(field<&Account::stream> == StreamId{"s"}, Field{"stream"} == "s");
    EXPECT_EQ(field<&Account::stream> == "s", Field{"stream"} == "s");
    EXPECT_EQ(field<&Account::last> == EventId{}, Field{"last"} == EventId{}.to_string());
    EXPECT_EQ(field<&Account::since> == Timestamp{}, Field{"since"} == "1970-01-01T00:00:00Z");
    EXPECT_EQ(field<&Account::note> == std::nullopt, Field{"note"} == FieldValue{});
    EXPECT_EQ(field<&Account::note> != std::nullopt, Field{"note"} != FieldValue{});
    EXPECT_EQ((field<&Account::address, &Address::floor> == 2), Field{"address.floor"} == 2);
}

TEST(TypedField, asks_for_several_for_lists_and_for_beginnings) {
    EXPECT_EQ(balance.in({1, 2}), Field{"balance"}.in({1, 2}));
    EXPECT_EQ(field<&Account::owner>.in({"ada", "bob"}), Field{"owner"}.in({"ada", "bob"}));
    EXPECT_EQ(field<&Account::kind>.in({Kind::company}), Field{"kind"}.in({1}));
    EXPECT_EQ(field<&Account::stream>.in({"a"}), Field{"stream"}.in({"a"}));
    EXPECT_EQ(field<&Account::open>.in({true, false}), Field{"open"}.in({true, false}));
    EXPECT_EQ(field<&Account::owner>.starts_with("a"), Field{"owner"}.starts_with("a"));
    EXPECT_EQ(field<&Account::tags>.contains("a"), Field{"tags"}.contains("a"));
    EXPECT_EQ(field<&Account::numbers>.contains(1), Field{"numbers"}.contains(1));
    EXPECT_EQ(field<&Account::address>.exists(), Field{"address"}.exists());
    EXPECT_EQ(field<&Account::limits>.exists(), Field{"limits"}.exists());
}

TEST(TypedQuery, is_a_query_for_documents_of_its_collection) {
    const Query<Account> query{.where = balance >= 50 && field<&Account::open> == true,
                               .sort = {descending(balance), ascending(field<&Account::owner>)},
                               .limit = 10,
                               .offset = 5};
    const DocumentQuery untyped = query;
    EXPECT_EQ(to_string(untyped),
              "from accounts where balance >= 50 and open = 1 order by balance desc, owner limit "
              "10 offset 5");
    EXPECT_TRUE(check_query(query));
    EXPECT_EQ(to_string(Query<Account>{.after = "m"}), "from accounts after 'm'");
}

}  // namespace
}  // namespace mainstem
