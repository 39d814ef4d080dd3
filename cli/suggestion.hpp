// The word that somebody probably meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstem::cli {

/// The nearest of `choices` by edit distance (insert, delete, replace, swap neighbours); nullopt if
/// none is near. O(size of word x size of choices).
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& choices);

}  // namespace mainstem::cli
