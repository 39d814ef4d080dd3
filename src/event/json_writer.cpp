// A parsed value back as text, in the form in which the codecs write.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/event/json_value.hpp>

namespace mainstem::detail {
namespace {

/// True of a text that would be read as an integer: one too large for that is a double again.
bool is_integer(std::string_view text) {
    std::int64_t number = 0;
    std::uint64_t large = 0;
    JsonScan one{text};
    JsonScan other{text};
    return (one.get(number) && one.at_end()) || (other.get(large) && other.at_end());
}

bool write_double(std::string& out, double number) {
    const auto begin = out.size();
    if (!write_json_number(out, number)) return false;
    if (is_integer(std::string_view{out}.substr(begin))) out += ".0";
    return true;
}

bool write_number(std::string& out, JsonValue value) {
    std::int64_t integer = 0;
    if (value.get(integer)) return write_json_integer(out, integer), true;
    std::uint64_t large = 0;
    if (value.get(large)) return write_json_unsigned(out, large), true;
    double real = 0;
    return value.get(real) && write_double(out, real);
}

bool write_list(std::string& out, JsonValue list) {
    out += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) out += ',';
        if (!write_json_value(out, list.element(i))) return false;
    }
    out += ']';
    return true;
}

bool write_object(std::string& out, JsonValue object) {
    out += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
        const auto [name, value] = object.member(i);
        if (i > 0) out += ',';
        if (!write_json_text(out, name)) return false;
        out += ':';
        if (!write_json_value(out, value)) return false;
    }
    out += '}';
    return true;
}

}  // namespace

bool write_json_value(std::string& out, JsonValue value) {
    if (value.is_null()) return out += "null", true;
    bool flag = false;
    if (value.get(flag)) return out += flag ? "true" : "false", true;
    std::string_view text;
    if (value.get(text)) return write_json_text(out, text);
    if (value.is_array()) return write_list(out, value);
    if (value.is_object()) return write_object(out, value);
    return write_number(out, value);
}

}  // namespace mainstem::detail
