// What names and texts may be, wherever a caller gives them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/limits.hpp>

namespace mainstem {

/// What is wrong, without the place; nothing if all is well.
using Complaint = std::optional<std::string>;

/// A text of at most `most` bytes of UTF-8.
[[nodiscard]] Complaint check_text(std::string_view what, std::string_view text,
                                   std::size_t most = limits::name_bytes);
/// A text of at most 255 bytes of UTF-8 without control characters.
[[nodiscard]] Complaint check_label(std::string_view what, std::string_view text);
/// A label that is not empty.
[[nodiscard]] Complaint check_name(std::string_view what, std::string_view text);

}  // namespace mainstem
