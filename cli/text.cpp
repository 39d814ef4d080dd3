// Escaping and number formats.
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <mainstem/core/utf8.hpp>

namespace mainstem::cli {
namespace {

constexpr std::size_t quoted_width = 60;

/// Bytes of the code point at the front of `text`, which is not empty; 0 if these bytes are no
/// UTF-8.
std::size_t code_point_size(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    std::size_t size = 1;
    if (lead >= 0xF0) {
        size = 4;
    } else if (lead >= 0xC0) {
        size = lead < 0xE0 ? 2 : 3;
    }
    return size <= text.size() && is_utf8(text.substr(0, size)) ? size : 0;
}

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

/// C0, DEL and C1 control characters, one code point in `text`.
bool is_control(std::string_view code_point) {
    const auto first = static_cast<unsigned char>(code_point[0]);
    if (code_point.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(code_point[1]) < 0xA0;
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        switch (c) {
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto size = code_point_size(text);
        const auto front = text.substr(0, std::max<std::size_t>(size, 1));
        if (size == 0 || is_control(front)) {
            append_escaped(out, front);
        } else {
            out += front;
        }
        text.remove_prefix(front.size());
    }
    return out;
}

std::string in_quotes(std::string_view text) {
    // Cut first: a message must not copy megabytes. No code point has more than four bytes.
    return fmt::format("\"{}\"",
                       shortened(printable(text.substr(0, 4 * quoted_width)), quoted_width));
}

std::size_t display_width(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shortened(std::string_view text, std::size_t width) {
    if (text.size() <= width || display_width(text) <= width) return std::string{text};
    std::size_t end = 0;
    for (std::size_t columns = 0; columns + 1 < width; ++columns) {
        end += std::max<std::size_t>(code_point_size(text.substr(end)), 1);
    }
    return std::string{text.substr(0, end)} + "…";
}

std::string with_thousands(std::uint64_t number) {
    auto digits = fmt::format("{}", number);
    for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) {
        digits.insert(digits.size() - from_end, 1, ',');
    }
    return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", with_thousands(number), noun, number == 1 ? "" : "s");
}

std::string human_bytes(std::uint64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto amount = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (amount >= 1024 && unit + 1 < units.size()) {
        amount /= 1024;
        ++unit;
    }
    return fmt::format("{:.1f} {}", amount, units.at(unit));
}

std::string human_duration(std::chrono::nanoseconds duration) {
    const auto seconds = std::chrono::duration<double>(duration).count();
    if (seconds < 10) return fmt::format("{:.2f} s", seconds);
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::uint64_t per_second(std::uint64_t amount, std::chrono::nanoseconds duration) {
    if (duration.count() <= 0) return 0;
    const auto seconds = std::chrono::duration<double>(duration).count();
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(amount) / seconds));
}

}  // namespace mainstem::cli
