// Recursive descent, no deeper than a filter may be: or, and, not, a condition.
#include "query/filter_parser.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/event/json_value.hpp>

#include "query/rules.hpp"
#include "query/words.hpp"

namespace mainstem {
namespace query {
namespace {

using Kind = Token::Kind;

constexpr std::string_view any_comparison =
    "a comparison: =, !=, <, <=, >, >=, in, starts with, contains, exists or is null";

constexpr std::array<std::pair<std::string_view, Comparison>, 6> signs{
    {{"=", Comparison::equal},
     {"!=", Comparison::not_equal},
     {"<", Comparison::less},
     {"<=", Comparison::at_most},
     {">", Comparison::greater},
     {">=", Comparison::at_least}}};

std::optional<FieldValue> number_of(std::string_view text) {
    detail::JsonScan as_integer{text};
    std::int64_t integer = 0;
    if (as_integer.get(integer) && as_integer.at_end()) return integer;
    detail::JsonScan as_real{text};
    double real = 0;
    if (as_real.get(real) && as_real.at_end() && std::isfinite(real)) return real;
    return {};
}

class FilterParser {
public:
    explicit FilterParser(Reader& reader) : reader_(reader) {}

    bool take_any(Filter& filter) {
        if (!take_all(filter)) return false;
        while (reader_.take_word("or")) {
            Filter other;
            if (!take_all(other)) return false;
            filter = std::move(filter) || std::move(other);
        }
        return true;
    }

private:
    bool take_all(Filter& filter) {
        if (!take_one(filter)) return false;
        while (reader_.take_word("and")) {
            Filter other;
            if (!take_one(other)) return false;
            filter = std::move(filter) && std::move(other);
        }
        return true;
    }

    bool take_one(Filter& filter) {
        const auto place = reader_.place();
        const bool is_negation = reader_.next_is("not");
        if (!is_negation && !reader_.take_sign("(")) return take_lone(filter);
        if (++depth_ > limits::filter_depth) {
            return reader_.fail(place, fmt::format("conditions are nested more than {} deep",
                                                   limits::filter_depth));
        }
        if (is_negation) {
            reader_.take();
            if (!take_one(filter)) return false;
            filter = !std::move(filter);
        } else if (!take_any(filter) || !reader_.need_sign(")", "and, or, or a closing )")) {
            return false;
        }
        --depth_;
        return true;
    }

    bool take_lone(Filter& filter) {
        if (reader_.take_word("true")) return filter = {}, true;
        if (reader_.take_word("false")) return filter = !Filter{}, true;
        for (const std::string_view word : {"exists", "contains", "in", "starts", "is"}) {
            if (!reader_.next_is(word)) continue;
            return reader_.fail(reader_.place(),
                                fmt::format("{} stands behind a field, as in city exists; if it is "
                                            "a field, write `{}`",
                                            word, word));
        }
        Condition condition;
        if (!reader_.take_path(condition.field)) return false;
        const auto place = reader_.place();
        if (!take_comparison(condition)) return false;
        if (const auto complaint = rules_.check(condition)) return reader_.fail(place, *complaint);
        filter = std::move(condition);
        return true;
    }

    bool take_comparison(Condition& condition) {
        for (const auto& [sign, comparison] : signs) {
            if (!reader_.take_sign(sign)) continue;
            condition.comparison = comparison;
            return take_value(condition.values);
        }
        if (reader_.take_word("exists")) return true;
        if (reader_.take_word("is")) return take_null_test(condition);
        if (reader_.take_word("in")) {
            condition.comparison = Comparison::in;
            return take_values(condition.values);
        }
        if (reader_.take_word("starts")) {
            condition.comparison = Comparison::starts_with;
            return reader_.need_word("with", "with: starts with 'x'") &&
                   take_value(condition.values);
        }
        if (reader_.take_word("contains")) {
            condition.comparison = Comparison::contains;
            return take_value(condition.values);
        }
        return reader_.unexpected(any_comparison);
    }

    bool take_null_test(Condition& condition) {
        const bool is_not = reader_.take_word("not");
        condition.comparison = is_not ? Comparison::not_equal : Comparison::equal;
        condition.values.emplace_back();
        return reader_.need_word("null",
                                 is_not ? "null: is not null" : "null or not null behind is");
    }

    bool take_values(std::vector<FieldValue>& values) {
        if (!reader_.need_sign("(", "values in parentheses, as in (1, 2)")) return false;
        if (reader_.take_sign(")")) return true;
        do {
            if (!take_value(values)) return false;
        } while (reader_.take_sign(","));
        return reader_.need_sign(")", "a comma or a closing )");
    }

    bool take_value(std::vector<FieldValue>& values) {
        constexpr std::string_view expected = "a value: null, true, false, a number or a 'text'";
        if (reader_.take_word("null")) return values.emplace_back(), true;
        if (reader_.take_word("true")) return values.emplace_back(true), true;
        if (reader_.take_word("false")) return values.emplace_back(false), true;
        const auto place = reader_.place();
        switch (reader_.next().kind) {
            case Kind::text: return values.emplace_back(reader_.take().text), true;
            case Kind::number: return take_number(values);
            case Kind::word:
            case Kind::name:
                return reader_.fail(place,
                                    "expected a value; a text stands in single quotes, as 'Rome', "
                                    "and fields are compared with values only");
            default: return reader_.unexpected(expected);
        }
    }

    bool take_number(std::vector<FieldValue>& values) {
        const auto token = reader_.take();
        auto number = number_of(token.written);
        if (!number) {
            return reader_.fail({token.begin, token.written},
                                "this is no number, or too large for one; one looks like 5, -0.5 "
                                "or 1e6, and a text stands in single quotes");
        }
        values.push_back(std::move(*number));
        return true;
    }

    Reader& reader_;
    ConditionRules rules_;
    std::size_t depth_ = 0;
};

}  // namespace

bool take_filter(Reader& reader, Filter& filter) {
    const auto place = reader.place();
    if (!FilterParser{reader}.take_any(filter)) return false;
    const auto complaint = check_depth(filter);
    return !complaint || reader.fail(place, *complaint);
}

}  // namespace query

Result<Filter> parse_filter(std::string_view text) {
    query::Reader reader{text};
    Filter filter;
    if (reader.at_end()) {
        reader.fail(reader.place(), "it is empty; write true for every document");
        return reader.error();
    }
    if (!query::take_filter(reader, filter)) return reader.error();
    if (!reader.at_end()) {
        reader.unexpected("and, or, or the end");
        return reader.error();
    }
    return filter;
}

}  // namespace mainstem
