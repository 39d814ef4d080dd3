// Parsed values written again: the one form that the codecs write.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/event/json.hpp>

namespace mainstem::detail {

struct Part {
    double real = 0;
    float short_real = 0;
    std::string text = {};
};

struct Whole {
    std::int64_t number = 0;
    std::uint64_t large = 0;
    double real = 0;
    float short_real = 0;
    bool flag = false;
    std::string text = {};
    std::optional<double> maybe = {};
    std::vector<double> list = {};
    std::map<std::string, Part> parts = {};
};

namespace {

std::string canonical(const std::string& text) {
    JsonFault fault;
    const JsonText parsed{text, fault};
    EXPECT_FALSE(parsed.root().absent()) << text << ": " << fault.to_string();
    std::string out;
    EXPECT_TRUE(write_json_value(out, parsed.root())) << text;
    return out;
}

template <class T>
std::string encoded(const T& value) {
    std::string out;
    JsonFault fault;
    EXPECT_TRUE(write_json(value, out, fault)) << fault.to_string();
    return out;
}

TEST(JsonWriter, writes_without_spaces_and_needless_escapes) {
    EXPECT_EQ(canonical(R"( { "b" : [ 1 , true , null, false ] , "a" : { } , "c":[] } )"),
              R"({"b":[1,true,null,false],"a":{},"c":[]})");
    EXPECT_EQ(canonical(R"(["\u00e4\/\u0041","\u000a\u0001\t","\ud83d\ude00","\"\\"])"),
              R"(["ä/A","\n\u0001\t","😀","\"\\"])");
    EXPECT_EQ(canonical(R"({"\u0061\n":1})"), R"({"a\n":1})");
}

TEST(JsonWriter, keeps_integers_and_doubles_apart) {
    for (const std::string text :
         {"0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
          "18446744073709551615", "1.0", "-0.0", "0.1", "1e+300", "5e-324", "1e-07",
          "9007199254740992.0", "-12345678901234567168", "1.7976931348623157e+308"}) {
        EXPECT_EQ(canonical(text), text);
    }
    EXPECT_EQ(canonical("1.50"), "1.5");
    EXPECT_EQ(canonical("1E2"), "100.0");
    EXPECT_EQ(canonical("1e300"), "1e+300");
    // Beyond the largest unsigned number an integer is a double, and no point is needed.
    EXPECT_EQ(canonical("18446744073709551616"), "18446744073709551616");
    EXPECT_EQ(canonical("123456789012345683968"), "123456789012345683968");
}

TEST(JsonWriter, refuses_what_json_has_not) {
    std::string out;
    EXPECT_FALSE(write_json_value(out, JsonValue{}));
    JsonFault fault;
    const JsonText parsed{"[1e400]", fault};
    ASSERT_FALSE(parsed.root().absent());
    EXPECT_FALSE(write_json_value(out, parsed.root()));
}

TEST(JsonWriter, writes_a_part_as_it_stands_in_the_whole) {
    const std::string part = R"({"real":1.0,"text":"ä\n","list":[1,2.5]})";
    const std::string text = R"({"id":"x","part":)" + part + "}";
    JsonFault fault;
    const JsonText parsed{text, fault};
    std::string out;
    EXPECT_TRUE(write_json_value(out, parsed.root().member("part")));
    EXPECT_EQ(out, part);
}

TEST(JsonWriter, writes_what_the_codecs_write) {
    Whole whole{.number = std::numeric_limits<std::int64_t>::min(),
                .large = std::numeric_limits<std::uint64_t>::max(),
                .real = -0.0,
                .short_real = 16777216.0F,
                .text = "line\nbreak \"ä\"",
                .list = {1.0, 1e22, 0.1, 1e15, 12345678901234567890.0, 1.2345678901234568e20},
                .parts = {{"a", {.real = 1, .short_real = 3.4e38F}}}};
    EXPECT_EQ(canonical(encoded(whole)), encoded(whole));
    whole.maybe = 5e-324;
    whole.short_real = -0.0F;
    EXPECT_EQ(canonical(encoded(whole)), encoded(whole));
}

TEST(JsonWriter, reads_minus_zero_back) {
    EXPECT_EQ(encoded(-0.0), "-0.0");
    double back = 1;
    JsonFault fault;
    ASSERT_TRUE(read_json(back, "-0.0", fault));
    EXPECT_TRUE(std::signbit(back));
}

RC_GTEST_PROP(JsonWriterProperties, numbers_of_the_codecs_stay, (std::uint64_t bits)) {
    double number = 0;
    static_assert(sizeof number == sizeof bits);
    std::memcpy(&number, &bits, sizeof bits);
    RC_PRE(std::isfinite(number));
    RC_ASSERT(canonical(encoded(number)) == encoded(number));
    const auto rounded = std::round(number);
    RC_ASSERT(canonical(encoded(rounded)) == encoded(rounded));
    const auto small = static_cast<double>(static_cast<std::int64_t>(bits));
    RC_ASSERT(canonical(encoded(small)) == encoded(small));
    const auto once = canonical(encoded(number) + "\n");
    RC_ASSERT(canonical(once) == once);
    float narrow = 0;
    std::memcpy(&narrow, &bits, sizeof narrow);
    if (std::isfinite(narrow)) RC_ASSERT(canonical(encoded(narrow)) == encoded(narrow));
}

}  // namespace
}  // namespace mainstem::detail
