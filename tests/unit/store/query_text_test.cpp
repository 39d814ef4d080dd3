// Queries as text: what is written reads back the same, and what is wrong is told with its place.
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/time_text.hpp>
#include <mainstem/store/append.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem {
namespace {

Timestamp time(std::string_view text) { return parse_time(text).value(); }

/// Fails unless the text is read as this query.
void expect_query(std::string_view text, const EventQuery& expected) {
    const auto query = parse_query(text);
    ASSERT_TRUE(query) << text << ": " << query.error();
    EXPECT_EQ(*query, expected) << text << " was read as " << to_string(*query);
}

/// Fails unless the text is refused with exactly this line.
void expect_fault(std::string_view text, std::string_view message) {
    const auto query = parse_query(text);
    ASSERT_FALSE(query) << text << " was read as " << to_string(*query);
    EXPECT_TRUE(query.error() == StoreError::invalid) << text;
    EXPECT_EQ(query.error().message(), message) << text;
}

TEST(QueryText, has_items_of_terms) {
    expect_query("type=A", {{.types = {"A"}}});
    expect_query("type=A,B", {{.types = {"A", "B"}}});
    expect_query("tag=x tag=y", {{.tags = {"x", "y"}}});
    expect_query("prefix=order-", {{.stream_prefix = "order-"}});
    expect_query("tag=x type=A,B prefix=p",
                 {{.types = {"A", "B"}, .tags = {"x"}, .stream_prefix = "p"}});
    expect_query("type=A or tag=x or type=B tag=y",
                 {{.types = {"A"}}, {.tags = {"x"}}, {.types = {"B"}, .tags = {"y"}}});
    expect_query("\t type=A \r\n or\ttype=B \n", {{.types = {"A"}}, {.types = {"B"}}});
}

TEST(QueryText, has_times) {
    expect_query("since=2024-01-31T10:30:00Z", {{.since = time("2024-01-31T10:30:00Z")}});
    expect_query("since=\"2024-01-31 10:30:00\" until=2024-02-01T00:00:00+01:00",
                 {{.since = time("2024-01-31T10:30:00Z"), .until = time("2024-01-31T23:00:00Z")}});
}

TEST(QueryText, has_a_word_for_every_event) {
    expect_query("all", {});
    expect_query(" all ", {});
    expect_query("all or type=A", {QueryItem{}, {.types = {"A"}}});
    expect_query("type=A or all", {{.types = {"A"}}, QueryItem{}});
    EXPECT_TRUE(parse_query("type=A or all")->matches_all());
    EXPECT_EQ(to_string(EventQuery{}), "all");
    EXPECT_EQ(to_string(EventQuery{QueryItem{}}), "all");
}

TEST(QueryText, has_any_value_in_quotes) {
    expect_query(R"(tag="a b")", {{.tags = {"a b"}}});
    expect_query(R"(type="a,b",c,"d")", {{.types = {"a,b", "c", "d"}}});
    expect_query(R"(tag="say \"hi\" \\ bye")", {{.tags = {R"(say "hi" \ bye)"}}});
    expect_query("type=all tag=or prefix=type=A",
                 {{.types = {"all"}, .tags = {"or"}, .stream_prefix = "type=A"}});
    expect_query("tag=größe type=日本", {{.types = {"日本"}, .tags = {"größe"}}});
}

TEST(QueryText, is_written_with_quotes_where_they_are_needed) {
    const QueryItem item{.types = {"A", "b,c", "d e"},
                         .tags = {"email:ada@example.org", R"(")", R"(\)", "größe"},
                         .stream_prefix = "order 1",
                         .since = time("2024-01-31T10:30:00Z"),
                         .until = time("2024-01-31T10:30:00.25Z")};
    EXPECT_EQ(to_string({item}),
              R"(type=A,"b,c","d e" tag=email:ada@example.org tag="\"" tag="\\" tag=größe )"
              R"(prefix="order 1" since=2024-01-31T10:30:00Z until=2024-01-31T10:30:00.250Z)");
    // No valid names, but they may stand in the text of an error.
    EXPECT_EQ(to_string({{.types = {""}, .tags = {"a\nb", "\x7f"}}}),
              "type=\"\" tag=\"a\nb\" tag=\"\x7f\"");
}

