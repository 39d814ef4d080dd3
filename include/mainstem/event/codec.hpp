// Typed events: a plain struct with a stable `event_type` is an event, a domain's events are their
// std::variant. Here is how they become stored events and come back.
//
//     struct Deposited {
//         static constexpr auto event_type = "MoneyDeposited";   // stored; never changes
//         std::string account;
//         std::int64_t amount;
//         auto tags() const { return std::vector{"account:" + account}; }   // optional
//     };
//
// A struct that changes keeps its event_type and counts its versions: the new one says
// `static constexpr unsigned event_version = 2;` and `static Deposited upcast(const DepositedV1&)`,
// which turns the one before into it. The one before is a struct of its own with the same
// event_type, which may have an `upcast` itself. What was stored is never rewritten.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <mainstem/core/result.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/event/json.hpp>

namespace mainstem {

/// Why an event could not be made from what is stored, or stored from what was made.
enum class EventError : std::uint8_t {
    unknown_type,   ///< none of the types asked for has the stored type's name
    newer_version,  ///< the type's stored version is newer than the program's
    bad_payload,    ///< the payload does not fit the type
    unencodable,    ///< the value has no stored form: text that is no UTF-8, a number like NaN
};
[[nodiscard]] std::string_view name(EventError code) noexcept;
[[nodiscard]] bool retryable(EventError code) noexcept;

/// What a reader does with an event that it cannot decode: stop with the error, or pass over it and
/// count it.
enum class OnUnreadable : std::uint8_t { stop, skip };

/// How events of type `T` are encoded; by default as JSON, an object of the struct's fields under
/// their names. Specialise it for a type to encode it otherwise. Any thread may call its functions.
template <class T>
struct Codec {
    /// Stored with the event. One that is not empty or JSON is stored as it is.
    static constexpr std::string_view content_type = json_content_type;

    /// Appends the payload to `data`. The error is EventError::unencodable and names the field.
    static Result<void> encode(const T& event, std::string& data) {
        detail::JsonFault fault;
        if (detail::write_json(event, data, fault)) return {};
        return Error{EventError::unencodable, fault.to_string()};
    }

    /// Makes `event`, which is default-made, what the payload says. Fields that the struct does
    /// not have are passed over, an optional one may be missing, any other may not. The error is
    /// EventError::bad_payload and names the field.
    static Result<void> decode(std::string_view data, T& event) {
        detail::JsonFault fault;
        if (detail::read_json(event, data, fault)) return {};
        return Error{EventError::bad_payload, fault.to_string()};
    }
};

/// A struct that says what its stored type is called.
template <class T>
concept TypedEvent = std::is_class_v<T> && requires {
    { T::event_type } -> std::convertible_to<std::string_view>;
};

namespace detail {

/// What most payloads need, so that they are made without growing.
inline constexpr std::size_t encoded_bytes = 112;

template <class Range>
concept TextRange =
    std::ranges::input_range<Range> &&
    std::constructible_from<std::string, std::ranges::range_rvalue_reference_t<Range>>;
template <class T>
concept HasTags = requires(const T& event) {
    { event.tags() } -> TextRange;
};

/// Functions that are known by their names: one in a wrong form would otherwise pass for none.
struct OtherMembers {
    int upcast, tags, streams, query, discover;
};
/// Has each of these names twice if `T` has it, also as overloads: then it is ambiguous.
template <class T>
struct WithOtherMembers : T, OtherMembers {};

/// True if a struct has a `tags` that is no field.
template <class T>
concept NamesTags = requires {
    requires !std::is_member_object_pointer_v<decltype(&T::tags)>;
} || (!requires { &T::tags; } && !std::is_final_v<T> && !requires { &WithOtherMembers<T>::tags; });

/// What an upcast makes of what. Any other function is no upcast.
template <class Function>
struct UpcastShape {
    static constexpr bool fits = false;
};
template <class To, class From>
struct UpcastShape<To (*)(const From&)> {
    static constexpr bool fits = true;
    using Result = To;
    using Argument = From;
};
template <class To, class From>
struct UpcastShape<To (*)(From)> : UpcastShape<To (*)(const From&)> {};

template <class T>
concept Upcasts = requires { &T::upcast; } && UpcastShape<decltype(&T::upcast)>::fits;

/// True if a struct has anything of that name.
template <class T>
concept NamesUpcast = requires { &T::upcast; } ||
                      (!std::is_final_v<T> && !requires { &WithOtherMembers<T>::upcast; });

/// The struct that was `T` before.
template <Upcasts T>
using Before = typename UpcastShape<decltype(&T::upcast)>::Argument;

template <class T>
consteval unsigned event_version() {
    if constexpr (requires { T::event_version; }) {
        static_assert(T::event_version >= 1, "event_version counts from 1");
        return T::event_version;
    } else {
        return 1;
    }
}

/// What is stored as content type: version 1 of a type needs no word.
[[nodiscard]] std::string stored_content_type(std::string_view content_type, unsigned version);

/// The version in a stored content type, 1 if there is none, and what is left without it.
struct StoredForm {
    unsigned version = 1;
    std::string_view content_type = json_content_type;
};
[[nodiscard]] StoredForm stored_form(std::string_view content_type) noexcept;

// The errors, with the place: `position 93, stream "account-1", type "MoneyDeposited": …`.
[[nodiscard]] Error unknown_type_error(const EventView& event);
[[nodiscard]] Error newer_version_error(const EventView& event, unsigned stored, unsigned known);
[[nodiscard]] Error payload_error(const EventView& event, const Error& problem);
[[nodiscard]] Error content_type_error(const EventView& event, std::string_view expected);

/// True if the stored type is one of `T` or of a struct that it was before.
template <class T>
bool has_type(std::string_view type) {
    if (std::string_view{T::event_type} == type) return true;
    if constexpr (Upcasts<T>) {
        return has_type<Before<T>>(type);
    } else {
        return false;
    }
}

/// Makes `decoded` what is stored, whose type is that of `T` or of a struct before it.
template <class T>
Result<void> decode_as(const EventView& event, const StoredForm& form, T& decoded) {
    static_assert(Upcasts<T> || !NamesUpcast<T>,
                  "an event's upcast must be one function, `static T upcast(const Before&)`; what "
                  "was before that has an upcast of its own");
    constexpr unsigned version = event_version<T>();
    const bool same_type = std::string_view{T::event_type} == event.type;
    if (form.version == version && same_type) {
        if (form.content_type != Codec<T>::content_type) {
            return content_type_error(event, Codec<T>::content_type);
        }
        auto done = Codec<T>::decode(event.data, decoded);
        return done ? std::move(done) : payload_error(event, done.error());
    }
    if constexpr (Upcasts<T>) {
        constexpr bool returns =
            std::same_as<typename UpcastShape<decltype(&T::upcast)>::Result, T>;
        static_assert(returns,
                      "`static T upcast(const Before&)` must return the struct that it is in");
        static_assert(event_version<Before<T>>() < version ||
                          std::string_view{Before<T>::event_type} != T::event_type,
                      "the struct that `upcast` takes must have a lower event_version");
        if constexpr (returns) {
            if (form.version < version || !same_type) {
                Before<T> before{};
                auto done = decode_as(event, form, before);
                if (done) decoded = T::upcast(std::move(before));
                return done;
            }
        }
    }
    return newer_version_error(event, form.version, version);
}

template <class T, class Visit>
Result<void> visit_as(const EventView& event, Visit& visit) {
    T decoded{};
    auto done = decode_as(event, stored_form(event.content_type), decoded);
    if (done) visit(std::move(decoded));
    return done;
}

/// The types of a struct or a variant, and what to do with a stored event that is one of them.
template <class Event>
struct EventTypes {
    template <class Visit>
    static Result<void> visit(const EventView& event, Visit visit) {
        static_assert(TypedEvent<Event>,
                      "an event needs `static constexpr auto event_type = \"…\"`");
        if constexpr (TypedEvent<Event>) {
            if (has_type<Event>(event.type)) return visit_as<Event>(event, visit);
        }
        return unknown_type_error(event);
    }
};

template <class... Types>
consteval bool distinct_types() {
    const std::array<std::string_view, sizeof...(Types)> names{Types::event_type...};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (names[i] == names[j]) return false;
        }
    }
    return true;
}

