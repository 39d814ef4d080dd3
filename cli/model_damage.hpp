// What to do about a read model whose file is damaged. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mainstem/core/error.hpp>

namespace mainstem::cli {

/// Whether a message tells of a damaged model. A runner keeps the words of its failures alone, so
/// these are SQLite's.
[[nodiscard]] bool tells_of_damage(std::string_view message);

/// The message of an error, with what to do where a model is damaged.
[[nodiscard]] std::string with_remedy(const Error& error);

}  // namespace mainstem::cli
