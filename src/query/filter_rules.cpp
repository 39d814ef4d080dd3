// The rules of filters.
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/utf8.hpp>

#include "core/shown.hpp"
#include "query/rules.hpp"
#include "query/values.hpp"
#include "query/words.hpp"

namespace mainstem {
namespace query {
namespace {

bool is_order(Comparison comparison) {
    return comparison == Comparison::less || comparison == Comparison::at_most ||
           comparison == Comparison::greater || comparison == Comparison::at_least;
}

Complaint check_value(const FieldValue& value) {
    const auto view = view_of(value);
    if (const auto* const real = std::get_if<double>(&view)) {
        if (!std::isfinite(*real)) return "no field is an infinite number or NaN";
    }
    if (!is_text(view)) return {};
    const auto text = *std::get_if<std::string_view>(&view);
    if (text.size() > limits::filter_text_bytes) {
        return fmt::format("a text has {} bytes, more than {}: {}", text.size(),
                           limits::filter_text_bytes, shown(text));
    }
    if (!is_utf8(text)) return fmt::format("a text is not UTF-8: {}", shown(text));
    return {};
}

/// How many values stand with a comparison, and which ones make sense.
Complaint check_values(const Condition& condition) {
    const auto& values = condition.values;
    if (condition.comparison == Comparison::in) return {};
    if (condition.comparison == Comparison::exists) {
        if (values.empty()) return {};
        return "exists takes no value";
    }
    if (values.size() != 1) {
        return fmt::format("{} takes one value, not {}", sign_of(condition.comparison),
                           values.size());
    }
    const auto& value = values.front();
    if (condition.comparison == Comparison::starts_with && !value.is_text()) {
        return "starts with takes a text, as 'x'";
    }
    if (value.is_null() && condition.comparison == Comparison::contains) {
        return "a list is not asked for null; exists says whether a field is there";
    }
    if (value.is_null() && is_order(condition.comparison)) {
        return fmt::format("nothing is {} null; write = null or != null",
                           sign_of(condition.comparison));
    }
    return {};
}

/// At most this many levels down, so that a tree made by hand cannot exhaust the stack.
bool deeper_than(const Filter& filter, std::size_t most) {
    if (filter.kind == Filter::Kind::condition) return false;
    if (most == 0) return true;
    for (const Filter& part : filter.parts) {
        if (deeper_than(part, most - 1)) return true;
    }
    return false;
}

Complaint check_parts(const Filter& filter, ConditionRules& rules) {
    if (filter.kind == Filter::Kind::condition) return rules.check(filter.condition);
    if (filter.kind == Filter::Kind::negation && filter.parts.size() != 1) {
        return fmt::format("not stands before one condition, not {}", filter.parts.size());
    }
    for (const Filter& part : filter.parts) {
        if (auto complaint = check_parts(part, rules)) return complaint;
    }
    return {};
}

}  // namespace

Complaint ConditionRules::check(const Condition& condition) {
    if (++conditions_ > limits::filter_conditions) {
        return fmt::format("more than {} conditions", limits::filter_conditions);
    }
    values_ += condition.values.size();
    if (values_ > limits::filter_values) {
        return fmt::format("more than {} values", limits::filter_values);
    }
    if (!is_field_path(condition.field)) return no_path(condition.field);
    if (auto complaint = check_values(condition)) return complaint;
    for (const FieldValue& value : condition.values) {
        if (auto complaint = check_value(value)) return complaint;
    }
    return {};
}

Complaint check_depth(const Filter& filter) {
    if (!deeper_than(filter, limits::filter_depth)) return {};
    return fmt::format("conditions are nested more than {} deep", limits::filter_depth);
}

}  // namespace query

Result<void> check_filter(const Filter& filter) {
    auto complaint = query::check_depth(filter);
    query::ConditionRules rules;
    if (!complaint) complaint = query::check_parts(filter, rules);
    if (complaint) return Error{QueryError::invalid, "filter: " + *complaint};
    return {};
}

}  // namespace mainstem