template <class... Types>
struct EventTypes<std::variant<Types...>> {
    template <class Visit>
    static Result<void> visit(const EventView& event, Visit visit) {
        static_assert((TypedEvent<Types> && ...),
                      "each event needs `static constexpr auto event_type = \"…\"`");
        if constexpr ((TypedEvent<Types> && ...)) {
            static_assert(distinct_types<Types...>(),
                          "two events of one variant have the same event_type; an older version "
                          "belongs into the `upcast` of the newer one");
        }
        Result<void> done;
        const auto attempt = [&]<class T>(std::type_identity<T>) {
            if (!has_type<T>(event.type)) return false;
            done = visit_as<T>(event, visit);
            return true;
        };
        if ((attempt(std::type_identity<Types>{}) || ...)) return done;
        return unknown_type_error(event);
    }
};

}  // namespace detail

/// A new event, with an id of its own, from a typed one: a struct or a variant of structs. The
/// error is EventError::unencodable and names type and field. O(size).
template <TypedEvent T>
Result<NewEvent> encode(const T& event) {
    static_assert(detail::HasTags<T> || !detail::NamesTags<T>,
                  "an event's tags must be `auto tags() const`, which returns a range of texts");
    Result<NewEvent> encoded{std::in_place, std::string{std::string_view{T::event_type}}};
    encoded->data.reserve(detail::encoded_bytes);
    if (auto done = Codec<T>::encode(event, encoded->data); !done) {
        return done.error().in(encoded->type);
    }
    if constexpr (detail::HasTags<T>) {
        for (auto&& tag : event.tags()) encoded->tags.emplace_back(std::move(tag));
    }
    constexpr unsigned version = detail::event_version<T>();
    if constexpr (version != 1 || Codec<T>::content_type != json_content_type) {
        encoded->content_type = detail::stored_content_type(Codec<T>::content_type, version);
    }
    return encoded;
}

template <TypedEvent... Types>
Result<NewEvent> encode(const std::variant<Types...>& event) {
    return std::visit([](const auto& one) { return encode(one); }, event);
}

/// The typed event that was stored: `Event` is a struct or a variant of structs. An older version
/// is turned into today's. Errors name position, stream, type and field: EventError::unknown_type,
/// newer_version, bad_payload. O(size + number of types).
template <class Event>
Result<Event> decode(const EventView& event) {
    Result<Event> decoded{std::in_place};
    auto done = detail::EventTypes<Event>::visit(
        event, [&](auto&& one) { *decoded = std::forward<decltype(one)>(one); });
    if (!done) decoded = std::move(done).error();
    return decoded;
}

}  // namespace mainstem
