// Groups of three bytes are four digits of six bits each; a last group of one or two bytes is
// padded with zero bits and `=`.
#include "cli/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace mainstem::cli {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        table[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

/// The 24 bits of a group; nullopt if a character is no digit.
std::optional<std::uint32_t> bits_of(std::string_view group) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto value = i < group.size() ? values[static_cast<unsigned char>(group[i])] : 0U;
        if (value == no_digit) return std::nullopt;
        bits = bits << 6U | value;
    }
    return bits;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto bits =
            byte_at(bytes, at) << 16U | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2);
        const auto left = bytes.size() - at;
        out += digits[bits >> 18U];
        out += digits[bits >> 12U & 63U];
        out += left > 1 ? digits[bits >> 6U & 63U] : '=';
        out += left > 2 ? digits[bits & 63U] : '=';
    }
}

std::optional<std::string> decode_base64(std::string_view code) {
    if (code.size() % 4 != 0) return std::nullopt;
    std::string out;
    out.reserve(code.size() / 4 * 3);
    while (!code.empty()) {
        auto group = code.substr(0, 4);
        code.remove_prefix(4);
        while (code.empty() && group.size() > 2 && group.back() == '=') group.remove_suffix(1);
        const auto bits = bits_of(group);
        if (!bits) return std::nullopt;
        const std::array<char, 3> bytes{static_cast<char>(*bits >> 16U),
                                        static_cast<char>(*bits >> 8U), static_cast<char>(*bits)};
        const auto count = group.size() - 1;
        // Bits below the last byte must be zero, or two codes would mean the same bytes.
        if (count < 3 && (*bits & ((1U << (8 * (3 - count))) - 1)) != 0) return std::nullopt;
        out.append(bytes.data(), count);
    }
    return out;
}

}  // namespace mainstem::cli
