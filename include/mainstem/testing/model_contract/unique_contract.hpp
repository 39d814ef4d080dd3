// Unique indexes: single, composite, partial, over every kind of value.
#pragma once

#include <string>
#include <vector>

#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class UniqueIndexContract : public ModelStoreContract<Backend> {
protected:
    void expect_not_unique(Leader& leader, const std::vector<DocumentChange>& changes) {
        const auto before = documents_of(this->model());
        const auto position = serving(this->model()).position;
        EXPECT_EQ(code_of(leader.commit(changes)), "not_unique");
        EXPECT_EQ(documents_of(this->model()), before);
        EXPECT_EQ(serving(this->model()).position, position);
    }
};
TYPED_TEST_SUITE_P(UniqueIndexContract);

TYPED_TEST_P(UniqueIndexContract, no_two_documents_are_equal) {
    Leader leader{this->model(), people({unique("by_mail", {"mail"})})};
    leader.commit({put("ada", R"({"mail":"a@x"})"), put("bob", R"({"mail":"b@x"})")}).value();
    this->expect_not_unique(leader, {put("eve", R"({"mail":"a@x"})")});
    this->expect_not_unique(leader, {put("ada", R"({"mail":"b@x"})")});
    this->expect_not_unique(leader, {put("c", R"({"mail":"c@x"})"), put("d", R"({"mail":"c@x"})")});
    this->expect_not_unique(
        leader, {put("eve", R"({"mail":"e@x"})"), removal("ada"), put("dan", R"({"mail":"b@x"})")});
    EXPECT_TRUE(leader.commit({put("eve", R"({"mail":"A@x"})")})) << "another text";
    EXPECT_TRUE(leader.commit({put("ada", R"({"mail":"a@x","n":1})")})) << "its own value";
}

TYPED_TEST_P(UniqueIndexContract, values_go_from_one_document_to_another) {
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    leader.commit({put("a", R"({"n":1})"), put("b", R"({"n":2})"), put("c", R"({"n":3})")}).value();
    EXPECT_TRUE(leader.commit({put("a", R"({"n":2})"), put("b", R"({"n":1})")})) << "exchanged";
    EXPECT_TRUE(
        leader.commit({put("a", R"({"n":3})"), put("b", R"({"n":2})"), put("c", R"({"n":1})")}));
    EXPECT_TRUE(leader.commit({put("new", R"({"n":3})"), removal("a")})) << "before the removal";
    EXPECT_TRUE(leader.commit({removal("new"), put("a", R"({"n":3})")})) << "after it";
    EXPECT_TRUE(leader.commit({put("c", "{}"), put("d", R"({"n":1})")})) << "given up";
    this->expect_not_unique(leader, {put("c", R"({"n":1})")});
    this->expect_not_unique(leader, {put("d", R"({"n":3})"), put("a", R"({"m":3,"n":3})")});
}

TYPED_TEST_P(UniqueIndexContract, nulls_are_not_equal) {
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    EXPECT_TRUE(leader.commit({put("missing"), put("missing too"), put("null", R"({"n":null})"),
                               put("null too", R"({"n":null})"), put("list", R"({"n":[1]})"),
                               put("list too", R"({"n":[1]})"), put("object", R"({"n":{"a":1}})"),
                               put("object too", R"({"n":{"a":1}})")}));
    EXPECT_TRUE(leader.commit({put("one", R"({"n":1})")}));
    EXPECT_EQ(documents_of(this->model()).size(), 9U);
}

TYPED_TEST_P(UniqueIndexContract, values_are_equal_by_what_they_are_worth) {
    struct Pair {
        std::string one, other;
        bool equal;
    };
    const std::vector<Pair> pairs{
        {"1", "1.0", true},
        {"1", "true", true},
        {"0", "false", true},
        {"0", "-0.0", true},
        {"100", "100.0", true},
        {"1", "\"1\"", false},
        {"true", "\"true\"", false},
        {"\"\"", "\" \"", false},
        {"\"a\"", "\"a \"", false},
        {"\"ß\"", "\"ss\"", false},
        {"9007199254740992", "9007199254740993", false},
        {"9007199254740993", "9007199254740992.0", false},
        {"9007199254740992", "9007199254740992.0", true},
        {"9223372036854775807", "9223372036854775808.0", false},
        {"-9223372036854775808", "-9223372036854775808.0", true},
        {"0.1", "0.10000000000000002", false},
    };
    for (const auto& [one, other, equal] : pairs) {
        SCOPED_TRACE(one + " and " + other);
        this->start_over();
        Leader leader{this->model(), people({unique("by_n", {"n"})})};
        leader.commit({put("one", "{\"n\":" + one + "}")}).value();
        EXPECT_EQ(code_of(leader.commit({put("other", "{\"n\":" + other + "}")})),
                  equal ? "not_unique" : "");
        EXPECT_EQ(this->model().find({"people", Field{"n"}.exists()}).value().documents.size(),
                  equal ? 1U : 2U);
    }
}

