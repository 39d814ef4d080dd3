// Values as JSON: what kinds of values there are, and for each how it is written and read. A plain
// struct is an object of its fields; an optional field that is empty is left out.
//
// Each kind reads in two ways: `scan` takes what `write` writes and nothing else, fast; `read`
// takes any JSON that fits, and says what does not. Where `scan` says yes, both give the same.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mainstem/core/time_text.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/event/fields.hpp>
#include <mainstem/event/json_value.hpp>

namespace mainstem::detail {

template <class T>
struct Json {
    static_assert(sizeof(T) == 0,
                  "this type of field has no JSON form: use bool, an integer, float, double, an "
                  "enum, std::string, StreamId, Tag, EventId, Timestamp, a plain struct (all "
                  "members public, no constructor), or std::optional, a list, a set or a map from "
                  "text of such; or specialise mainstem::Codec for the event");

    // So that the words above are the only error.
    static bool write(const T&, std::string&, JsonFault&) { return false; }
    static bool scan(T&, JsonScan&) { return false; }
    static bool read(T&, JsonValue, JsonFault&) { return false; }
};

template <class T>
constexpr bool is_text_kind = false;
template <class Kind>
constexpr bool is_text_kind<Text<Kind>> = true;

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <class T>
concept JsonString = std::same_as<T, std::string> || is_text_kind<T>;
template <class T>
concept JsonMap = std::ranges::range<T> && requires(T& map) {
    typename T::key_type;
    typename T::mapped_type;
    map.emplace_hint(map.end(), typename T::key_type{}, typename T::mapped_type{});
};
template <class T>
concept JsonList = std::ranges::range<T> && !JsonMap<T> && !JsonString<T> &&
                   requires(T& list, typename T::value_type value) {
                       list.insert(list.end(), std::move(value));
                       list.clear();
                   };

inline bool expected(std::string_view what, JsonValue found, JsonFault& fault) {
    return fault.is("expected " + std::string{what} + ", found " + found.described());
}

template <>
struct Json<bool> {
    static bool write(bool value, std::string& out, JsonFault&) {
        out += value ? "true" : "false";
        return true;
    }
    static bool scan(bool& value, JsonScan& text) { return text.get(value); }
    static bool read(bool& value, JsonValue from, JsonFault& fault) {
        return from.get(value) || expected("true or false", from, fault);
    }
};

template <JsonInteger T>
struct Json<T> {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;

    static bool write(T value, std::string& out, JsonFault&) {
        if constexpr (std::is_signed_v<T>) {
            write_json_integer(out, value);
        } else {
            write_json_unsigned(out, value);
        }
        return true;
    }
    static bool scan(T& value, JsonScan& text) {
        Wide wide{};
        return text.get(wide) && narrow(wide, value);
    }
    static bool read(T& value, JsonValue from, JsonFault& fault) {
        Wide wide{};
        if (from.get(wide) && narrow(wide, value)) return true;
        return expected("an integer from " + std::to_string(std::numeric_limits<T>::min()) +
                            " to " + std::to_string(std::numeric_limits<T>::max()),
                        from, fault);
    }

private:
    static bool narrow(Wide wide, T& value) {
        value = static_cast<T>(wide);
        return std::in_range<T>(wide);
    }
};

template <std::floating_point T>
    requires(std::same_as<T, float> || std::same_as<T, double>)
struct Json<T> {
    static bool write(T value, std::string& out, JsonFault& fault) {
        return write_json_number(out, value) || fault.is("JSON has no infinite number and no NaN");
    }
    static bool scan(T& value, JsonScan& text) {
        double wide{};
        return text.get(wide) && narrow(wide, value);
    }
    static bool read(T& value, JsonValue from, JsonFault& fault) {
        double wide{};
        if (!from.get(wide)) return expected("a number", from, fault);
        return narrow(wide, value) || fault.is("the number is too large");
    }

private:
    /// What would be infinite could be read, but never be written again.
    static bool narrow(double wide, T& value) {
        value = static_cast<T>(wide);
        return std::isfinite(value);
    }
};

/// An enum is its number.
template <class T>
    requires std::is_enum_v<T>
struct Json<T> {
    using Number = Json<std::underlying_type_t<T>>;

