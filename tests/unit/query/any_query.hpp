// Random filters, queries and documents over a few fields and values, so that they meet often.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <mainstem/query/query.hpp>

namespace mainstem {

inline rc::Gen<FieldPath> any_path() {
    return rc::gen::element<FieldPath>("a", "b", "c.d", "c", "order", "list", "_id", "_version");
}

inline rc::Gen<FieldValue> any_value() {
    return rc::gen::element<FieldValue>(FieldValue{}, true, false, 0, 1, 2, 1.0, 1.5, -0.5,
                                        9007199254740993, 9007199254740992.0, INT64_MIN, INT64_MAX,
                                        0x1p63, -0x1p63, 1e300, 5e-324, "", "a", "ab", "b", "it's",
                                        "ä\n", "d1", "null");
}

inline rc::Gen<Filter> any_condition() {
    const auto comparison = rc::gen::map(
        rc::gen::inRange(0, 10), [](int number) { return static_cast<Comparison>(number); });
    return rc::gen::apply(
        [](FieldPath path, Comparison by, std::vector<FieldValue> values) {
            if (by == Comparison::exists) values.clear();
            if (by != Comparison::in && by != Comparison::exists) {
                values.resize(1, FieldValue{1});
            }
            Condition condition{std::move(path), by, std::move(values)};
            // What makes no sense asks for equality instead.
            if (!check_filter(condition)) condition.comparison = Comparison::equal;
            return Filter{std::move(condition)};
        },
        any_path(), comparison,
        rc::gen::resize(4, rc::gen::container<std::vector<FieldValue>>(any_value())));
}

inline rc::Gen<Filter> any_filter(int depth = 3) {
    if (depth == 0) return any_condition();
    const auto two = [depth](auto join) {
        return rc::gen::map(rc::gen::pair(any_filter(depth - 1), any_filter(depth - 1)),
                            [join](std::pair<Filter, Filter> parts) {
                                return join(std::move(parts.first), std::move(parts.second));
                            });
    };
    return rc::gen::weightedOneOf<Filter>(
        {{4, any_condition()},
         {2, two([](Filter one, Filter other) { return std::move(one) && std::move(other); })},
         {2, two([](Filter one, Filter other) { return std::move(one) || std::move(other); })},
         {1, rc::gen::map(any_filter(depth - 1), [](Filter one) { return !std::move(one); })},
         {1, rc::gen::element(Filter{}, !Filter{})}});
}

inline rc::Gen<std::vector<SortKey>> any_sort() {
    const auto key = rc::gen::construct<SortKey>(any_path(), rc::gen::arbitrary<bool>());
    return rc::gen::resize(3, rc::gen::container<std::vector<SortKey>>(key));
}

/// The values that documents of tests have, as JSON.
inline rc::Gen<std::string> any_json() {
    return rc::gen::element<std::string>(
        "null", "true", "false", "0", "1", "2", "1.0", "1.5", "-0.5", "-0.0", "9007199254740993",
        "9007199254740992.0", "-9223372036854775808", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "1e300", "5e-324", "\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"it's\"",
        "\"ä\\n\"", "[]", "[1,\"a\",null]", "[[1],{\"a\":1}]", "{}", "{\"d\":1}", "{\"d\":\"a\"}",
        "{\"d\":[1]}");
}

/// Fields of a document and their JSON.
inline rc::Gen<std::map<std::string, std::string>> any_fields() {
    return rc::gen::resize(
        6, rc::gen::container<std::map<std::string, std::string>>(
               rc::gen::element<std::string>("a", "b", "c", "order", "list"), any_json()));
}

inline std::string json_of_fields(const std::map<std::string, std::string>& fields) {
    std::string json = "{";
    for (const auto& [name, value] : fields) {
        if (json.size() > 1) json += ',';
        json += '"' + name + "\":" + value;
    }
    return json + "}";
}

}  // namespace mainstem
