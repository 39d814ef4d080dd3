// Writing JSON, and reading back what was written, without a parser.
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <mainstem/core/utf8.hpp>
#include <mainstem/event/json_value.hpp>

namespace mainstem::detail {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

bool needs_escape(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void write_escaped(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 0xF];
    }
}

template <class Number>
void write_number(std::string& out, Number number) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

template <class Number>
bool write_real(std::string& out, Number number) {
    if (!std::isfinite(number)) return false;
    write_number(out, number);
    // Parsers take -0 for the integer 0.
    if (number == 0 && std::signbit(number)) out += ".0";
    return true;
}

bool digit(const char* at, const char* end) noexcept {
    return at != end && *at >= '0' && *at <= '9';
}

/// A number as JSON allows it begins so: no plus, no needless zero, no "inf".
bool begins_number(const char* at, const char* end) noexcept {
    if (at != end && *at == '-') ++at;
    return digit(at, end) && (*at != '0' || !digit(at + 1, end));
}

/// We write no longer exponent, and the parser has its own bound.
constexpr std::ptrdiff_t exponent_digits = 3;

/// The end of the JSON number at `at`; nullptr if there is none, or one that we do not write.
const char* number_end(const char* at, const char* end) noexcept {
    const auto digits = [&] {
        if (!digit(at, end)) return false;
        while (digit(at, end)) ++at;
        return true;
    };
    if (!begins_number(at, end)) return nullptr;
    if (*at == '-') ++at;
    digits();
    if (at != end && *at == '.' && (++at, !digits())) return nullptr;
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        const char* const exponent = at;
        if (!digits() || at - exponent > exponent_digits) return nullptr;
    }
    return at;
}

template <class Number>
bool scan_integer(const char*& at, const char* end, Number& value) noexcept {
    if (!begins_number(at, end)) return false;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc{}) return false;
    at = stop;
    return true;
}

/// True if one of eight bytes is a quote, a backslash, a control character or beyond ASCII. By
/// Alan Mycroft's test for a zero byte in a word.
bool special_in_word(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t x) { return (x - ones) & ~x & high; };
    const auto below_space = (word - ones * 0x20) & ~word & high;
    return (has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\')) | below_space |
            (word & high)) != 0;
}

/// The first byte from `at` on that a JSON string must escape, that ends it, or that is no ASCII.
const char* plain_end(const char* at, const char* end) noexcept {
    while (end - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        if (special_in_word(word)) break;
        at += 8;
    }
    while (at != end && !needs_escape(*at) && static_cast<unsigned char>(*at) < 0x80) ++at;
    return at;
}

}  // namespace

bool write_json_text(std::string& out, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    out += '"';
    const char* plain = plain_end(at, end);
    out.append(at, plain);
    if (plain != end && !is_utf8(text)) return false;
    for (at = plain; at != end; ++at) {
        if (needs_escape(*at)) {
            write_escaped(out, *at);
        } else {
            out += *at;
        }
    }
    out += '"';
    return true;
}

void write_json_integer(std::string& out, std::int64_t number) { write_number(out, number); }
void write_json_unsigned(std::string& out, std::uint64_t number) { write_number(out, number); }

bool write_json_number(std::string& out, double number) { return write_real(out, number); }
bool write_json_number(std::string& out, float number) { return write_real(out, number); }

bool JsonScan::get(bool& value) noexcept {
    value = take("true");
    return value || take("false");
}

bool JsonScan::get(std::int64_t& value) noexcept { return scan_integer(at_, end_, value); }
bool JsonScan::get(std::uint64_t& value) noexcept { return scan_integer(at_, end_, value); }

bool JsonScan::get(double& value) noexcept {
    const char* const end = number_end(at_, end_);
    if (!end || std::from_chars(at_, end, value).ec != std::errc{}) return false;
    at_ = end;
    return true;
}

bool JsonScan::get(std::string_view& value) noexcept {
    if (!take('"')) return false;
    const char* stop = plain_end(at_, end_);
    bool ascii = true;
    while (stop != end_ && !needs_escape(*stop)) {
        ascii = ascii && static_cast<unsigned char>(*stop) < 0x80;
        ++stop;
    }
    if (stop == end_ || *stop != '"') return false;
    value = {at_, static_cast<std::size_t>(stop - at_)};
    at_ = stop + 1;
    return ascii || is_utf8(value);
}

}  // namespace mainstem::detail
