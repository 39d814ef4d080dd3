// The rules of queries: names, numbers, and what goes together.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

#include "core/shown.hpp"
#include "query/rules.hpp"
#include "query/words.hpp"

namespace mainstem {
namespace query {
namespace {

using Part = BrokenRule::Part;
using Broken = std::optional<BrokenRule>;

Broken broken(Part part, std::size_t index, std::string problem) {
    return BrokenRule{part, index, std::move(problem)};
}

Broken check_paths(Part part, const std::vector<FieldPath>& paths) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (!is_field_path(paths[i])) return broken(part, i, no_path(paths[i]));
        if (!seen.insert(paths[i]).second) {
            return broken(part, i, fmt::format("{} stands twice", paths[i]));
        }
    }
    return {};
}

Complaint check_aggregate(const Aggregate& aggregate) {
    const bool counts = aggregate.function == Aggregate::Function::count;
    if (aggregate.field.empty() && !counts) {
        return fmt::format("{} needs a field, as in {}", Aggregate{aggregate.function}.column(),
                           Aggregate{aggregate.function, "price"}.column());
    }
    if (!aggregate.field.empty() && !is_field_path(aggregate.field)) {
        return no_path(aggregate.field);
    }
    if (aggregate.as.empty()) return {};
    if (is_field_path(aggregate.as) && !aggregate.as.contains('.')) return {};
    return fmt::format(
        "{} is no name of a column: a letter or _, then letters, digits, _ and -; at most {} bytes",
        shown(aggregate.as), limits::name_bytes);
}

Broken check_aggregates(const DocumentQuery& query) {
    std::set<std::string> names{query.group_by.begin(), query.group_by.end()};
    for (std::size_t i = 0; i < query.aggregates.size(); ++i) {
        if (auto complaint = check_aggregate(query.aggregates[i])) {
            return broken(Part::aggregate, i, std::move(*complaint));
        }
        const auto name = query.aggregates[i].column();
        if (names.insert(name).second) continue;
        return broken(
            Part::aggregate, i,
            fmt::format("two columns are called {}; give one another name with as", name));
    }
    return {};
}

Broken check_columns(const DocumentQuery& query) {
    const auto& [select, group_by, aggregates] =
        std::tie(query.select, query.group_by, query.aggregates);
    if (select.size() + group_by.size() + aggregates.size() > limits::document_columns) {
        auto part = Part::select;
        if (select.empty()) part = group_by.empty() ? Part::aggregate : Part::group_by;
        return broken(part, 0, fmt::format("more than {} columns", limits::document_columns));
    }
    if (auto found = check_paths(Part::group_by, group_by)) return found;
    if (auto found = check_paths(Part::select, select)) return found;
    if (!query.groups()) return {};
    for (std::size_t i = 0; i < select.size(); ++i) {
        if (std::ranges::find(group_by, select[i]) != group_by.end()) continue;
        return broken(Part::select, i,
                      fmt::format("{} may differ within a group; name it behind group by, too, or "
                                  "take max({}) or another function of it",
                                  select[i], select[i]));
    }
    return check_aggregates(query);
}

std::vector<std::string> column_names(const DocumentQuery& query) {
    std::vector<std::string> names{query.group_by.begin(), query.group_by.end()};
    for (const auto& aggregate : query.aggregates) names.push_back(aggregate.column());
    return names;
}

Broken check_sort(const DocumentQuery& query) {
    if (query.sort.size() > limits::document_sort_keys) {
        return broken(Part::sort, limits::document_sort_keys,
                      fmt::format("more than {} sort keys", limits::document_sort_keys));
    }
    const auto names = query.groups() ? column_names(query) : std::vector<std::string>{};
    for (std::size_t i = 0; i < query.sort.size(); ++i) {
        const auto& field = query.sort[i].field;
        if (!query.groups()) {
            if (!is_field_path(field)) return broken(Part::sort, i, no_path(field));
        } else if (std::ranges::find(names, field) == names.end()) {
            return broken(Part::sort, i,
                          fmt::format("the groups have no column {}; they have {}", shown(field),
                                      fmt::join(names, ", ")));
        }
    }
    return {};
}

Broken check_pages(const DocumentQuery& query) {
    constexpr auto too_large = "{} is larger than {}";
    constexpr auto most = DocumentQuery::no_limit;
    if (query.limit > most) {
        return broken(Part::limit, 0, fmt::format(too_large, query.limit, most));
    }
    if (query.offset > most) {
        return broken(Part::offset, 0, fmt::format(too_large, query.offset, most));
    }
    if (query.after.empty()) return {};
    if (query.groups()) {
        return broken(Part::after, 0, "groups have no marks to go on after; use offset");
    }
    if (query.offset != 0) {
        return broken(Part::after, 0,
                      "after goes on behind a page, offset counts from the beginning; leave one "
                      "out");
    }
    return {};
}

std::string_view name_of(Part part) {
    switch (part) {
        case Part::collection: return "collection";
        case Part::select:
        case Part::aggregate: return "select";
        case Part::group_by: return "group by";
        case Part::sort: return "order by";
        case Part::limit: return "limit";
        case Part::offset: return "offset";
        case Part::after: return "after";
    }
    return "query";
}

}  // namespace

Complaint check_collection(std::string_view name) {
    if (is_collection_name(name)) return {};
    return fmt::format(
        "{} is no name of a collection: a letter, then letters, digits, _ and -; at most 63 bytes",
        shown(name));
}

std::optional<BrokenRule> broken_rule(const DocumentQuery& query) {
    if (auto complaint = check_collection(query.collection)) {
        return broken(Part::collection, 0, std::move(*complaint));
    }
    if (auto found = check_columns(query)) return found;
    if (auto found = check_sort(query)) return found;
    return check_pages(query);
}

}  // namespace query

Result<void> check_query(const DocumentQuery& query) {
    if (const auto found = query::broken_rule(query)) {
        return Error{QueryError::invalid,
                     fmt::format("{}: {}", query::name_of(found->part), found->problem)};
    }
    return check_filter(query.where);
}

}  // namespace mainstem
