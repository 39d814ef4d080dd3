// Texts in messages: one line, whatever the text has.
#include "core/shown.hpp"

#include <cstddef>

#include <fmt/format.h>

#include <mainstem/core/utf8.hpp>

namespace mainstem {
namespace {

constexpr std::size_t shown_bytes = 60;

/// Bytes of the UTF-8 character at the front of `text` if it can be printed, else 0.
std::size_t printable_front(std::string_view text) {
    for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
        const auto front = text.substr(0, size);
        if (is_utf8(front)) return has_control(front) ? 0 : size;
    }
    return 0;
}

}  // namespace

std::string shown(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (out.size() >= shown_bytes) return out + "...";
        const auto size = printable_front(text);
        if (size == 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        } else {
            out += text.substr(0, size);
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

}  // namespace mainstem