TEST(QueryText, names_the_place_of_an_unknown_word) {
    const auto expect_unknown = [](std::string_view text, const std::string& message) {
        expect_fault(text, message + "; the keys are type, tag, prefix, since and until");
    };
    expect_unknown("typ=A",
                   "column 1 of the query, at typ=A: there is no key typ, perhaps type is meant");
    expect_unknown("type=A TAGS=x",
                   "column 8 of the query, at TAGS=x: there is no key TAGS, perhaps tag is meant");
    expect_unknown("tag=ö  x=1", "column 8 of the query, at x=1: there is no key x");
    expect_unknown("type=A email:x", "column 8 of the query, at email:x: a term is KEY=VALUE");
    expect_unknown("=A", "column 1 of the query, at =A: there is no key ");
    expect_fault("type", "column 1 of the query, at type: a value is missing, as in type=VALUE");
    expect_fault("type=A OR type=B", "column 8 of the query, at OR: write or in small letters");
    expect_fault("type=A and tag=x",
                 "column 8 of the query, at and: leave it out: an event must have all terms of an "
                 "alternative");
}

TEST(QueryText, names_the_place_of_a_missing_part) {
    expect_fault("", "column 1 of the query: it is empty; write all for every event");
    expect_fault(" \n", "column 3 of the query: it is empty; write all for every event");
    expect_fault("or type=A", "column 1 of the query, at or: nothing stands before or");
    expect_fault("type=A or", "column 10 of the query: nothing stands behind or");
    expect_fault("type=A or or tag=x", "column 11 of the query, at or: nothing stands before or");
    expect_fault("type=", "column 6 of the query, at type=: a value is missing");
    expect_fault("type=A, B", "column 8 of the query, at type=A,: a value is missing");
    expect_fault("type=,A", "column 6 of the query, at type=,A: a value is missing");
    expect_fault("tag=\"\"", "column 5 of the query, at tag=\"\": a tag is empty");
    expect_fault("prefix=\"\"", "column 8 of the query, at prefix=\"\": the prefix is empty");
}

TEST(QueryText, names_the_place_of_what_is_too_much) {
    expect_fault("all type=A",
                 "column 5 of the query, at type=A: all stands alone; leave it out, or write or "
                 "beside it");
    expect_fault("type=A all",
                 "column 8 of the query, at all: all stands alone; leave it out, or write or "
                 "beside it");
    expect_fault("type=A type=B",
                 "column 8 of the query, at type=B: type= stands twice in one alternative; write "
                 "type=A,B for one of several");
    expect_fault("prefix=a prefix=b",
                 "column 10 of the query, at prefix=b: prefix= stands twice in one alternative; "
                 "write or between alternatives");
    expect_fault("tag=a,b",
                 "column 6 of the query, at tag=a,b: a comma separates types only; write tag=A "
                 "tag=B for both, or put a tag with a comma in quotes");
    expect_fault("prefix=a,b",
                 "column 9 of the query, at prefix=a,b: a comma separates types only; write "
                 "prefix=A or prefix=B, or put one with a comma in quotes");
}

TEST(QueryText, names_the_place_of_a_bad_value) {
    expect_fault("since=yesterday",
                 "column 7 of the query, at since=yesterday: yesterday is no time; one looks like "
                 "2024-01-31T10:30:00Z or \"2024-01-31 10:30:00\"");
    expect_fault(R"(tag="a b)", R"(column 5 of the query, at tag="a: the quote is not closed)");
    expect_fault(R"(tag="a\")", R"(column 5 of the query, at tag="a\": the quote is not closed)");
    expect_fault(R"(tag="a"b)",
                 R"(column 8 of the query, at tag="a"b: a blank is missing behind the quotes)");
    expect_fault(R"(tag="a\n")",
                 R"(column 7 of the query, at tag="a\n": a backslash stands before a quote or a )"
                 "backslash only; write two for one");
    expect_fault(R"(tag=a"b")",
                 R"(column 6 of the query, at tag=a"b": put the whole value in double quotes, and )"
                 "a backslash before each quote and backslash in it");
    expect_fault("tag=\xff", "column 5 of the query, at tag=\\xff: a tag is not UTF-8: \\xff");
    expect_fault("tag=\"\n\"",
                 "column 5 of the query, at tag=\": a tag has a control character: \\x0a");
    const std::string name(limits::name_bytes, 'n');
    expect_query("type=" + name, {{.types = {name}}});
    expect_fault("type=" + name + "n", "column 6 of the query, at type=" + name.substr(0, 55) +
                                           "...: a type has 256 "
                                           "bytes, more than 255: " +
                                           name.substr(0, 60) + "...");
}

