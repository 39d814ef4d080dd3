// Queries as text: what is read, what is written, and what is said about a text that is none.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/query/query.hpp>

namespace mainstem {
namespace {

using Function = Aggregate::Function;

const Field city{"city"};
const Field balance{"balance"};

/// Fails unless the text is read as this query.
void expect_query(const std::string& text, const DocumentQuery& expected) {
    const auto query = parse_document_query(text);
    ASSERT_TRUE(query) << text << ": " << query.error();
    EXPECT_EQ(*query, expected) << text << " was read as " << to_string(*query);
    EXPECT_TRUE(check_query(*query));
    const auto again = parse_document_query(to_string(*query));
    ASSERT_TRUE(again) << to_string(*query) << ": " << again.error();
    EXPECT_EQ(*again, expected) << to_string(*query);
}

void expect_filter(const std::string& text, const Filter& expected) {
    const auto filter = parse_filter(text);
    ASSERT_TRUE(filter) << text << ": " << filter.error();
    EXPECT_EQ(*filter, expected) << text << " was read as " << to_string(*filter);
    EXPECT_EQ(parse_filter(to_string(*filter)).value(), expected) << to_string(*filter);
}

/// Fails unless the text is refused with exactly this line.
void expect_fault(const std::string& text, const std::string& message) {
    const auto query = parse_document_query(text);
    ASSERT_FALSE(query) << text << " was read as " << to_string(*query);
    EXPECT_TRUE(query.error() == QueryError::invalid) << text;
    EXPECT_EQ(query.error().message(), message) << text;
}

/// The same for what stands behind `from a where `.
void expect_filter_fault(const std::string& text, const std::string& message) {
    expect_fault("from a where " + text, message);
}

TEST(DocumentQueryText, has_clauses) {
    expect_query("from accounts", {.collection = "accounts"});
    expect_query("select * from accounts", {.collection = "accounts"});
    expect_query("SELECT city,address.zip FROM accounts",
                 {.collection = "accounts", .select = {"city", "address.zip"}});
    expect_query(
        "from accounts  where balance >= 50\n order by balance Desc, city asc, _id "
        "limit 10 offset 20",
        {.collection = "accounts",
         .where = balance >= 50,
         .sort = {descending(balance), ascending(city), {"_id"}},
         .limit = 10,
         .offset = 20});
    expect_query("from accounts limit 0 after 'bWFyaw'",
                 {.collection = "accounts", .limit = 0, .after = "bWFyaw"});
    expect_query("from accounts limit 9223372036854775807", {.collection = "accounts"});
}

TEST(DocumentQueryText, has_groups) {
    expect_query(
        "select city, sum(balance) as total from accounts where open = true group by city "
        "order by total desc limit 10",
        {.collection = "accounts",
         .where = Field{"open"} == true,
         .sort = {{"total", true}},
         .limit = 10,
         .select = {"city"},
         .group_by = {"city"},
         .aggregates = {{Function::sum, "balance", "total"}}});
    expect_query(
        "select count(), COUNT(*) as c, count(a), min(a.b), max(a), avg(a) from t "
        "order by count(), avg(a) desc, c",
        {.collection = "t",
         .sort = {{"count()"}, {"avg(a)", true}, {"c"}},
         .aggregates = {{},
                        {.as = "c"},
                        {Function::count, "a"},
                        {Function::min, "a.b"},
                        {Function::max, "a"},
                        {Function::avg, "a"}}});
    expect_query("from t group by a, b.c", {.collection = "t", .group_by = {"a", "b.c"}});
    expect_query("select b from t group by a, b",
                 {.collection = "t", .select = {"b"}, .group_by = {"a", "b"}});
}

TEST(DocumentQueryText, has_names_that_are_words_in_backquotes) {
    expect_query("select `order` from `group` where `not` = 1 order by `desc` desc",
                 {.collection = "group",
                  .where = Field{"not"} == 1,
                  .sort = {{"desc", true}},
                  .select = {"order"}});
    expect_query(
        "select sum(order), max(`in`) as `limit` from t group by `by` order by "
        "sum(order), `limit`",
        {.collection = "t",
         .sort = {{"sum(order)"}, {"limit"}},
         .group_by = {"by"},
         .aggregates = {{Function::sum, "order"}, {Function::max, "in", "limit"}}});
    // What only begins like a word, or is part of a path, is a name.
    expect_query("from orders where a.in = 1 and ordering = 2 and count = 3",
                 {.collection = "orders",
                  .where = Field{"a.in"} == 1 && Field{"ordering"} == 2 && Field{"count"} == 3});
}

TEST(FilterText, has_comparisons) {
    expect_filter("a = 1", Field{"a"} == 1);
    expect_filter("a!=1", Field{"a"} != 1);
    expect_filter("a<1", Field{"a"} < 1);
    expect_filter("a<=-1", Field{"a"} <= -1);
    expect_filter("a > 1.5", Field{"a"} > 1.5);
    expect_filter("a >= 'x'", Field{"a"} >= "x");
    expect_filter("a in (1, 'x', null, true)", Field{"a"}.in({1, "x", {}, true}));
    expect_filter("a in ()", Field{"a"}.in({}));
    expect_filter("a STARTS WITH 'x'", Field{"a"}.starts_with("x"));
    expect_filter("a contains 'x'", Field{"a"}.contains("x"));
    expect_filter("a exists", Field{"a"}.exists());
    expect_filter("a = null", Field{"a"} == FieldValue{});
    expect_filter("a is null", Field{"a"} == FieldValue{});
    expect_filter("a Is Not NULL", Field{"a"} != FieldValue{});
}

TEST(FilterText, has_values) {
    expect_filter("a = false", Field{"a"} == false);
    expect_filter("a = -9223372036854775808",
                  Field{"a"} == std::numeric_limits<std::int64_t>::min());
    expect_filter("a = 9223372036854775808", Field{"a"} == 0x1p63);
    expect_filter("a = 1e3", Field{"a"} == 1000.0);
    expect_filter("a = -2.5E-3", Field{"a"} == -0.0025);
    expect_filter("a = 1.7976931348623157e308", Field{"a"} == 1.7976931348623157e308);
    expect_filter("a = ''", Field{"a"} == "");
    expect_filter("a = 'it''s'", Field{"a"} == "it's");
    expect_filter("a = \"it's \"\"so\"\"\"", Field{"a"} == "it's \"so\"");
    expect_filter("a = 'größe 日本\n'", Field{"a"} == "größe 日本\n");
    EXPECT_EQ(to_string(Field{"a"}.in({1.0, 1e300, -0.5, "it's", {}, true})),
              "a in (1, 1e+300, -0.5, 'it''s', null, 1)");
}

TEST(FilterText, binds_not_before_and_before_or) {
    const Filter a = Field{"a"} == 1;
    const Filter b = Field{"b"} == 2;
    const Filter c = Field{"c"} == 3;
    expect_filter("a = 1 and b = 2 or c = 3", (a && b) || c);
    expect_filter("a = 1 or b = 2 and c = 3", a || (b && c));
    expect_filter("(a = 1 or b = 2) and c = 3", (a || b) && c);
    expect_filter("not a = 1 and b = 2", !a && b);
    expect_filter("not (a = 1 and b = 2)", !(a && b));
    expect_filter("NOT NOT a = 1", a);
    expect_filter("((a = 1))", a);
    expect_filter("(a = 1 and b = 2) and c = 3", a && b && c);
    expect_filter("true", {});
    expect_filter("false", !Filter{});
    expect_filter("false or a = 1", a);
    EXPECT_EQ(to_string((a || b) && !(b || c)), "(a = 1 or b = 2) and not (b = 2 or c = 3)");
}

TEST(FilterText, is_written_in_the_shape_of_joined_filters) {
    Filter odd;
    odd.kind = Filter::Kind::any_of;
    odd.parts = {Filter{}, Field{"a"} == 1};
    EXPECT_EQ(to_string(odd), "true");
    odd.parts = {!Filter{}, Field{"a"} == 1};
    EXPECT_EQ(to_string(odd), "a = 1");
    EXPECT_EQ(to_string(DocumentQuery{.collection = "t", .where = odd}), "from t where a = 1");
}

TEST(DocumentQueryText, names_the_place_of_a_missing_part) {
    expect_fault("", "column 1 of the query: it is empty; from NAME is a query");
    expect_fault("accounts",
                 "column 1 of the query, at accounts: a query begins with select or from");
    expect_fault("from", "column 5 of the query: expected the name of a collection");
    expect_fault("select a where b = 1",
                 "column 10 of the query, at where: expected a comma, or from and the name of a "
                 "collection");
    expect_fault("select a,",
                 "column 10 of the query: expected a field, or a function such as "
                 "count()");
    expect_fault("from a where", "column 13 of the query: expected a field");
    expect_fault("from a order balance",
                 "column 14 of the query, at balance: expected by: order by");
    expect_fault("from a limit",
                 "column 13 of the query: expected a whole number that is not negative, as in "
                 "limit 10");
    expect_fault("from a limit -1",
                 "column 14 of the query, at -1: expected a whole number that is not negative, as "
                 "in limit 10");
    expect_fault("from a after x",
                 "column 14 of the query, at x: expected the mark of a page, in single quotes");
    expect_fault("select count( from a",
                 "column 20 of the query, at a: expected a field and a closing )");
}

TEST(DocumentQueryText, names_the_place_of_what_does_not_belong_there) {
    expect_fault("from a limit 5 where b = 1",
                 "column 16 of the query, at where: where stands before limit");
    expect_fault("from a limit 5 LIMIT 6", "column 16 of the query, at LIMIT: limit stands twice");
    expect_fault("from a b",
                 "column 8 of the query, at b: expected where, group by, order by, "
                 "limit, offset, after or the end");
    expect_fault("from a;", "column 7 of the query, at ;: leave it out: a text is one query");
    expect_fault("from a sort b", "column 8 of the query, at sort: write order by");
    expect_fault("from a group by b having c > 1",
                 "column 19 of the query, at having: there are no conditions on groups; choose "
                 "from the answer");
    expect_fault("select *, a from b",
                 "column 9 of the query, at ,: expected from: a star stands alone, for whole "
                 "documents");
    expect_fault("select a as b from c",
                 "column 10 of the query, at as: a field keeps its name; only count, sum, min, max "
                 "and avg get one with as");
    expect_fault("select mean(a) from b",
                 "column 8 of the query, at mean: there is no function mean; there are count, sum, "
                 "min, max and avg");
    expect_fault("select limit from b",
                 "column 8 of the query, at limit: expected a field, or a function such as "
                 "count(), but limit is a word of queries; if it is a name, write `limit`");
    expect_fault("select 'a' from b",
                 "column 8 of the query, at 'a': expected a field, or a function such as count(), "
                 "which has no quotes; a word of queries has backquotes, as `order`");
    expect_fault("from ä where ö = 1",
                 "column 6 of the query, at ä: ä is no name of a collection: a letter, then "
                 "letters, digits, _ and -; at most 63 bytes");
}

TEST(DocumentQueryText, names_the_place_of_a_bad_condition) {
    expect_filter_fault("b == 1", "column 16 of the query, at ==: write =");
    expect_filter_fault("b <> 1", "column 16 of the query, at <>: write !=");
    expect_filter_fault("b => 1", "column 16 of the query, at =>: write >=");
    expect_filter_fault("b = 1 && c = 2", "column 20 of the query, at &&: write and");
    expect_filter_fault("b = 1 || c = 2", "column 20 of the query, at ||: write or");
    expect_filter_fault("!(b = 1)", "column 14 of the query, at !: write not");
    expect_filter_fault("b LIKE 'x%'",
                        "column 16 of the query, at LIKE: write starts with 'x' for texts that "
                        "begin so; there are no other patterns");
    expect_filter_fault("b between 1 and 2",
                        "column 16 of the query, at between: write x >= 1 and x <= 9");
    expect_filter_fault("b not in (1)",
                        "column 16 of the query, at not: not stands before the whole condition, "
                        "as in not city = 'Rome'");
    expect_filter_fault("exists b",
                        "column 14 of the query, at exists: exists stands behind a field, as in "
                        "city exists; if it is a field, write `exists`");
    expect_filter_fault("b",
                        "column 15 of the query: expected a comparison: =, !=, <, <=, >, >=, "
                        "in, starts with, contains, exists or is null");
    expect_filter_fault("b = 1 or", "column 22 of the query: expected a field");
    expect_filter_fault("(b = 1", "column 20 of the query: expected and, or, or a closing )");
    expect_filter_fault("b = 1)",
                        "column 19 of the query, at ): expected where, group by, order "
                        "by, limit, offset, after or the end");
    expect_filter_fault("a..b = 1",
                        "column 14 of the query, at a..b: a..b is no path of a field: names "
                        "joined by dots, each a letter or _, then letters, digits, _ and -");
    expect_filter_fault("b < null",
                        "column 16 of the query, at <: nothing is < null; write = null or != null");
}

TEST(DocumentQueryText, names_the_place_of_a_bad_value) {
    expect_filter_fault("b = Rome",
                        "column 18 of the query, at Rome: expected a value; a text stands in "
                        "single quotes, as 'Rome', and fields are compared with values only");
    const std::string no_number =
        ": this is no number, or too large for one; one looks like 5, -0.5 or 1e6, and a text "
        "stands in single quotes";
    for (const std::string text : {"5x", "+5", ".5", "1.", "01", "1e999", "--1", "2024-01-31"}) {
        const auto filter = parse_filter("b = " + text);
        EXPECT_FALSE(filter) << text;
    }
    expect_filter_fault("b = 5x", "column 18 of the query, at 5x" + no_number);
    expect_filter_fault("b = 2024-01-31T10:30:00+01:00 and c = 1",
                        "column 18 of the query, at 2024-01-31T10:30:00+01:00" + no_number);
    expect_filter_fault("b = 1e999", "column 18 of the query, at 1e999" + no_number);
    expect_filter_fault("ö = 'x",
                        "column 14 of the query, at ö: ö is no path of a field: names "
                        "joined by dots, each a letter or _, then letters, digits, _ "
                        "and -");
    expect_filter_fault("b = 'it's'",
                        "column 22 of the query, at s: expected where, group by, order by, limit, "
                        "offset, after or the end");
    expect_filter_fault("b = 'x",
                        "column 18 of the query, at 'x: the quote is not closed; one within is "
                        "written twice, ''");
    expect_filter_fault("b = #", "column 18 of the query, at #: # has no meaning here");
    expect_filter_fault("b in 1",
                        "column 19 of the query, at 1: expected values in parentheses, "
                        "as in (1, 2)");
    expect_filter_fault("b in (1 2)",
                        "column 22 of the query, at 2: expected a comma or a closing )");
    expect_filter_fault("b is 1",
                        "column 19 of the query, at 1: expected null or not null behind is");
    expect_filter_fault("b starts 'x'",
                        "column 23 of the query, at 'x': expected with: starts with 'x'");
    expect_filter_fault("b = '\xff'", "column 16 of the query, at =: a text is not UTF-8: \\xff");
}

TEST(DocumentQueryText, names_the_place_of_what_does_not_go_together) {
    expect_fault("select city, zip, count() from a group by city",
                 "column 14 of the query, at zip: zip may differ within a group; name it behind "
                 "group by, too, or take max(zip) or another function of it");
    expect_fault("select a, b, a from t", "column 14 of the query, at a: a stands twice");
    expect_fault("select sum() from t",
                 "column 8 of the query, at sum: sum() needs a field, as in sum(price)");
    expect_fault("select count(), count() from t",
                 "column 17 of the query, at count: two columns are called count(); give one "
                 "another name with as");
    expect_fault("select count() as a.b from t",
                 "column 8 of the query, at count: a.b is no name of a column: a letter or _, then "
                 "letters, digits, _ and -; at most 255 bytes");
    expect_fault("select count() from t group by a order by b",
                 "column 43 of the query, at b: the groups have no column b; they have a, count()");
    expect_fault("from t order by count()",
                 "column 17 of the query, at count: count() is no path of a field: names joined by "
                 "dots, each a letter or _, then letters, digits, _ and -");
    expect_fault("from t offset 1 after 'x'",
                 "column 23 of the query, at 'x': after goes on behind a page, offset counts from "
                 "the beginning; leave one out");
    expect_fault("select count() from t after 'x'",
                 "column 29 of the query, at 'x': groups have no marks to go on after; use offset");
    expect_fault("from t limit 9223372036854775808",
                 "column 14 of the query, at 9223372036854775808: 9223372036854775808 is larger "
                 "than 9223372036854775807");
}

TEST(DocumentQueryRules, name_the_part_of_a_query) {
    const auto message = [](const DocumentQuery& query) {
        const auto checked = check_query(query);
        return checked ? "" : checked.error().message();
    };
    EXPECT_EQ(message({.collection = "a b"}),
              "collection: a b is no name of a collection: a letter, then letters, digits, _ and "
              "-; at most 63 bytes");
    EXPECT_EQ(message({.collection = "a", .where = Field{"b"} < FieldValue{}}),
              "filter: nothing is < null; write = null or != null");
    EXPECT_EQ(message({.collection = "a", .select = {"b", "b"}}), "select: b stands twice");
    EXPECT_EQ(message({.collection = "a", .sort = std::vector<SortKey>(17, {"b"})}),
              "order by: more than 16 sort keys");
    EXPECT_EQ(message({.collection = "a", .group_by = std::vector<FieldPath>(101, "b")}),
              "group by: more than 100 columns");
    EXPECT_EQ(message({.collection = "a", .aggregates = std::vector<Aggregate>(101)}),
              "select: more than 100 columns");
    EXPECT_EQ(message({.collection = "a", .limit = 1ULL << 63U}),
              "limit: 9223372036854775808 is larger than 9223372036854775807");
}

std::string repeated(std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

TEST(DocumentQueryText, is_bounded) {
    const auto nested = [](std::size_t depth) {
        return parse_filter(repeated(depth, "(") + "a = 1" + repeated(depth, ")"));
    };
    EXPECT_TRUE(nested(limits::filter_depth));
    ASSERT_FALSE(nested(limits::filter_depth + 1));
    EXPECT_EQ(nested(limits::filter_depth + 1).error().message(),
              "column 33 of the query, at (: conditions are nested more than 32 deep");
    EXPECT_FALSE(nested(100'000));
    EXPECT_FALSE(parse_filter(repeated(100'000, "not ") + "a = 1"));
    EXPECT_FALSE(
        parse_filter(repeated(20, "a = 1 or not (b = 2 and ") + "c = 3" + repeated(20, ")")));
    const auto many = parse_filter(repeated(limits::filter_conditions, "a = 1 or ") + "a = 1");
    ASSERT_FALSE(many);
    EXPECT_TRUE(many.error().message().ends_with(": more than 1000 conditions")) << many.error();
    const auto aggregates = "select " + repeated(100, "count(),") + "count() from t";
    EXPECT_EQ(parse_document_query(aggregates).error().message(),
              "column 8 of the query, at count: more than 100 columns");
}

}  // namespace
}  // namespace mainstem
