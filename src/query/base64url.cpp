// Six bits are a digit. What is left of the last digit's bits is zero.
#include "query/base64url.hpp"

#include <cstdint>

namespace mainstem::query {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string code;
    code.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    unsigned count = 0;
    for (const char byte : bytes) {
        held = held << 8U | static_cast<unsigned char>(byte);
        for (count += 8; count >= 6;) {
            count -= 6;
            code += digits[held >> count & 63U];
        }
        held &= (1U << count) - 1;
    }
    if (count > 0) code += digits[held << (6 - count) & 63U];
    return code;
}

std::optional<std::string> from_base64url(std::string_view code) {
    if (code.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(code.size() / 4 * 3 + 2);
    std::uint32_t held = 0;
    unsigned count = 0;
    for (const char digit : code) {
        const auto value = digits.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        held = held << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(held >> count);
        held &= (1U << count) - 1;
    }
    // Another code for the same bytes is none.
    if (held != 0) return std::nullopt;
    return bytes;
}

}  // namespace mainstem::query