TYPED_TEST_P(UniqueIndexContract, several_fields_are_compared_together) {
    Leader leader{this->model(), people({unique("by_name", {"name.first", "name.last", "n"})})};
    EXPECT_TRUE(leader.commit({put("a", R"({"name":{"first":"x","last":"y"},"n":1})"),
                               put("b", R"({"name":{"first":"x","last":"y"},"n":2})"),
                               put("c", R"({"name":{"first":"xy","last":""},"n":1})"),
                               put("d", R"({"name":{"first":"x"},"n":1})"),
                               put("e", R"({"name":{"first":"x"},"n":1})"),
                               put("f", R"({"name":"x","n":1})"),
                               put("g", R"({"name.first":"x","name.last":"y","n":1})")}));
    this->expect_not_unique(leader, {put("h", R"({"n":2,"name":{"last":"y","first":"x"}})")});
}

TYPED_TEST_P(UniqueIndexContract, a_partial_index_sees_what_its_filter_finds) {
    const auto open = Field{"open"} == true && !(Field{"kind"} == "test");
    Leader leader{this->model(), people({unique("by_n", {"n"}, open)})};
    EXPECT_TRUE(
        leader.commit({put("a", R"({"n":1,"open":true})"), put("b", R"({"n":1,"open":false})"),
                       put("c", R"({"n":1})"), put("d", R"({"n":1,"open":true,"kind":"test"})")}));
    this->expect_not_unique(leader, {put("b", R"({"n":1,"open":true})")});
    this->expect_not_unique(leader, {put("d", R"({"n":1,"open":true})")});
    EXPECT_TRUE(
        leader.commit({put("a", R"({"n":1,"open":false})"), put("b", R"({"n":1,"open":true})")}));
    this->expect_not_unique(leader, {put("a", R"({"n":1,"open":true})")});
    EXPECT_TRUE(leader.commit({removal("b")}));
    EXPECT_TRUE(leader.commit({put("a", R"({"n":1,"open":true})")}));
}

TYPED_TEST_P(UniqueIndexContract, each_index_of_each_collection_is_watched) {
    Leader leader{this->model(),
                  {.name = "bank",
                   .collections = {{"one", {unique("by_a", {"a"}), unique("by_b", {"b"})}},
                                   {"two", {unique("by_a", {"a"})}}}}};
    EXPECT_TRUE(leader.commit({{"one", {.id = "x", .json = R"({"a":1,"b":1})"}},
                               {"two", {.id = "y", .json = R"({"a":1,"b":1})"}}}));
    EXPECT_EQ(code_of(leader.commit({{"two", {.id = "fine", .json = R"({"a":2})"}},
                                     {"one", {.id = "z", .json = R"({"a":2,"b":1})"}}})),
              "not_unique");
    EXPECT_FALSE(this->model().get("two", "fine", 0).value());
    EXPECT_EQ(code_of(leader.commit({{"one", {.id = "z", .json = R"({"a":1,"b":2})"}}})),
              "not_unique");
    EXPECT_TRUE(leader.commit({{"two", {.id = "z", .json = R"({"a":2,"b":1})"}}}));
}

REGISTER_TYPED_TEST_SUITE_P(UniqueIndexContract, no_two_documents_are_equal,
                            values_go_from_one_document_to_another, nulls_are_not_equal,
                            values_are_equal_by_what_they_are_worth,
                            several_fields_are_compared_together,
                            a_partial_index_sees_what_its_filter_finds,
                            each_index_of_each_collection_is_watched);

}  // namespace mainstem::testing::model_contract
