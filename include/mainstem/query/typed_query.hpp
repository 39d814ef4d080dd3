// Queries over documents that are written from structs: fields are named by pointers to members, so
// that a field that is misspelt, or compared with what it can never be, does not compile.
//
//     Query<Account>{.where = field<&Account::balance> >= 50 && field<&Account::open> == true,
//                    .sort = {descending(field<&Account::balance>)},
//                    .limit = 10}
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <mainstem/event/json.hpp>
#include <mainstem/query/filter.hpp>
#include <mainstem/query/query.hpp>

namespace mainstem {
namespace detail {

template <class T>
struct MemberPointer {
    static_assert(sizeof(T) == 0,
                  "a field is named by a pointer to a member, as &Account::balance");
};
template <class Struct, class Member>
struct MemberPointer<Member Struct::*> {
    static_assert(!std::is_function_v<Member>, "a field is a data member, not a function");
    using In = Struct;
    using Type = Member;
};

template <class T>
struct WithoutOptional {
    using Type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
    using Type = T;
};

/// What the compiler calls a pointer to a member, which ends in the member's name.
template <auto member>
consteval const char* member_signature() {
    return __PRETTY_FUNCTION__;
}

/// GCC: "… [with auto member = &Account::balance]", clang: "… [member = &Account::balance]".
template <auto member>
consteval std::string_view member_name() {
    std::string_view text = member_signature<member>();
    while (text.back() == ']' || text.back() == ')') text.remove_suffix(1);
    return text.substr(text.find_last_of(':') + 1);
}

/// The names, joined by dots.
template <auto first, auto... further>
inline constexpr auto member_path = [] {
    constexpr std::size_t size =
        (member_name<first>().size() + ... + (member_name<further>().size() + 1));
    std::array<char, size> path{};
    char* end = std::ranges::copy(member_name<first>(), path.data()).out;
    ((*end = '.', end = std::ranges::copy(member_name<further>(), end + 1).out), ...);
    return path;
}();

/// The type of the last member, empty or not. Each but the first is one of the struct before it.
template <auto first, auto... further>
struct LastMember {
    using Type = typename WithoutOptional<
        typename MemberPointer<std::remove_const_t<decltype(first)>>::Type>::Type;
};
template <auto first, auto second, auto... further>
struct LastMember<first, second, further...> {
    static_assert(std::same_as<typename LastMember<first>::Type,
                               typename MemberPointer<std::remove_const_t<decltype(second)>>::In>,
                  "each member behind the first must be one of the struct before it, as in "
                  "field<&Account::address, &Address::city>");
    using Type = typename LastMember<second, further...>::Type;
};

template <class T>
concept NumberField = (std::is_arithmetic_v<T> && !std::same_as<T, bool> && !std::same_as<T, char>);
template <class T>
concept TextField = JsonString<T> || std::same_as<T, EventId> || std::same_as<T, Timestamp>;

/// `value`, if a field of type `Member` can have it.
template <class Member, class Value>
FieldValue field_value(const Value& value) {
    if constexpr (std::same_as<Value, FieldValue> || std::same_as<Value, FieldValue::Null> ||
                  std::same_as<Value, std::nullopt_t>) {
        static_assert(!std::same_as<Value, FieldValue>,
                      "give the value itself, not a FieldValue: its type is checked");
        return {};
    } else if constexpr (std::same_as<Member, bool>) {
        static_assert(std::same_as<Value, bool>,
                      "a field that is true or false is compared with true or false");
        return static_cast<bool>(value);
    } else if constexpr (NumberField<Member>) {
        static_assert(NumberField<Value>, "a field that is a number is compared with a number");
        if constexpr (std::floating_point<Value>) {
            return static_cast<double>(value);
        } else {
            return value;
        }
    } else if constexpr (std::is_enum_v<Member>) {
        static_assert(std::same_as<Value, Member>,
                      "a field that is an enum is compared with a value of that enum");
        return static_cast<std::underlying_type_t<Member>>(value);
    } else if constexpr (std::same_as<Member, Timestamp> && std::same_as<Value, Timestamp>) {
        return to_rfc3339(value);
    } else if constexpr (std::same_as<Member, EventId> && std::same_as<Value, EventId>) {
        return value.to_string();
    } else if constexpr (TextField<Member>) {
        constexpr bool is_same = is_text_kind<Value> && std::same_as<Value, Member>;
        static_assert(std::convertible_to<const Value&, std::string_view> || is_same,
                      "a field that is a text is compared with a text");
        if constexpr (is_same) {
            return value.view();
        } else {
            return std::string_view{value};
        }
    } else {
        static_assert(sizeof(Member) == 0,
                      "a list or a struct is not compared: ask contains() or exists(), or name a "
                      "field of the struct, as in field<&Account::address, &Address::city>");
        return {};
    }
}

template <class Member>
constexpr bool is_ordered_field() {
    static_assert(!std::same_as<Member, Timestamp>,
                  "a time is stored as a text whose order is not that of time, as fractions of a "
                  "second are left out where there are none; store a number to order by");
    return true;
}

template <auto... members>
inline constexpr bool is_number_field =
    NumberField<typename WithoutOptional<typename LastMember<members...>::Type>::Type>;

/// What a list of values for a field is given as.
template <class Member>
using FieldChoice =
    std::conditional_t<JsonString<Member>, std::string, std::remove_const_t<Member>>;

template <class T>
concept HasCollection = requires {
    { T::collection } -> std::convertible_to<std::string_view>;
};

}  // namespace detail

/// A field that is named by a member, or by members one within the other. It is made into
/// conditions as Field is, and goes where a Field goes. A comparison takes only what the member can
/// be: numbers for numbers, texts for texts, a value of the enum for an enum; std::nullopt asks
/// whether it is null.
template <auto... members>
class TypedField {
public:
    using Type = typename detail::LastMember<members...>::Type;

