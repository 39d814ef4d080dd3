// Sizes as users write them: 64MiB, 1GiB, 0.
#pragma once

#include <optional>
#include <string_view>

#include <mainstem/core/types.hpp>

namespace mainstem::cli {

inline constexpr std::string_view size_choices = "a size, such as 0, 64MiB or 1GiB";

/// A whole number of bytes, or with KiB, MiB or GiB of so many. nullopt for anything else and for
/// what 64 bits cannot hold.
[[nodiscard]] std::optional<Bytes> parse_size(std::string_view text);

}  // namespace mainstem::cli