    static bool write(T value, std::string& out, JsonFault& fault) {
        return Number::write(static_cast<std::underlying_type_t<T>>(value), out, fault);
    }
    static bool scan(T& value, JsonScan& text) {
        std::underlying_type_t<T> number{};
        return Number::scan(number, text) && (value = T{number}, true);
    }
    static bool read(T& value, JsonValue from, JsonFault& fault) {
        std::underlying_type_t<T> number{};
        return Number::read(number, from, fault) && (value = T{number}, true);
    }
};

template <JsonString T>
struct Json<T> {
    static std::string_view view(const T& value) {
        if constexpr (std::same_as<T, std::string>) {
            return value;
        } else {
            return value.view();
        }
    }
    static bool write(const T& value, std::string& out, JsonFault& fault) {
        return write_json_text(out, view(value)) || fault.is("the text is no UTF-8");
    }
    static bool scan(T& value, JsonScan& text) {
        std::string_view found;
        if (!text.get(found)) return false;
        value = found;
        return true;
    }
    static bool read(T& value, JsonValue from, JsonFault& fault) {
        std::string_view found;
        if (!from.get(found)) return expected("text", from, fault);
        value = found;
        return true;
    }
};

/// Kinds that are a text of a certain form. `Form` has to_text(value), parse(text) and a name.
template <class T, class Form>
struct JsonFormed {
    static bool write(const T& value, std::string& out, JsonFault&) {
        return write_json_text(out, Form::to_text(value));
    }
    static bool scan(T& value, JsonScan& text) {
        std::string_view found;
        return text.get(found) && parse(found, value);
    }
    static bool read(T& value, JsonValue from, JsonFault& fault) {
        std::string_view found;
        return (from.get(found) && parse(found, value)) || expected(Form::name, from, fault);
    }

private:
    static bool parse(std::string_view text, T& value) {
        const auto parsed = Form::parse(text);
        if (parsed) value = *parsed;
        return parsed.has_value();
    }
};

struct EventIdForm {
    static constexpr std::string_view name = "a UUID";
    static std::string to_text(const EventId& id) { return id.to_string(); }
    static std::optional<EventId> parse(std::string_view text) { return EventId::parse(text); }
};
template <>
struct Json<EventId> : JsonFormed<EventId, EventIdForm> {};

struct TimestampForm {
    static constexpr std::string_view name = "a time as 2026-01-31T12:00:00Z";
    static std::string to_text(Timestamp time) { return to_rfc3339(time); }
    static std::optional<Timestamp> parse(std::string_view text) { return parse_time(text); }
};
template <>
struct Json<Timestamp> : JsonFormed<Timestamp, TimestampForm> {};

/// Within a list or a map, an empty one is null; an empty field of a struct is left out.
template <class T>
struct Json<std::optional<T>> {
    static bool write(const std::optional<T>& value, std::string& out, JsonFault& fault) {
        if (value) return Json<T>::write(*value, out, fault);
        out += "null";
        return true;
    }
    static bool scan(std::optional<T>& value, JsonScan& text) {
        if (text.take("null")) return value.reset(), true;
        return Json<T>::scan(value.emplace(), text);
    }
    static bool read(std::optional<T>& value, JsonValue from, JsonFault& fault) {
        if (from.absent() || from.is_null()) return value.reset(), true;
        return Json<T>::read(value.emplace(), from, fault);
    }
};
template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <JsonList T>
struct Json<T> {
    using Value = typename T::value_type;

    static bool write(const T& list, std::string& out, JsonFault& fault) {
        std::size_t index = 0;
        for (const Value& value : list) {
            out += index == 0 ? '[' : ',';
            if (!Json<Value>::write(value, out, fault)) return fault.in(std::to_string(index));
            ++index;
        }
        out += index == 0 ? "[]" : "]";
        return true;
    }
    static bool scan(T& list, JsonScan& text) {
        list.clear();
        if (!text.take('[')) return false;
        if (text.take(']')) return true;
        do {
            Value value{};
            if (!Json<Value>::scan(value, text)) return false;
            list.insert(list.end(), std::move(value));
        } while (text.take(','));
        return text.take(']');
    }
    static bool read(T& list, JsonValue from, JsonFault& fault) {
        list.clear();
        if (!from.is_array()) return expected("a list", from, fault);
        for (std::size_t i = 0; i < from.size(); ++i) {
            Value value{};
            if (!Json<Value>::read(value, from.element(i), fault)) {
                return fault.in(std::to_string(i));
            }
            list.insert(list.end(), std::move(value));
        }
        return true;
    }
};

/// A map from text is an object.
template <JsonMap T>
struct Json<T> {
    using Key = typename T::key_type;
    using Value = typename T::mapped_type;
    static_assert(JsonString<Key>, "the keys of a map in an event must be text");

