// The parsed side of JSON, by Boost.JSON.
#include <mainstem/event/json_value.hpp>

#include <array>
#include <limits>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "event/json_parser.hpp"

namespace mainstem::detail {
namespace {

/// What most payloads need; more comes from the heap.
constexpr std::size_t parsed_bytes = 2048;
/// Of a value in a message.
constexpr std::size_t shown_bytes = 40;

const boost::json::value& boosted(const void* value) {
    return *static_cast<const boost::json::value*>(value);
}

/// Stands in a message of one line: the one control character that JSON does not escape is.
std::string printable(std::string text) {
    for (auto at = text.find('\x7f'); at != std::string::npos; at = text.find('\x7f', at)) {
        text.replace(at, 1, "\\u007f");
    }
    return text;
}

std::string cut(std::string text) {
    if (text.size() <= shown_bytes) return text;
    std::size_t end = shown_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

}  // namespace

bool JsonFault::in(std::string_view name) {
    field = field.empty() ? std::string{name} : fmt::format("{}.{}", name, field);
    return false;
}

std::string JsonFault::to_string() const {
    return field.empty() ? problem : fmt::format("field \"{}\": {}", field, problem);
}

bool JsonValue::is_null() const noexcept { return value_ && boosted(value_).is_null(); }
bool JsonValue::is_array() const noexcept { return value_ && boosted(value_).is_array(); }
bool JsonValue::is_object() const noexcept { return value_ && boosted(value_).is_object(); }

bool JsonValue::get(bool& value) const noexcept {
    if (!value_ || !boosted(value_).is_bool()) return false;
    value = boosted(value_).get_bool();
    return true;
}

bool JsonValue::get(std::int64_t& value) const noexcept {
    if (!value_ || !boosted(value_).is_int64()) return false;
    value = boosted(value_).get_int64();
    return true;
}

bool JsonValue::get(std::uint64_t& value) const noexcept {
    if (!value_) return false;
    const auto& from = boosted(value_);
    if (from.is_uint64()) {
        value = from.get_uint64();
    } else if (from.is_int64() && from.get_int64() >= 0) {
        value = static_cast<std::uint64_t>(from.get_int64());
    } else {
        return false;
    }
    return true;
}

bool JsonValue::get(double& value) const noexcept {
    if (!value_) return false;
    const auto& from = boosted(value_);
    if (from.is_double()) {
        value = from.get_double();
    } else if (from.is_int64()) {
        value = static_cast<double>(from.get_int64());
    } else if (from.is_uint64()) {
        value = static_cast<double>(from.get_uint64());
    } else {
        return false;
    }
    return true;
}

bool JsonValue::get(std::string_view& value) const noexcept {
    if (!value_ || !boosted(value_).is_string()) return false;
    const auto& text = boosted(value_).get_string();
    value = {text.data(), text.size()};
    return true;
}

std::size_t JsonValue::size() const noexcept {
    if (is_array()) return boosted(value_).get_array().size();
    return is_object() ? boosted(value_).get_object().size() : 0;
}

JsonValue JsonValue::element(std::size_t index) const noexcept {
    return JsonValue{&boosted(value_).get_array()[index]};
}

std::pair<std::string_view, JsonValue> JsonValue::member(std::size_t index) const noexcept {
    const auto& pair = boosted(value_).get_object().begin()[index];
    return {{pair.key().data(), pair.key().size()}, JsonValue{&pair.value()}};
}

JsonValue JsonValue::member(std::string_view name) const noexcept {
    if (!is_object()) return {};
    return JsonValue{boosted(value_).get_object().if_contains({name.data(), name.size()})};
}

std::string JsonValue::described() const {
    if (!value_) return "nothing";
    const auto& value = boosted(value_);
    if (value.is_array()) return "a list";
    if (value.is_object()) return "an object";
    const auto text = cut(printable(boost::json::serialize(value)));
    if (value.is_string()) return "text " + text;
    return value.is_number() ? "number " + text : text;
}

struct JsonText::Parsed {
    std::array<unsigned char, parsed_bytes> buffer;
    boost::json::monotonic_resource memory{buffer.data(), buffer.size()};
    boost::json::value root;
    bool valid = false;
};

JsonText::JsonText(std::string_view text, JsonFault& fault) : parsed_(new Parsed) {
    boost::json::error_code error;
    // Made in place: an assigned value would be copied out of the memory that it was made in.
    std::destroy_at(&parsed_->root);
    std::construct_at(&parsed_->root, parse_json(text, &parsed_->memory, error));
    parsed_->valid = !error;
    if (error) fault.is(fmt::format("no JSON: {}", error.message()));
}

JsonText::~JsonText() = default;

JsonValue JsonText::root() const noexcept {
    return parsed_->valid ? JsonValue{&parsed_->root} : JsonValue{};
}

}  // namespace mainstem::detail
