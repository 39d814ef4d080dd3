// Values of fields without memory of their own, and the one order of all values.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <variant>

#include <mainstem/event/json_value.hpp>
#include <mainstem/query/filter.hpp>

namespace mainstem::query {

/// A FieldValue whose text is somebody else's.
using ValueView = std::variant<std::monostate, std::int64_t, double, std::string_view>;

[[nodiscard]] ValueView view_of(const FieldValue& value) noexcept;
/// Null for what is absent, for lists and objects, and for a number too large for a double.
[[nodiscard]] ValueView view_of(detail::JsonValue value) noexcept;
[[nodiscard]] inline ValueView view_of(const ValueView& value) noexcept { return value; }

[[nodiscard]] FieldValue value_of(const ValueView& view);

[[nodiscard]] inline bool is_null(const ValueView& view) noexcept { return view.index() == 0; }
[[nodiscard]] inline bool is_text(const ValueView& view) noexcept { return view.index() == 3; }
[[nodiscard]] inline bool is_number(const ValueView& view) noexcept {
    return !is_null(view) && !is_text(view);
}

/// The order of FieldValue: null, numbers by what they are worth, texts by their bytes. Integers
/// and doubles are compared as they are, with no rounding.
[[nodiscard]] std::weak_ordering compare(const ValueView& one, const ValueView& other) noexcept;

}  // namespace mainstem::query