std::string repeated(std::size_t count, const std::string& text, const std::string& between) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? between : "") + text;
    return out;
}

TEST(QueryText, is_bounded) {
    EXPECT_TRUE(parse_query(repeated(limits::query_items, "tag=x", " or ")));
    const auto items = parse_query(repeated(limits::query_items + 1, "tag=x", " or "));
    ASSERT_FALSE(items);
    EXPECT_TRUE(items.error().message().ends_with(": more than 1000 alternatives"))
        << items.error();
    EXPECT_TRUE(parse_query("type=" + repeated(limits::query_terms, "A", ",")));
    const auto terms = parse_query("tag=x type=" + repeated(limits::query_terms, "A", ","));
    ASSERT_FALSE(terms);
    EXPECT_TRUE(terms.error().message().ends_with(": more than 10000 types and tags"))
        << terms.error();
}

rc::Gen<std::string> any_name() {
    const auto part = rc::gen::element<std::string>("a", "B", "7", ":", "=", "@", " ", ",", "\"",
                                                    "\\", "or", "all", "type", "ö", "日", "😀");
    return rc::gen::nonEmpty(rc::gen::apply(
        [](const std::vector<std::string>& parts) {
            std::string name;
            for (const auto& each : parts) name += each;
            return name;
        },
        rc::gen::resize(20, rc::gen::container<std::vector<std::string>>(part))));
}

rc::Gen<std::optional<Timestamp>> any_time() {
    constexpr std::int64_t microseconds_a_day = 86'400'000'000;
    const auto since_1970 = rc::gen::inRange<std::int64_t>(-719'162 * microseconds_a_day,
                                                           2'932'896 * microseconds_a_day);
    const auto time = rc::gen::map(since_1970, [](std::int64_t count) {
        return std::optional{Timestamp{std::chrono::microseconds{count}}};
    });
    return rc::gen::oneOf(rc::gen::just(std::optional<Timestamp>{}), time);
}

rc::Gen<QueryItem> any_item() {
    return rc::gen::build<QueryItem>(
        rc::gen::set(&QueryItem::types, rc::gen::container<std::vector<std::string>>(any_name())),
        rc::gen::set(&QueryItem::tags,
                     rc::gen::container<std::vector<Tag>>(rc::gen::construct<Tag>(any_name()))),
        rc::gen::set(&QueryItem::stream_prefix,
                     rc::gen::oneOf(rc::gen::just(std::string{}), any_name())),
        rc::gen::set(&QueryItem::since, any_time()), rc::gen::set(&QueryItem::until, any_time()));
}

RC_GTEST_PROP(QueryTextProperties, every_query_comes_back_the_same, ()) {
    EventQuery query{*rc::gen::container<std::vector<QueryItem>>(any_item())};
    RC_PRE(check_query(query).has_value());
    const auto text = to_string(query);
    if (query.items == std::vector{QueryItem{}}) query = {};
    const auto again = parse_query(text);
    if (!again) RC_FAIL(text + ": " + again.error().message());
    RC_ASSERT(*again == query);
}

RC_GTEST_PROP(QueryTextProperties, any_text_is_a_query_or_gets_one_line, ()) {
    const auto part = rc::gen::oneOf(
        rc::gen::element<std::string>("type=", "tag=", "prefix=", "since=", "A", ",B", " or ",
                                      "all", " ", "\n", "\"", "\\", "2024-01-31T10:30:00Z"),
        rc::gen::arbitrary<std::string>());
    std::string text;
    for (const auto& each : *rc::gen::container<std::vector<std::string>>(part)) text += each;
    const auto query = parse_query(text);
    RC_CLASSIFY(query.has_value());
    if (query) {
        RC_ASSERT(check_query(*query).has_value());
        RC_ASSERT(parse_query(to_string(*query)).value() == *query);
    } else {
        RC_ASSERT(query.error().message().find('\n') == std::string::npos);
    }
}

}  // namespace
}  // namespace mainstem
