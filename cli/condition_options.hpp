// What must not be in a store for an append: --fail-if, --after and --unless-exists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

struct ConditionOptions {
    std::optional<std::string> fail_if;
    std::optional<std::uint64_t> after;
    std::optional<std::string> unless_exists;
};

void add_condition_flags(CLI::App& verb, ConditionOptions& options);

/// The condition that the flags make; wrong usage, with the place, if a query is none or asks for
/// more than types and tags.
[[nodiscard]] Result<AppendCondition> condition_of(const ConditionOptions& options);

}  // namespace mainstem::cli
