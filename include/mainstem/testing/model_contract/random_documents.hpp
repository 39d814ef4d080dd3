// Random documents, indexes and queries from a seed. They break no rule; values are few, so that
// conditions meet them and unique indexes are broken now and then.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/read_model/model_store.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

/// A value as it stands in a document, and as it stands in a filter.
struct RandomValue {
    std::string_view json;
    FieldValue value;
};

inline const std::vector<RandomValue>& random_values() {
    static const std::vector<RandomValue> values{
        {"null", {}},
        {"true", true},
        {"false", false},
        {"0", 0},
        {"1", 1},
        {"-1", -1},
        {"2", 2.0},
        {"1.0", 1},
        {"1.5", 1.5},
        {"-0.0", 0.0},
        {"0.1", 0.1},
        {"9223372036854775807", std::int64_t{9'223'372'036'854'775'807}},
        {"-9223372036854775808", -9'223'372'036'854'775'807 - 1},
        {"9223372036854775808", std::uint64_t{9'223'372'036'854'775'808U}},
        {"9007199254740993", std::int64_t{9'007'199'254'740'993}},
        {"9007199254740992.0", 9'007'199'254'740'992.0},
        {"1e+300", 1e300},
        {"5e-324", 5e-324},
        {R"("")", ""},
        {R"("a")", "a"},
        {R"("A")", "A"},
        {R"("ab")", "ab"},
        {R"("abc")", "abc"},
        {R"("b")", "b"},
        {R"("1")", "1"},
        {R"("true")", "true"},
        {R"("it's")", "it's"},
        {R"("\"q\"")", "\"q\""},
        {R"("a%")", "a%"},
        {R"("a_c")", "a_c"},
        {R"("a\\b")", "a\\b"},
        {R"("a\nb")", "a\nb"},
        {R"("ß")", "ß"},
        {R"("日本")", "日本"},
        {R"("日")", "日"},
        {R"("😀")", "😀"},
    };
    return values;
}

/// One thread at a time.
class RandomDocuments {
public:
    explicit RandomDocuments(std::uint64_t seed) : random_(seed) {}

    Random& random() { return random_; }

    /// Changes of different documents of "people".
    std::vector<DocumentChange> changes() {
        std::set<std::string> ids;
        for (auto count = random_.below(6); count > 0; --count) ids.insert(id());
        std::vector<DocumentChange> all;
        for (const auto& id : ids) {
            all.push_back(random_.chance(1, 4) ? removal(id) : put(id, document()));
        }
        if (random_.chance(1, 2)) std::ranges::reverse(all);
        return all;
    }

    /// Indexes that documents break rarely enough.
    std::vector<Index> indexes() {
        std::vector<Index> chosen;
        for (const auto& index : candidates()) {
            if (random_.chance(1, 3)) chosen.push_back(index);
        }
        return chosen;
    }

    Filter filter(int depth = 3) {
        if (depth == 0 || random_.chance(1, 2)) return condition();
        if (random_.chance(1, 4)) return !filter(depth - 1);
        Filter made;
        made.kind = random_.chance(1, 2) ? Filter::Kind::all_of : Filter::Kind::any_of;
        for (auto parts = random_.below(4); parts > 0; --parts) {
            made.parts.push_back(filter(depth - 1));
        }
        return made;
    }

    /// Without groups, limit and offset.
    DocumentQuery query() {
        DocumentQuery query{.collection = "people"};
        if (!random_.chance(1, 6)) query.where = filter();
        for (auto& field : fields(random_.below(4))) {
            query.sort.push_back({std::move(field), random_.chance(1, 2)});
        }
        if (random_.chance(1, 3)) query.select = fields(1 + random_.below(3));
        return query;
    }

    DocumentQuery groups() {
        using Function = Aggregate::Function;
        DocumentQuery query{.collection = "people"};
        if (random_.chance(1, 2)) query.where = filter();
        query.group_by = fields(random_.below(3));
        for (auto count = 1 + random_.below(4); count > 0; --count) {
            const auto function =
                pick({Function::count, Function::sum, Function::min, Function::max, Function::avg});
            const bool of_all = function == Function::count && random_.chance(1, 2);
            query.aggregates.push_back(
                {function, of_all ? FieldPath{} : field(), "column" + std::to_string(count)});
        }
        if (random_.chance(1, 2)) query.sort.push_back({"column1", random_.chance(1, 2)});
        if (random_.chance(1, 3)) query.limit = 1 + random_.below(5);
        return query;
    }

private:
    template <class T>
    T pick(std::initializer_list<T> from) {
        return from.begin()[random_.below(from.size())];
    }

    std::string id() {
        return pick<std::string>({"a", "b", "B", "é", "it's", "x-1", "x-2", "日本", "1", "10", "2",
                                  "\"q\"", "a%", "s", "t", "u"});
    }
    FieldPath field() {
        return pick<FieldPath>(
            {"a", "b", "A", "n.x", "n.y", "list", "n", "missing", "u", "_id", "_version"});
    }
    std::vector<FieldPath> fields(std::uint64_t count) {
        std::vector<FieldPath> chosen;
        while (chosen.size() < count) {
            auto one = field();
            if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(std::move(one));
        }
        return chosen;
    }
    const RandomValue& value() {
        const auto& values = random_values();
        return values[random_.below(values.size())];
    }

    std::string list() {
        std::string json = "[";
        for (auto count = random_.below(4); count > 0; --count) {
            json += random_.chance(1, 10) ? "[1]" : value().json;
            if (count > 1) json += ',';
        }
        return json + "]";
    }
    std::string any() {
        if (random_.chance(1, 10)) return list();
        if (random_.chance(1, 10)) return "{\"x\":" + std::string{value().json} + "}";
        return std::string{value().json};
    }
    std::string document() {
        std::string json;
        const auto add = [&](std::string_view name, const std::string& value) {
            json += json.empty() ? "{\"" : ",\"";
            json += std::string{name} + "\":" + value;
        };
        if (random_.chance(4, 5)) add("a", any());
        if (random_.chance(1, 2)) add("A", any());
        if (random_.chance(4, 5)) add("b", std::to_string(random_.below(3)));
        if (random_.chance(2, 3)) add("n", "{\"x\":" + any() + ",\"y\":" + any() + "}");
        if (random_.chance(1, 2)) add("list", list());
        if (random_.chance(4, 5)) add("u", std::to_string(random_.below(40)));
        return json.empty() ? "{}" : json + "}";
    }

    std::vector<Index> candidates() {
        return {{"by_a", {"a"}, false, {}},
                {"by_b_and_A", {"b", "A"}, false, {}},
                {"by_x", {"n.x", "a"}, false, Field{"b"} > 0},
                {"by_list", {"list"}, false, Field{"list"}.exists()},
                {"by_version", {"_version", "_id"}, true, {}},
                unique("by_u", {"u"}),
                unique("by_u_b", {"u", "b"}),
                unique("by_a_b", {"a", "b"}, Field{"u"} < 5),
                unique("by_y", {"n.y", "n.x"}, Field{"a"}.starts_with("a") || Field{"b"} != 1)};
    }

    Condition condition() {
        const auto comparison =
            pick({Comparison::equal, Comparison::not_equal, Comparison::less, Comparison::at_most,
                  Comparison::greater, Comparison::at_least, Comparison::in,
                  Comparison::starts_with, Comparison::contains, Comparison::exists});
        Condition made{field(), comparison, {}};
        if (comparison == Comparison::exists) return made;
        auto count = comparison == Comparison::in ? random_.below(4) : 1;
        while (made.values.size() < count) {
            auto one = wanted(made.field);
            if (fits(comparison, one)) made.values.push_back(std::move(one));
        }
        return made;
    }
    FieldValue wanted(std::string_view field) {
        if (field == "_id" && random_.chance(3, 4)) return id();
        if (field == "_version" && random_.chance(3, 4)) return random_.below(60);
        if (field == "u" && random_.chance(3, 4)) return random_.below(40);
        return value().value;
    }
    static bool fits(Comparison comparison, const FieldValue& value) {
        switch (comparison) {
            case Comparison::equal:
            case Comparison::not_equal:
            case Comparison::in: return true;
            case Comparison::starts_with: return value.is_text();
            default: return !value.is_null();
        }
    }

    Random random_;
};

}  // namespace mainstem::testing::model_contract
