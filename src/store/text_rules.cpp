// Checks texts. Appends pass here a million times a second: nothing is allocated unless a rule is
// broken.
#include "store/text_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include <mainstem/core/utf8.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

constexpr std::uint64_t in_each_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }

/// True if each of eight bytes is in 0x20 to 0x7E.
bool printable_ascii(std::uint64_t word) {
    const auto deleted = word ^ in_each_byte(0x7F);
    const auto low = (word - in_each_byte(0x20)) & ~word;
    const auto zero = (deleted - in_each_byte(1)) & ~deleted;
    return ((word | low | zero) & in_each_byte(0x80)) == 0;
}

/// True for what most labels are: then nothing else has to be looked at. Eight bytes at a step;
/// the last step may look again at some of those before.
bool printable_ascii(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    const auto word_at = [&](std::size_t at) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, step);
        return word;
    };
    if (text.size() < step) {
        return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
    }
    for (std::size_t at = 0; at + step < text.size(); at += step) {
        if (!printable_ascii(word_at(at))) return false;
    }
    return printable_ascii(word_at(text.size() - step));
}

std::string too_long(std::string_view what, std::string_view text, std::size_t most) {
    return fmt::format("{} has {} bytes, more than {}: {}", what, text.size(), most, shown(text));
}

}  // namespace

Complaint check_text(std::string_view what, std::string_view text, std::size_t most) {
    if (text.empty()) return {};
    if (text.size() > most) return too_long(what, text, most);
    if (!is_utf8(text)) return fmt::format("{} is not UTF-8: {}", what, shown(text));
    return {};
}

Complaint check_label(std::string_view what, std::string_view text) {
    if (text.size() <= limits::name_bytes && printable_ascii(text)) return {};
    if (auto complaint = check_text(what, text)) return complaint;
    if (has_control(text)) {
        return fmt::format("{} has a control character: {}", what, shown(text));
    }
    return {};
}

Complaint check_name(std::string_view what, std::string_view text) {
    if (text.empty()) return fmt::format("{} is empty", what);
    return check_label(what, text);
}

}  // namespace mainstem
