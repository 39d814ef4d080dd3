// Flags become a condition.
#include "cli/condition_options.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/expect_text.hpp"
#include "cli/query_options.hpp"

namespace mainstem::cli {
namespace {

/// The query of `flag`, which can stand in a condition; nullopt if the flag was not given.
Result<std::optional<EventQuery>> part_of(std::string_view flag,
                                          const std::optional<std::string>& text) {
    if (!text) return std::optional<EventQuery>{};
    auto query = parse_query_flag(flag, *text);
    if (!query) return query.error();
    const AppendRequest alone{.unless = {.exists = *query}};
    if (const auto checked = check_request(alone); !checked) {
        constexpr std::string_view place = "condition: ";
        std::string_view reason = checked.error().message();
        if (reason.starts_with(place)) reason.remove_prefix(place.size());
        return wrong_usage(fmt::format("{}: a condition {}", flag, reason));
    }
    return std::optional{std::move(*query)};
}

}  // namespace

void add_condition_flags(CLI::App& verb, ConditionOptions& options) {
    add_text(verb,
             {.name = "--fail-if",
              .help = "Store nothing if an event matches this query of types and tags, such as "
                      "'type=UserRegistered tag=email:ada@example.org'",
              .takes = "QUERY"},
             options.fail_if);
    add_choice(verb,
               {.name = "--after",
                .help = "With --fail-if: only events after this position count, the last one that "
                        "was there when the decision was made",
                .takes = "N",
                .standard = "0, all events count"},
               "a position, a whole number", [&options](const std::string& text) {
                   options.after = parse_number(text);
                   return options.after.has_value();
               });
    add_text(verb,
             {.name = "--unless-exists",
              .help = "Store nothing if an event matches this query, wherever it stands; for what "
                      "is to be unique, beside --fail-if with --after",
              .takes = "QUERY"},
             options.unless_exists);
}

Result<AppendCondition> condition_of(const ConditionOptions& options) {
    if (options.after && !options.fail_if) {
        return wrong_usage("--after says which events count for --fail-if QUERY; give that, too");
    }
    auto changed = part_of("--fail-if", options.fail_if);
    if (!changed) return changed.error();
    auto exists = part_of("--unless-exists", options.unless_exists);
    if (!exists) return exists.error();
    return AppendCondition{.changed = std::move(*changed),
                           .after = {options.after.value_or(0)},
                           .exists = std::move(*exists)};
}

}  // namespace mainstem::cli
