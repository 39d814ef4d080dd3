// Filters as values: how they are joined, and what they say of a document.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/query/query.hpp>

#include "support/json_document.hpp"

namespace mainstem {
namespace {

using query::matches;

const Field a{"a"};
const Field b{"b"};
const Filter everything{};
const Filter nothing = !everything;

bool holds(const Filter& filter, const std::string& json) {
    return matches(filter, JsonDocument{"ada", json, {7}}.view());
}

TEST(Filter, joins_lists_of_one_kind) {
    const Filter all = a == 1 && b == 2 && Field{"c"} == 3;
    EXPECT_EQ(all.kind, Filter::Kind::all_of);
    EXPECT_EQ(all.parts.size(), 3U);
    EXPECT_EQ((a == 1 && (b == 2 && Field{"c"} == 3)), all);
    const Filter any = a == 1 || (b == 2 || Field{"c"} == 3);
    EXPECT_EQ(any.kind, Filter::Kind::any_of);
    EXPECT_EQ(any.parts.size(), 3U);
    EXPECT_EQ((all || any).parts.size(), 4U);
}

TEST(Filter, leaves_out_what_decides_nothing) {
    const Filter one = a == 1;
    EXPECT_EQ((everything && one), one);
    EXPECT_EQ((one && everything), one);
    EXPECT_EQ((nothing || one), one);
    EXPECT_EQ((one || nothing), one);
    EXPECT_EQ((nothing && one), nothing);
    EXPECT_EQ((one && nothing), nothing);
    EXPECT_EQ((everything || one), everything);
    EXPECT_EQ((one || everything), everything);
    EXPECT_EQ(!!one, one);
    EXPECT_EQ(!nothing, everything);
    EXPECT_TRUE(everything.empty());
    EXPECT_FALSE(nothing.empty());
}

TEST(Filter, compares_values_of_one_kind) {
    EXPECT_TRUE(holds(a == 1, R"({"a":1.0})"));
    EXPECT_TRUE(holds(a == true, R"({"a":1})"));
    EXPECT_TRUE(holds(a == 1, R"({"a":true})"));
    EXPECT_FALSE(holds(a == "1", R"({"a":1})"));
    EXPECT_TRUE(holds(a > 9007199254740992, R"({"a":9007199254740993})"));
    EXPECT_FALSE(holds(a > 9007199254740992.0, R"({"a":9007199254740992})"));
    EXPECT_TRUE(holds(a < 2, R"({"a":1.5})"));
    EXPECT_TRUE(holds(a >= "b", R"({"a":"b"})"));
    EXPECT_FALSE(holds(a > 0, R"({"a":"b"})"));
    EXPECT_FALSE(holds(a < "b", R"({"a":0})"));
    EXPECT_TRUE(holds(a <= 1, R"({"a":1})"));
    EXPECT_FALSE(holds(a < 1, R"({"a":1})"));
    EXPECT_TRUE(holds(a == 0x1p63, R"({"a":9223372036854775808})"));
}

TEST(Filter, is_true_or_false_where_a_field_is_null) {
    for (const std::string json :
         {"{}", R"({"a":null})", R"({"a":[1]})", R"({"a":{"b":1}})", R"({"a":1e400})", "[]"}) {
        EXPECT_TRUE(holds(a == FieldValue{}, json)) << json;
        EXPECT_FALSE(holds(a != FieldValue{}, json)) << json;
        EXPECT_TRUE(holds(a != 1, json)) << json;
        EXPECT_FALSE(holds(a == 1, json)) << json;
        EXPECT_FALSE(holds(a < 1, json)) << json;
        EXPECT_TRUE(holds(!(a < 1), json)) << json;
        EXPECT_FALSE(holds(a.starts_with(""), json)) << json;
        EXPECT_TRUE(holds(a.in({1, {}}), json)) << json;
        EXPECT_FALSE(holds(a.in({1, 2}), json)) << json;
    }
    EXPECT_TRUE(holds(a != FieldValue{}, R"({"a":0})"));
}

TEST(Filter, asks_for_one_of_several_and_for_beginnings) {
    EXPECT_TRUE(holds(a.in({1, "x"}), R"({"a":"x"})"));
    EXPECT_FALSE(holds(a.in({}), R"({"a":"x"})"));
    EXPECT_TRUE(holds(a.starts_with("Lon"), R"({"a":"London"})"));
    EXPECT_FALSE(holds(a.starts_with("lon"), R"({"a":"London"})"));
    EXPECT_FALSE(holds(a.starts_with("1"), R"({"a":12})"));
    EXPECT_TRUE(holds(a.starts_with(""), R"({"a":""})"));
}

TEST(Filter, sees_lists_and_objects_by_exists_and_contains) {
    EXPECT_TRUE(holds(a.exists(), R"({"a":[]})"));
    EXPECT_TRUE(holds(a.exists(), R"({"a":{}})"));
    EXPECT_TRUE(holds(a.exists(), R"({"a":false})"));
    EXPECT_FALSE(holds(a.exists(), R"({"a":null})"));
    EXPECT_FALSE(holds(a.exists(), R"({"b":1})"));
    EXPECT_TRUE(holds(a.contains(1), R"({"a":["x",1.0]})"));
    EXPECT_TRUE(holds(a.contains("x"), R"({"a":["x",1.0]})"));
    EXPECT_FALSE(holds(a.contains(0), R"({"a":[null,[0],{"a":0}]})"));
    EXPECT_FALSE(holds(a.contains(1), R"({"a":1})"));
    EXPECT_FALSE(holds(a.contains(1), R"({"a":{"x":1}})"));
}

TEST(Filter, goes_down_paths) {
    const Field city{"address.city"};
    EXPECT_TRUE(holds(city == "Rome", R"({"address":{"city":"Rome"}})"));
    EXPECT_FALSE(holds(city == "Rome", R"({"address":"Rome"})"));
    EXPECT_FALSE(holds(city == "Rome", R"({"address.city":"Rome"})"));
    EXPECT_FALSE(holds(city == "Rome", R"({"address":[{"city":"Rome"}]})"));
}

TEST(Filter, knows_what_every_document_has) {
    EXPECT_TRUE(holds(Field{"_id"} == "ada", "{}"));
    EXPECT_TRUE(holds(Field{"_version"} >= 7, R"({"_version":1})"));
    EXPECT_TRUE(holds(Field{"_id"}.exists() && Field{"_version"}.exists(), "{}"));
    EXPECT_FALSE(holds(Field{"_id"}.contains(1), R"({"_id":[1]})"));
    const JsonDocument document{"ada", R"({"a":{"b":2.5}})", {7}};
    EXPECT_EQ(query::value_at(document.view(), "_id"), FieldValue{"ada"});
    EXPECT_EQ(query::value_at(document.view(), "_version"), FieldValue{7});
    EXPECT_EQ(query::value_at(document.view(), "a.b"), FieldValue{2.5});
    EXPECT_EQ(query::value_at(document.view(), "a"), FieldValue{});
}

void expect_refused(const Filter& filter, const std::string& message) {
    const auto checked = check_filter(filter);
    ASSERT_FALSE(checked) << message;
    EXPECT_TRUE(checked.error() == QueryError::invalid);
    EXPECT_EQ(checked.error().message(), "filter: " + message);
}

TEST(FilterRules, refuse_what_makes_no_sense) {
    EXPECT_TRUE(check_filter({}));
    EXPECT_TRUE(check_filter(nothing));
    EXPECT_TRUE(check_filter(a.in({}) || !(b == FieldValue{})));
    expect_refused(a < FieldValue{}, "nothing is < null; write = null or != null");
    expect_refused(a.contains({}),
                   "a list is not asked for null; exists says whether a field is there");
    expect_refused(Condition{"a", Comparison::starts_with, {1}},
                   "starts with takes a text, as 'x'");
    expect_refused(Condition{"a", Comparison::equal}, "= takes one value, not 0");
    expect_refused(Condition{"a", Comparison::exists, {1}}, "exists takes no value");
    expect_refused(a == std::numeric_limits<double>::infinity(),
                   "no field is an infinite number or NaN");
    expect_refused(a.in({1, std::nan("")}), "no field is an infinite number or NaN");
    expect_refused(a == "\xff", "a text is not UTF-8: \\xff");
    expect_refused(Field{"a..b"} == 1,
                   "a..b is no path of a field: names joined by dots, each a letter or _, then "
                   "letters, digits, _ and -");
    Filter bad;
    bad.kind = Filter::Kind::negation;
    expect_refused(bad, "not stands before one condition, not 0");
}

TEST(FilterRules, are_limits_too) {
    Filter many = a == 0;
    for (std::size_t i = 1; i < limits::filter_conditions; ++i) many = std::move(many) || a == i;
    EXPECT_TRUE(check_filter(many));
    expect_refused(many || b == 1, "more than 1000 conditions");

    EXPECT_TRUE(check_filter(a.in(std::vector<FieldValue>(limits::filter_values, 1))));
    expect_refused(a.in(std::vector<FieldValue>(limits::filter_values, 1)) && b == 1,
                   "more than 10000 values");

    const std::string text(limits::filter_text_bytes, 'x');
    EXPECT_TRUE(check_filter(a == text));
    EXPECT_FALSE(check_filter(a == text + "x"));

    Filter deep = a == 1;
    for (std::size_t i = 0; i < limits::filter_depth; ++i) {
        deep = i % 2 == 0 ? std::move(deep) && b == 1 : std::move(deep) || b == 2;
    }
    EXPECT_TRUE(check_filter(deep));
    expect_refused(!deep, "conditions are nested more than 32 deep");
}

TEST(FieldPath, is_names_joined_by_dots) {
    for (const auto* path : {"a", "_id", "a.b", "a1._b-c", "A"}) EXPECT_TRUE(is_field_path(path));
    for (const auto* path : {"", ".", "a.", ".a", "a..b", "1", "a.1", "-a", "a b", "ä", "a[0]"}) {
        EXPECT_FALSE(is_field_path(path)) << path;
    }
    EXPECT_TRUE(is_field_path(std::string(limits::name_bytes, 'a')));
    EXPECT_FALSE(is_field_path(std::string(limits::name_bytes + 1, 'a')));
}

TEST(CollectionName, begins_with_a_letter) {
    for (const auto* name : {"a", "order-lines", "A_1"}) EXPECT_TRUE(is_collection_name(name));
    for (const auto* name : {"", "_a", "1", "a.b", "a b", "ä"}) {
        EXPECT_FALSE(is_collection_name(name)) << name;
    }
    EXPECT_TRUE(is_collection_name(std::string(63, 'a')));
    EXPECT_FALSE(is_collection_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace mainstem
