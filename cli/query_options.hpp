// Which events a verb takes: the flags --type, --tag, --prefix, --since and --until, which make one
// alternative, or a whole query as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/query.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

struct QueryOptions {
    std::vector<std::string> types;
    std::vector<std::string> tags;
    std::optional<std::string> prefix;
    std::optional<Timestamp> since;
    std::optional<Timestamp> until;
    std::optional<std::string> text;  ///< of --query
};

void add_query_flags(CLI::App& verb, QueryOptions& options);

/// The query that the flags make; wrong usage if they are not valid or do not go together.
[[nodiscard]] Result<EventQuery> query_of(const QueryOptions& options);

/// The query that is the value of `flag`; if it is none, wrong usage with the place.
[[nodiscard]] Result<EventQuery> parse_query_flag(std::string_view flag, std::string_view text);

}  // namespace mainstem::cli