    static bool write(const T& map, std::string& out, JsonFault& fault) {
        char before = '{';
        for (const auto& [key, value] : map) {
            out += std::exchange(before, ',');
            if (!Json<Key>::write(key, out, fault)) return false;
            out += ':';
            if (!Json<Value>::write(value, out, fault)) return fault.in(Json<Key>::view(key));
        }
        out += before == '{' ? "{}" : "}";
        return true;
    }
    static bool scan(T& map, JsonScan& text) {
        map.clear();
        if (!text.take('{')) return false;
        if (text.take('}')) return true;
        do {
            Key key;
            Value value{};
            if (!Json<Key>::scan(key, text) || !text.take(':') || !Json<Value>::scan(value, text)) {
                return false;
            }
            const auto before = map.size();
            map.emplace_hint(map.end(), std::move(key), std::move(value));
            if (map.size() == before) return false;  // the same key again
        } while (text.take(','));
        return text.take('}');
    }
    static bool read(T& map, JsonValue from, JsonFault& fault) {
        map.clear();
        if (!from.is_object()) return expected("an object", from, fault);
        for (std::size_t i = 0; i < from.size(); ++i) {
            const auto [name, found] = from.member(i);
            Value value{};
            if (!Json<Value>::read(value, found, fault)) return fault.in(name);
            map.emplace_hint(map.end(), Key{name}, std::move(value));
        }
        return true;
    }
};

template <class T>
concept JsonStruct = (PlainStruct<T> || (std::is_empty_v<T> && std::is_class_v<T>)) &&
                     !JsonList<T> && !JsonMap<T> && !JsonString<T> && !std::same_as<T, EventId>;

/// Fields that the text has beyond these are passed over: they may come from a newer program.
template <JsonStruct T>
struct Json<T> {
    static bool write(const T& object, std::string& out, JsonFault& fault) {
        out += '{';
        bool first = true;
        const bool written = each_field(object, [&](auto index, const auto& field) {
            return write_field<index()>(field, out, first, fault);
        });
        out += '}';
        return written;
    }
    static bool scan(T& object, JsonScan& text) {
        if (!text.take('{')) return false;
        bool first = true;
        return each_field(object,
                          [&](auto index, auto& field) {
                              return scan_field<index()>(field, text, first);
                          }) &&
               text.take('}');
    }
    static bool read(T& object, JsonValue from, JsonFault& fault) {
        if (!from.is_object()) return expected("an object", from, fault);
        return each_field(object, [&](auto index, auto& field) {
            using Field = std::remove_cvref_t<decltype(field)>;
            constexpr auto name = field_name<T, index()>();
            const auto found = from.member(name);
            return Json<Field>::read(field, found, fault) || fault.in(name);
        });
    }

private:
    /// `,"name":` without the comma if it is the first that is there.
    template <std::size_t I>
    static std::string_view key(bool first) {
        constexpr const auto& text = json_key<T, I>;
        return std::string_view{text.data(), text.size()}.substr(first ? 1 : 0);
    }
    template <std::size_t I, class Field>
    static bool write_field(const Field& field, std::string& out, bool& first, JsonFault& fault) {
        if constexpr (is_optional<Field>) {
            if (!field) return true;
        }
        out += key<I>(std::exchange(first, false));
        return Json<Field>::write(field, out, fault) || fault.in(field_name<T, I>());
    }
    template <std::size_t I, class Field>
    static bool scan_field(Field& field, JsonScan& text, bool& first) {
        if (!text.take(key<I>(first))) {
            if constexpr (is_optional<Field>) return field.reset(), true;
            return false;
        }
        first = false;
        return Json<Field>::scan(field, text);
    }
};

/// Appends the JSON form of `value`; on false, `out` holds no promise.
template <class T>
bool write_json(const T& value, std::string& out, JsonFault& fault) {
    return Json<T>::write(value, out, fault);
}

template <class T>
bool read_json(T& value, std::string_view text, JsonFault& fault) {
    JsonScan quick{text};
    if (Json<T>::scan(value, quick) && quick.at_end()) return true;
    const JsonText parsed{text, fault};
    if (parsed.root().absent()) return false;
    value = T{};
    return Json<T>::read(value, parsed.root(), fault);
}

}  // namespace mainstem::detail
