// Flags become a query; a query that is not valid is wrong usage.
#include "cli/query_options.hpp"

#include <utility>

#include <fmt/format.h>

#include <mainstem/core/time_text.hpp>

namespace mainstem::cli {
namespace {

void add_time(CLI::App& verb, const Flag& flag, std::optional<Timestamp>& target) {
    add_choice(verb, flag,
               "a time such as 2024-01-31T10:30:00Z or \"2024-01-31 10:30:00\", in UTC unless it "
               "says otherwise",
               [&target](const std::string& text) {
                   target = parse_time(text);
                   return target.has_value();
               });
}

/// Wrong usage if the values of `flag`, which are all that `part` asks for, are not valid.
Result<void> check_flag(std::string_view flag, QueryItem part) {
    const auto checked = check_query(std::move(part));
    if (checked) return {};
    constexpr std::string_view place = "alternative 1 of the query: ";
    std::string_view reason = checked.error().message();
    if (reason.starts_with(place)) reason.remove_prefix(place.size());
    return wrong_usage(fmt::format("{}: {}", flag, reason));
}

QueryItem item_of(const QueryOptions& options) {
    return {.types = options.types,
            .tags = {options.tags.begin(), options.tags.end()},
            .stream_prefix = options.prefix.value_or(""),
            .since = options.since,
            .until = options.until};
}

}  // namespace

void add_query_flags(CLI::App& verb, QueryOptions& options) {
    add_texts(verb,
              {.name = "--type",
               .help = "Only events of this type; repeated: of one of them",
               .takes = "TYPE"},
              options.types);
    add_texts(verb,
              {.name = "--tag",
               .help = "Only events with this tag; repeated: with all of them",
               .takes = "TAG"},
              options.tags);
    add_text(verb,
             {.name = "--prefix",
              .help = "Only events of streams whose names begin with this",
              .takes = "TEXT"},
             options.prefix);
    add_time(verb,
             {.name = "--since", .help = "Only events recorded then or later", .takes = "TIME"},
             options.since);
    add_time(verb, {.name = "--until", .help = "Only events recorded before", .takes = "TIME"},
             options.until);
    add_text(verb,
             {.name = "--query",
              .help = "Instead of the five flags above, a query with several alternatives, such as "
                      "'type=A,B tag=x or prefix=order-'",
              .takes = "TEXT"},
             options.text);
}

Result<EventQuery> query_of(const QueryOptions& options) {
    const auto item = item_of(options);
    if (options.text) {
        if (item != QueryItem{}) {
            return wrong_usage(
                fmt::format("--query says it all: leave out the flags beside it, or write them "
                            "into it, as in --query '{}'",
                            to_string({item})));
        }
        return parse_query_flag("--query", *options.text);
    }
    if (auto checked = check_flag("--type", {.types = item.types}); !checked) {
        return checked.error();
    }
    if (auto checked = check_flag("--tag", {.tags = item.tags}); !checked) return checked.error();
    if (auto checked = check_flag("--prefix", {.stream_prefix = item.stream_prefix}); !checked) {
        return checked.error();
    }
    if (item == QueryItem{}) return EventQuery{};
    return EventQuery{item};
}

Result<EventQuery> parse_query_flag(std::string_view flag, std::string_view text) {
    auto query = parse_query(text);
    if (!query) return wrong_usage(fmt::format("{}: {}", flag, query.error().message()));
    return query;
}

}  // namespace mainstem::cli
