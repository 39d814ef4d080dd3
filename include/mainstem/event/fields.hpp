// The fields of a plain struct: their number, names and values, without a macro and without a word
// from its author. Boost.PFR counts them and takes the struct apart; a field's name is read from
// what the compiler calls a pointer to it. For aggregates without bases, of up to 100 fields.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/pfr/core.hpp>

namespace mainstem::detail {

/// A struct whose members are all public and which has no constructor of its own.
template <class T>
concept PlainStruct = std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_empty_v<T>;

template <class T>
struct Wrapped {
    T value;
};
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"  // structs of unnamed namespaces
#endif
/// Never defined: only its members' addresses are named, while compiling.
template <class T>
extern const Wrapped<T> named;

template <class T>
struct Address {
    const T* address;
};
template <class T>
Address(const T*) -> Address<T>;

/// What the compiler calls the address of a field, which ends in the field's name.
template <Address field>
consteval std::string_view signature() {
    return __PRETTY_FUNCTION__;
}

template <class T, std::size_t I>
consteval std::string_view field_name() {
    constexpr std::string_view text = signature<Address{&boost::pfr::get<I>(named<T>.value)}>();
    // GCC: "…(& named<T>.Wrapped<T>::value.T::name)}; …", clang: "…{&named.value.name}]".
    constexpr std::size_t end = text.rfind('}') - (text[text.rfind('}') - 1] == ')' ? 1U : 0U);
    constexpr std::string_view path = text.substr(0, end);
    return path.substr(path.find_last_of(".:") + 1);
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

template <class T>
inline constexpr std::size_t field_count = [] {
    if constexpr (std::is_empty_v<T>) {
        return std::size_t{0};
    } else {
        return boost::pfr::tuple_size_v<T>;
    }
}();

/// Calls `visit(index constant, field)` for each field in order until one answers false. True if
/// none did.
template <class T, class Visit>
constexpr bool each_field(T& object, Visit&& visit) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (visit(std::integral_constant<std::size_t, I>{}, boost::pfr::get<I>(object)) && ...);
    }(std::make_index_sequence<field_count<std::remove_const_t<T>>>{});
}

/// `,"name":`: what stands before a field's value in the JSON that we write.
template <class T, std::size_t I>
inline constexpr auto json_key = [] {
    constexpr std::string_view name = field_name<T, I>();
    std::array<char, name.size() + 4> key{',', '"'};
    std::copy(name.begin(), name.end(), key.begin() + 2);
    key[name.size() + 2] = '"';
    key[name.size() + 3] = ':';
    return key;
}();

}  // namespace mainstem::detail
