// Checks of text that comes from outside.
#pragma once

#include <string_view>

namespace mainstem {

/// True if `text` is well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above
/// U+10FFFF, nothing cut off. O(size), eight bytes at a step for ASCII.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// True if `text` has an ASCII control character: a byte below 0x20, or 0x7F. O(size).
[[nodiscard]] bool has_control(std::string_view text) noexcept;

}  // namespace mainstem
