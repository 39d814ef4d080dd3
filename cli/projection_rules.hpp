// Which changes of a projection file can never work, whatever the events. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/projection_file.hpp"

namespace mainstem::cli {

/// Why a change fails at every event, and what to write instead; nullopt if it may work.
[[nodiscard]] std::optional<std::string> never_works(const FieldRule& rule);
/// Why a change fails at every event where `before` has changed the same field.
[[nodiscard]] std::optional<std::string> never_works_after(const FieldRule& rule,
                                                           FieldRule::Change before);

/// `set`, `add`, ... as files have it.
[[nodiscard]] std::string_view name(FieldRule::Change change) noexcept;

}  // namespace mainstem::cli