    [[nodiscard]] static constexpr std::string_view path() noexcept {
        constexpr const auto& path = detail::member_path<members...>;
        return {path.data(), path.size()};
    }
    operator Field() const { return Field{std::string{path()}}; }  // NOLINT: it is one

    [[nodiscard]] Filter in(const std::vector<detail::FieldChoice<Type>>& choices) const {
        std::vector<FieldValue> values;
        for (const auto& choice : choices) {
            values.push_back(detail::field_value<Type, detail::FieldChoice<Type>>(choice));
        }
        return as_field().in(std::move(values));
    }
    [[nodiscard]] Filter starts_with(std::string_view text) const {
        static_assert(detail::TextField<Type>, "only a field that is a text starts with one");
        return as_field().starts_with(text);
    }
    /// The value is one that an element of the list can have.
    template <class Value>
    [[nodiscard]] Filter contains(const Value& value) const {
        static_assert(detail::JsonList<Type>, "only a field that is a list contains values");
        if constexpr (detail::JsonList<Type>) {
            using Element = typename detail::WithoutOptional<typename Type::value_type>::Type;
            return as_field().contains(detail::field_value<Element>(decayed(value)));
        } else {
            return {};
        }
    }
    [[nodiscard]] Filter exists() const { return as_field().exists(); }

    template <class Value>
    friend Filter operator==(const TypedField& field, const Value& value) {
        return field.as_field() == detail::field_value<Type>(decayed(value));
    }
    template <class Value>
    friend Filter operator!=(const TypedField& field, const Value& value) {
        return field.as_field() != detail::field_value<Type>(decayed(value));
    }
    template <class Value>
        requires(detail::is_ordered_field<Type>())
    friend Filter operator<(const TypedField& field, const Value& value) {
        return field.as_field() < detail::field_value<Type>(decayed(value));
    }
    template <class Value>
        requires(detail::is_ordered_field<Type>())
    friend Filter operator<=(const TypedField& field, const Value& value) {
        return field.as_field() <= detail::field_value<Type>(decayed(value));
    }
    template <class Value>
        requires(detail::is_ordered_field<Type>())
    friend Filter operator>(const TypedField& field, const Value& value) {
        return field.as_field() > detail::field_value<Type>(decayed(value));
    }
    template <class Value>
        requires(detail::is_ordered_field<Type>())
    friend Filter operator>=(const TypedField& field, const Value& value) {
        return field.as_field() >= detail::field_value<Type>(decayed(value));
    }

private:
    [[nodiscard]] Field as_field() const { return *this; }

    /// Literals as pointers.
    template <class Value>
    static std::decay_t<const Value&> decayed(const Value& value) {
        return value;
    }
};

template <auto... members>
inline constexpr TypedField<members...> field{};

/// As of a Field, but only of numbers.
template <auto... members>
[[nodiscard]] Aggregate sum_of(const TypedField<members...>& field, std::string as = {}) {
    static_assert(detail::is_number_field<members...>, "only a field that is a number has a sum");
    return sum_of(Field{field}, std::move(as));
}
template <auto... members>
[[nodiscard]] Aggregate avg_of(const TypedField<members...>& field, std::string as = {}) {
    static_assert(detail::is_number_field<members...>,
                  "only a field that is a number has an average");
    return avg_of(Field{field}, std::move(as));
}

/// A DocumentQuery for groups of the documents of one type, or with nothing to group by for all of
/// them as one; ReadModel::rows takes its answer apart.
template <class T>
struct GroupQuery {
    static_assert(detail::HasCollection<T>,
                  "a type of documents says where they are kept, as in "
                  "static constexpr auto collection = \"accounts\"");

    Filter where = {};
    std::vector<FieldPath> group_by = {};
    std::vector<Aggregate> aggregates = {};
    std::vector<SortKey> sort = {};
    std::uint64_t limit = DocumentQuery::no_limit;
    std::uint64_t offset = 0;

    operator DocumentQuery() const {  // NOLINT: it is one
        return {.collection = std::string{std::string_view{T::collection}},
                .where = where,
                .sort = sort,
                .limit = limit,
                .offset = offset,
                .group_by = group_by,
                .aggregates = aggregates};
    }
};

/// A DocumentQuery for the whole documents of one type, whose collection is `T::collection`.
template <class T>
struct Query {
    static_assert(detail::HasCollection<T>,
                  "a type of documents says where they are kept, as in "
                  "static constexpr auto collection = \"accounts\"");

    Filter where = {};
    std::vector<SortKey> sort = {};
    std::uint64_t limit = DocumentQuery::no_limit;
    std::uint64_t offset = 0;
    std::string after = {};

    operator DocumentQuery() const {  // NOLINT: it is one
        return {.collection = std::string{std::string_view{T::collection}},
                .where = where,
                .sort = sort,
                .limit = limit,
                .offset = offset,
                .after = after};
    }
};

}  // namespace mainstem
