// The order of values. An integer of 64 bits is never rounded to a double to be compared.
#include "query/values.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace mainstem {
namespace query {
namespace {

constexpr double two_to_63 = 9223372036854775808.0;

std::weak_ordering order_of(double one, double other) noexcept {
    if (one < other) return std::weak_ordering::less;
    return one > other ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering order_of(std::int64_t integer, double real) noexcept {
    if (real >= two_to_63) return std::weak_ordering::less;
    if (real < -two_to_63) return std::weak_ordering::greater;
    const auto whole = static_cast<std::int64_t>(real);
    if (integer != whole) return integer <=> whole;
    return order_of(0.0, real - static_cast<double>(whole));  // exact: the fraction
}

/// Null, numbers, texts.
int rank(const ValueView& view) noexcept {
    if (is_null(view)) return 0;
    return is_text(view) ? 2 : 1;
}

std::weak_ordering order_of_numbers(const ValueView& one, const ValueView& other) noexcept {
    const auto* const integer = std::get_if<std::int64_t>(&one);
    const auto* const other_integer = std::get_if<std::int64_t>(&other);
    if (integer && other_integer) return *integer <=> *other_integer;
    if (integer) return order_of(*integer, *std::get_if<double>(&other));
    if (other_integer) return 0 <=> order_of(*other_integer, *std::get_if<double>(&one));
    return order_of(*std::get_if<double>(&one), *std::get_if<double>(&other));
}

}  // namespace

ValueView view_of(const FieldValue& value) noexcept {
    const auto& held = value.get();
    if (const auto* const integer = std::get_if<std::int64_t>(&held)) return *integer;
    if (const auto* const real = std::get_if<double>(&held)) return *real;
    if (const auto* const text = std::get_if<std::string>(&held)) return std::string_view{*text};
    return {};
}

ValueView view_of(detail::JsonValue value) noexcept {
    std::int64_t integer = 0;
    if (value.get(integer)) return integer;
    std::string_view text;
    if (value.get(text)) return text;
    double real = 0;
    if (value.get(real)) return std::isfinite(real) ? ValueView{real} : ValueView{};
    bool flag = false;
    return value.get(flag) ? ValueView{std::int64_t{flag}} : ValueView{};
}

FieldValue value_of(const ValueView& view) {
    return std::visit(
        [](const auto& held) {
            if constexpr (std::is_same_v<decltype(held), const std::monostate&>) {
                return FieldValue{};
            } else {
                return FieldValue{held};
            }
        },
        view);
}

std::weak_ordering compare(const ValueView& one, const ValueView& other) noexcept {
    if (const auto order = rank(one) <=> rank(other); order != 0) return order;
    if (is_null(one)) return std::weak_ordering::equivalent;
    if (is_number(one)) return order_of_numbers(one, other);
    return *std::get_if<std::string_view>(&one) <=> *std::get_if<std::string_view>(&other);
}

}  // namespace query

FieldValue::FieldValue(std::uint64_t value, int /*any unsigned*/) {
    if (std::in_range<std::int64_t>(value)) {
        value_ = static_cast<std::int64_t>(value);
    } else {
        value_ = static_cast<double>(value);
    }
}

std::weak_ordering operator<=>(const FieldValue& one, const FieldValue& other) noexcept {
    return query::compare(query::view_of(one), query::view_of(other));
}

}  // namespace mainstem
