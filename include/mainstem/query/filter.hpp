// Which documents: conditions on their fields, and how they are joined. The same filter gives the
// same documents in every backend.
//
// A field is null where a document does not have it, has null there, or has a list or an object:
// those are seen by `exists` and `contains` alone. Conditions are true or false, never unknown:
// `x != 1` is the opposite of `x = 1` and holds where x is null. An order (`<` and so on) holds
// between two numbers or between two texts and nothing else. True counts as 1 and false as 0;
// numbers compare by what they are worth, texts by their bytes.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mainstem {

/// What a field is compared with, or what one has.
class FieldValue {
public:
    using Null = std::monostate;

    FieldValue() = default;
    FieldValue(bool value) : value_(std::int64_t{value}) {}  // NOLINT: any of these is one
    template <std::signed_integral T>
    FieldValue(T value) : value_(std::int64_t{value}) {}  // NOLINT
    /// Above the largest signed number: the nearest double.
    template <std::unsigned_integral T>
    FieldValue(T value) : FieldValue(std::uint64_t{value}, 0) {}  // NOLINT
    /// Must be finite; `check_query` refuses others.
    FieldValue(double value) : value_(value) {}                         // NOLINT
    FieldValue(std::string value) : value_(std::move(value)) {}         // NOLINT
    FieldValue(std::string_view value) : value_(std::string{value}) {}  // NOLINT
    FieldValue(const char* value) : value_(std::string{value}) {}       // NOLINT

    [[nodiscard]] bool is_null() const noexcept { return value_.index() == 0; }
    [[nodiscard]] bool is_text() const noexcept { return value_.index() == 3; }
    [[nodiscard]] const auto& get() const noexcept { return value_; }

    /// As values, so that 1 and 1.0 are equal.
    friend bool operator==(const FieldValue& one, const FieldValue& other) noexcept {
        return (one <=> other) == 0;
    }
    /// The order of sorting: null, numbers, texts by their bytes. Not for NaN.
    friend std::weak_ordering operator<=>(const FieldValue& one, const FieldValue& other) noexcept;

private:
    FieldValue(std::uint64_t value, int);

    std::variant<Null, std::int64_t, double, std::string> value_;
};

/// Where a value stands in a document: names of fields joined by dots, `address.city`; each a
/// letter (a to z) or `_`, then letters, digits, `_` and `-`. Two names stand for what every
/// document has:
/// `_id`, and `_version`, the position of the last event that changed it.
using FieldPath = std::string;

enum class Comparison : std::uint8_t {
    equal,      ///< one value; null asks whether the field is null
    not_equal,  ///< the opposite
    less,
    at_most,
    greater,
    at_least,
    in,           ///< equal to one of the values
    starts_with,  ///< a text that begins with the value, a text
    contains,     ///< a list that has the value, which is not null
    exists,       ///< there and not null, whatever it is; no value
};

struct Condition {
    FieldPath field;
    Comparison comparison = Comparison::exists;
    std::vector<FieldValue> values = {};

    bool operator==(const Condition&) const = default;
};

/// A tree of conditions. Default-made, it holds for every document.
struct Filter {
    enum class Kind : std::uint8_t {
        all_of,     ///< of `parts`; of none: everything
        any_of,     ///< of `parts`; of none: nothing
        negation,   ///< of the only part
        condition,  ///< `condition` itself
    };
    Kind kind = Kind::all_of;
    std::vector<Filter> parts = {};
    Condition condition = {};

    Filter() = default;
    Filter(Condition one) : kind(Kind::condition), condition(std::move(one)) {}  // NOLINT

    bool operator==(const Filter&) const = default;
    /// True if it holds for every document, by being empty.
    [[nodiscard]] bool empty() const noexcept { return kind == Kind::all_of && parts.empty(); }
};

/// Both, either, not: lists of the same kind are joined to one, what decides nothing is left out,
/// and the opposite of an opposite is the filter itself.
[[nodiscard]] Filter operator&&(Filter one, Filter other);
[[nodiscard]] Filter operator||(Filter one, Filter other);
[[nodiscard]] Filter operator!(Filter one);

/// A field by its path, from which conditions are made: `Field{"balance"} >= 50`.
class Field {
public:
    explicit Field(FieldPath path) : path_(std::move(path)) {}

    [[nodiscard]] const FieldPath& path() const noexcept { return path_; }

    [[nodiscard]] Filter in(std::vector<FieldValue> values) const {
        return Condition{path_, Comparison::in, std::move(values)};
    }
    [[nodiscard]] Filter starts_with(std::string_view text) const {
        return compare(Comparison::starts_with, text);
    }
    [[nodiscard]] Filter contains(FieldValue value) const {
        return compare(Comparison::contains, std::move(value));
    }
    [[nodiscard]] Filter exists() const { return Condition{path_, Comparison::exists}; }

    friend Filter operator==(const Field& field, FieldValue value) {
        return field.compare(Comparison::equal, std::move(value));
    }
    friend Filter operator!=(const Field& field, FieldValue value) {
        return field.compare(Comparison::not_equal, std::move(value));
    }
    friend Filter operator<(const Field& field, FieldValue value) {
        return field.compare(Comparison::less, std::move(value));
    }
    friend Filter operator<=(const Field& field, FieldValue value) {
        return field.compare(Comparison::at_most, std::move(value));
    }
    friend Filter operator>(const Field& field, FieldValue value) {
        return field.compare(Comparison::greater, std::move(value));
    }
    friend Filter operator>=(const Field& field, FieldValue value) {
        return field.compare(Comparison::at_least, std::move(value));
    }

private:
    [[nodiscard]] Filter compare(Comparison comparison, FieldValue value) const {
        return Condition{path_, comparison, {std::move(value)}};
    }

    FieldPath path_;
};

}  // namespace mainstem
