// Bytes as text that can be read, compared and kept: what golden files are made of.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace mainstem::log {

/// An offset and up to 16 bytes a line, `*` for lines that repeat the one before, the size at the
/// end.
inline std::string hex_dump(std::string_view bytes) {
    constexpr std::size_t width = 16;
    std::string text;
    std::string_view before;
    bool repeating = false;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const std::string_view line = bytes.substr(at, width);
        if (line == before) {
            if (!repeating) text += "*\n";
            repeating = true;
            continue;
        }
        repeating = false;
        before = line;
        text += fmt::format("{:08x}", at);
        for (const char c : line) text += fmt::format(" {:02x}", static_cast<unsigned char>(c));
        text += '\n';
    }
    return text + fmt::format("{:08x}\n", bytes.size());
}

/// The bytes of a dump; nullopt if it is none.
inline std::optional<std::string> bytes_of_dump(std::string_view text) {
    const auto number = [](std::string_view digits) -> std::optional<std::size_t> {
        std::size_t value = 0;
        const char* end = digits.data() + digits.size();
        const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
        return stopped == end && error == std::errc{} ? std::optional{value} : std::nullopt;
    };
    std::string bytes;
    std::string line_before;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line == "*") continue;
        const auto offset = number(line.substr(0, 8));
        if (!offset || (line_before.empty() && *offset > bytes.size())) return std::nullopt;
        while (bytes.size() < *offset) bytes += line_before;  // the repeated lines
        if (line.size() == 8) bytes.resize(*offset);          // the last may have been a part
        line_before.clear();
        for (std::size_t at = 9; at < line.size(); at += 3) {
            const auto byte = number(line.substr(at, 2));
            if (!byte) return std::nullopt;
            line_before.push_back(static_cast<char>(*byte));
        }
        bytes += line_before;
    }
    return bytes;
}

}  // namespace mainstem::log
