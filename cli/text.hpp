// Texts for people: numbers, sizes and durations as one reads them, and foreign bytes made safe
// for a terminal. Pure functions.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mainstem::cli {

/// `text` with everything escaped that would steer a terminal or break the line: control
/// characters as `\n`, `\t`, `\x1b`, bytes that are no UTF-8 as `\xff`. A backslash stays as it is:
/// this is for reading, not for decoding. O(size).
[[nodiscard]] std::string printable(std::string_view text);

/// `printable` text in double quotes, cut after about 60 characters.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// Columns that `text`, which is printable UTF-8, takes on a terminal: one for each code point.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// At most `width` columns of `text`; what is cut is replaced by an ellipsis.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

/// 8577 -> "8,577".
[[nodiscard]] std::string with_thousands(std::uint64_t number);

/// (8577, "event") -> "8,577 events"; (1, "event") -> "1 event".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

/// 1536 -> "1.5 KiB".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// "0.42 s", "12.3 s", "2 min 05 s", "3 h 04 min".
[[nodiscard]] std::string human_duration(std::chrono::nanoseconds duration);

/// `amount` for each second of `duration`, rounded; 0 if no time has passed.
[[nodiscard]] std::uint64_t per_second(std::uint64_t amount, std::chrono::nanoseconds duration);

}  // namespace mainstem::cli
