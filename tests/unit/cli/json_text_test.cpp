// Judging and cutting JSON texts.
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cli/json_text.hpp"

namespace mainstem::cli {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

Parts members_of(std::string_view text) {
    Parts parts;
    EXPECT_FALSE(json_fault(text)) << text;
    EXPECT_TRUE(for_each_member(text, [&](const JsonMember& member) {
        parts.emplace_back(member.name, std::string{member.value});
        return true;
    })) << text;
    return parts;
}

TEST(JsonFault, is_none_for_each_kind_of_value) {
    for (const auto* const text : {"null", "true", " 1 ", "-0.5e+10", "\"a\\u00e4\"", "[]",
                                   "[1,[2,{}]]", "{\"a\":{\"b\":[null]}}", "\n{}\n"}) {
        EXPECT_EQ(json_fault(text), std::nullopt) << text;
    }
}

TEST(JsonFault, says_what_is_wrong_and_where) {
    for (const auto* const text :
         {"", " ", "{", "{a:1}", "{\"a\":1,}", "[1,]", "01", "nul", "1 2", "'a'", "\"\x01\"",
          "\"\xff\"", "\"\\ud800\"", "{} x", "// c\n1"}) {
        EXPECT_TRUE(json_fault(text).has_value()) << text;
    }
    EXPECT_TRUE(json_fault("{\"a\": tru}")->contains("byte")) << *json_fault("{\"a\": tru}");
}

TEST(JsonFault, bounds_nesting) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_FALSE(json_fault(nested(400)));
    EXPECT_TRUE(json_fault(nested(100'000)));
}

TEST(JsonLine, can_be_cut_out_of_a_line) {
    EXPECT_TRUE(is_json_line("{\"a\": 1.0}"));
    for (const auto* const text : {"", " {}", "{} ", "{\n}", "{\r}", "{", "\t1"}) {
        EXPECT_FALSE(is_json_line(text)) << text;
    }
}

TEST(JsonMembers, keep_the_bytes_of_their_values) {
    EXPECT_EQ(members_of("{}"), Parts{});
    EXPECT_EQ(members_of(" { } "), Parts{});
    EXPECT_EQ(members_of(R"({"a":1.0,"b" : {"c":[1,"}"]} , "d":"x\"y\\"})"),
              (Parts{{"a", "1.0"}, {"b", R"({"c":[1,"}"]})"}, {"d", R"("x\"y\\")"}}));
    EXPECT_EQ(members_of(R"({"\u0061\n":null,"":true})"), (Parts{{"a\n", "null"}, {"", "true"}}));
}

TEST(JsonMembers, are_those_of_objects_only) {
    for (const auto* const text : {"[]", "1", "\"{}\"", "null"}) {
        EXPECT_FALSE(for_each_member(text, [](const JsonMember&) { return true; })) << text;
    }
}

TEST(JsonMembers, have_texts_that_make_up_the_object) {
    const std::string object = R"({ "a": 1 ,  "b":[ 2 ]})";
    std::string joined = "{";
    for_each_member(object, [&](const JsonMember& member) {
        if (joined.size() > 1) joined += ',';
        joined += member.text;
        return true;
    });
    EXPECT_EQ(joined + "}", object);
}

TEST(JsonElements, are_visited_until_told_to_stop) {
    std::vector<std::string> seen;
    EXPECT_TRUE(for_each_element(R"([1, "a,]" ,[3],{}])", [&](std::string_view element) {
        seen.emplace_back(element);
        return seen.size() < 3;
    }));
    EXPECT_EQ(seen, (std::vector<std::string>{"1", R"("a,]")", "[3]"}));
    EXPECT_FALSE(for_each_element("{}", [](std::string_view) { return true; }));
}

TEST(JsonString, is_decoded) {
    EXPECT_EQ(json_string(R"("plain")"), "plain");
    EXPECT_EQ(json_string(R"("\u00e4\t\"\ud83d\ude00")"), "ä\t\"😀");
    EXPECT_EQ(json_string("1"), std::nullopt);
}

TEST(JsonString, is_written_so_that_it_reads_the_same) {
    for (const std::string& text : {std::string{"plain"}, std::string{"a\"b\\c\n\r\t\x01\x7f"},
                                    std::string{"äöü 😀"}, std::string{"\0", 1}}) {
        std::string json;
        append_json_string(json, text);
        EXPECT_EQ(json_fault(json), std::nullopt) << json;
        EXPECT_EQ(json_string(json), text);
    }
    std::string repaired;
    append_json_string(repaired, "a\xFF\xC3z");
    EXPECT_EQ(repaired, "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace mainstem::cli
