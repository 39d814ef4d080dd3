// The words of query texts, and what is meant by words that are none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/query/query.hpp>

namespace mainstem::query {

/// In any case, as all words are.
[[nodiscard]] bool same_word(std::string_view one, std::string_view other) noexcept;
/// True of a word that stands for itself: a field of that name is written in backquotes.
[[nodiscard]] bool is_reserved(std::string_view word) noexcept;

/// How a comparison is written between field and value.
[[nodiscard]] std::string_view sign_of(Comparison comparison) noexcept;

/// What to do instead of what many write for a comparison, a word between conditions or a clause;
/// empty if nothing is known.
[[nodiscard]] std::string_view advice_for(std::string_view word) noexcept;

/// Why something is no path of a field.
[[nodiscard]] std::string no_path(std::string_view path);

}  // namespace mainstem::query
