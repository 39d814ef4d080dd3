// Values as JSON: what is written, that it comes back, that the quick reader never says something
// else than the thorough one, and what is said about a text that does not fit.
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/event/json.hpp>

namespace mainstem::detail {

enum class Colour : std::uint8_t { red, green };

struct Inner {
    int number = 0;
    std::string text = {};

    bool operator==(const Inner&) const = default;
};

struct Everything {
    bool flag = false;
    std::int8_t small = 0;
    std::uint64_t large = 0;
    std::int64_t signed_large = 0;
    double real = 0;
    float short_real = 0;
    Colour colour = Colour::red;
    std::string text = {};
    Tag tag = {};
    std::optional<int> maybe = {};
    std::vector<std::string> list = {};
    std::set<int> set = {};
    std::map<std::string, Inner> map = {};
    Inner inner = {};
    std::vector<std::optional<bool>> flags = {};
    EventId id{};
    Timestamp time{};

    bool operator==(const Everything&) const = default;
};

namespace {

template <class T>
std::string written(const T& value) {
    std::string out;
    JsonFault fault;
    EXPECT_TRUE(write_json(value, out, fault)) << fault.to_string();
    return out;
}

template <class T>
std::string problem_of(const std::string& text) {
    T value{};
    JsonFault fault;
    EXPECT_FALSE(read_json(value, text, fault)) << text;
    return fault.to_string();
}

TEST(Json, names_fields_as_the_struct_does) {
    EXPECT_EQ((field_name<Everything, 0>()), "flag");
    EXPECT_EQ((field_name<Everything, 9>()), "maybe");
    EXPECT_EQ((field_name<Everything, 16>()), "time");
    EXPECT_EQ(field_count<Everything>, 17U);
}

struct Unnamed {
    int first = 0;
    Inner second = {};
};

TEST(Json, names_fields_of_structs_that_no_other_file_can_name) {
    struct Local {
        int third = 0;
    };
    EXPECT_EQ((field_name<Unnamed, 1>()), "second");
    EXPECT_EQ((field_name<Local, 0>()), "third");
}

TEST(Json, is_written_field_by_field) {
    Everything value{.text = "a\"\n\x01ö",
                     .tag = Tag{"order:1"},
                     .maybe = {},
                     .list = {"x"},
                     .set = {2, 1},
                     .map = {{"k", {7, "v"}}},
                     .inner = {},
                     .flags = {true, std::nullopt}};
    value.real = 0.1;
    EXPECT_EQ(written(value),
              R"({"flag":false,"small":0,"large":0,"signed_large":0,"real":0.1,"short_real":0,)"
              R"("colour":0,"text":"a\"\n\u0001ö","tag":"order:1","list":["x"],"set":[1,2],)"
              R"("map":{"k":{"number":7,"text":"v"}},"inner":{"number":0,"text":""},)"
              R"("flags":[true,null],"id":"00000000-0000-0000-0000-000000000000",)"
              R"("time":"1970-01-01T00:00:00Z"})");
}

TEST(Json, has_no_form_for_infinite_numbers_and_broken_text) {
    std::string out;
    JsonFault fault;
    EXPECT_FALSE(write_json(Everything{.real = INFINITY}, out, fault));
    EXPECT_EQ(fault.to_string(), "field \"real\": JSON has no infinite number and no NaN");
    fault = {};
    EXPECT_FALSE(write_json(Everything{.map = {{"k", {1, "\xFF"}}}}, out, fault));
    EXPECT_EQ(fault.to_string(), "field \"map.k.text\": the text is no UTF-8");
}

TEST(Json, takes_any_order_spaces_escapes_and_more_fields) {
    Inner value;
    JsonFault fault;
    ASSERT_TRUE(
        read_json(value, " { \"text\" : \"\\u00e4\", \"new\": [1], \"number\":-5 } ", fault));
    EXPECT_EQ(value, (Inner{-5, "ä"}));
}

TEST(Json, says_which_field_does_not_fit) {
    EXPECT_EQ(problem_of<Inner>(R"({"number":1})"), "field \"text\": expected text, found nothing");
    EXPECT_EQ(problem_of<Inner>(R"({"number":"1","text":""})"),
              "field \"number\": expected an integer from -2147483648 to 2147483647, found text "
              "\"1\"");
    EXPECT_EQ(problem_of<Inner>(R"({"number":2147483648,"text":""})"),
              "field \"number\": expected an integer from -2147483648 to 2147483647, found number "
              "2147483648");
    EXPECT_EQ(problem_of<Inner>("[]"), "expected an object, found a list");
    EXPECT_EQ(problem_of<Inner>("{"), "no JSON: incomplete JSON");
    EXPECT_EQ((problem_of<std::map<std::string, std::vector<bool>>>(R"({"a":[true,0]})")),
              "field \"a.1\": expected true or false, found number 0");
    EXPECT_EQ(problem_of<EventId>("\"x\""), "expected a UUID, found text \"x\"");
}

TEST(Json, reads_numbers_only_as_json_has_them) {
    for (const std::string text : {"01", "+1", "0x1", "1.", ".5", "1e", "inf", "nan", "-", "--1"}) {
        problem_of<double>(text);
        problem_of<int>(text);
    }
    JsonFault fault;
    double real = 0;
    for (const std::string text :
         {"0", "-0.5", "1e3", "1.25E-2", "123456789012345678901234567890"}) {
        EXPECT_TRUE(read_json(real, text, fault)) << text;
        EXPECT_EQ(real, std::stod(text));
    }
}

TEST(Json, refuses_an_exponent_that_no_number_needs) {
    problem_of<double>("0e-32024407370955167");
    problem_of<double>("0e32024407370955167");
    JsonFault fault;
    double real = 1;
    EXPECT_TRUE(read_json(real, "0e-0001", fault));
    EXPECT_EQ(real, 0);
}

TEST(Json, reads_no_number_that_it_could_not_write) {
    for (const std::string text : {"1e309", "-1e99999"}) {
        EXPECT_EQ(problem_of<double>(text), "the number is too large");
    }
    for (const std::string text : {"3.5e38", "-1e300", "1e309"}) {
        EXPECT_EQ(problem_of<float>(text), "the number is too large");
    }
    JsonFault fault;
    float largest = 0;
    EXPECT_TRUE(read_json(largest, "3.4028235e+38", fault));
    EXPECT_EQ(largest, std::numeric_limits<float>::max());
}

TEST(Json, refuses_what_is_nested_too_deep) { problem_of<Inner>(std::string(100'000, '[')); }

rc::Gen<std::string> text() {
    return rc::gen::container<std::string>(rc::gen::oneOf(rc::gen::inRange<char>(0x20, 0x7F),
                                                          rc::gen::element('"', '\\', '\n', '\0')));
}

RC_GTEST_PROP(JsonProperty, what_is_written_comes_back, ()) {
    Everything value;
    value.flag = *rc::gen::arbitrary<bool>();
    value.small = *rc::gen::arbitrary<std::int8_t>();
    value.large = *rc::gen::arbitrary<std::uint64_t>();
    value.signed_large = *rc::gen::arbitrary<std::int64_t>();
    value.real = *rc::gen::arbitrary<double>();
    value.short_real = *rc::gen::arbitrary<float>();
    value.text = *text();
    if (*rc::gen::arbitrary<bool>()) value.maybe = *rc::gen::arbitrary<int>();
    value.list = *rc::gen::container<std::vector<std::string>>(text());
    value.set = *rc::gen::arbitrary<std::set<int>>();
    for (const auto& key : *rc::gen::container<std::vector<std::string>>(text())) {
        value.map[key] = {static_cast<int>(key.size()), key};
    }
    const auto out = written(value);
    Everything back{.text = "old", .maybe = 1, .list = {"old"}};
    JsonFault fault;
    RC_ASSERT(read_json(back, out, fault));
    RC_ASSERT(back == value);
    // The thorough reader alone says the same.
    const JsonText parsed{out, fault};
    Everything thorough;
    RC_ASSERT(Json<Everything>::read(thorough, parsed.root(), fault));
    RC_ASSERT(thorough == value);
}

RC_GTEST_PROP(JsonProperty, quick_reader_takes_nothing_that_the_thorough_one_refuses, ()) {
    auto out = written(Inner{*rc::gen::arbitrary<int>(), *text()});
    const auto changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, out.size());
        out[at] = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                  rc::gen::element('"', '\\', '{', '}', ',', '0', '-', 'e', '.'));
    }
    Inner quick;
    JsonScan scan{out};
    const bool taken = Json<Inner>::scan(quick, scan) && scan.at_end();
    JsonFault fault;
    const JsonText parsed{out, fault};
    Inner thorough;
    const bool fits = !parsed.root().absent() && Json<Inner>::read(thorough, parsed.root(), fault);
    RC_ASSERT(!taken || fits);
    RC_ASSERT(!taken || quick == thorough);
}

}  // namespace
}  // namespace mainstem::detail
