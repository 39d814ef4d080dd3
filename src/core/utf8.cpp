// UTF-8 by the table of well-formed byte sequences (Unicode, section 3.9, table 3-7): the second
// byte's range depends on the first, all later bytes are 0x80 to 0xBF.
#include <mainstem/core/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mainstem {
namespace {

using Byte = unsigned char;

/// How a sequence goes on after its first byte.
struct Sequence {
    std::size_t length;  // in bytes; 0: no sequence begins so
    Byte second_least = 0x80;
    Byte second_most = 0xBF;
};

constexpr Sequence sequence_of(Byte first) noexcept {
    if (first < 0x80) return {1};
    if (first < 0xC2) return {0};
    if (first < 0xE0) return {2};
    if (first == 0xE0) return {3, 0xA0, 0xBF};  // below: overlong
    if (first == 0xED) return {3, 0x80, 0x9F};  // above: surrogates
    if (first < 0xF0) return {3};
    if (first == 0xF0) return {4, 0x90, 0xBF};  // below: overlong
    if (first < 0xF4) return {4};
    if (first == 0xF4) return {4, 0x80, 0x8F};  // above: beyond U+10FFFF
    return {0};
}

constexpr bool between(Byte byte, Byte least, Byte most) noexcept {
    return least <= byte && byte <= most;
}

/// The length of the sequence that `text`, which is not empty, begins with; 0 if it is ill-formed.
std::size_t sequence_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<Byte>(text[i]); };
    const auto sequence = sequence_of(byte(0));
    if (sequence.length > text.size()) return 0;
    if (sequence.length > 1 && !between(byte(1), sequence.second_least, sequence.second_most))
        return 0;
    for (std::size_t i = 2; i < sequence.length; ++i)
        if (!between(byte(i), 0x80, 0xBF)) return 0;
    return sequence.length;
}

std::string_view without_leading_ascii(std::string_view text) noexcept {
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        if ((word & 0x8080808080808080U) != 0) break;
    }
    return text;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    for (text = without_leading_ascii(text); !text.empty(); text = without_leading_ascii(text)) {
        const auto length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool has_control(std::string_view text) noexcept {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<Byte>(c) < 0x20 || static_cast<Byte>(c) == 0x7F; });
}

}  // namespace mainstem
