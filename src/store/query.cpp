// Matching events against queries, and the rules of queries.
#include <mainstem/store/query.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "store/text_rules.hpp"

namespace mainstem {
namespace {

Complaint check_item(const QueryItem& item) {
    for (const std::string& type : item.types) {
        if (auto complaint = check_name("a type", type)) return complaint;
    }
    for (const Tag& tag : item.tags) {
        if (auto complaint = check_name("a tag", tag.view())) return complaint;
    }
    // A prefix may end within a character.
    if (item.stream_prefix.size() <= limits::name_bytes) return {};
    return fmt::format("the prefix has {} bytes, more than {}", item.stream_prefix.size(),
                       limits::name_bytes);
}

}  // namespace

bool QueryItem::matches(const EventView& event) const noexcept {
    const auto is_type = [&](const std::string& type) { return event.type == type; };
    if (!types.empty() && std::ranges::none_of(types, is_type)) return false;
    if (!event.stream.starts_with(stream_prefix)) return false;
    if (since && event.recorded_at < *since) return false;
    if (until && event.recorded_at >= *until) return false;
    return std::ranges::all_of(tags,
                               [&](const Tag& tag) { return event.tags.contains(tag.view()); });
}

bool EventQuery::matches(const EventView& event) const noexcept {
    return items.empty() ||
           std::ranges::any_of(items, [&](const QueryItem& item) { return item.matches(event); });
}

bool EventQuery::matches_all() const noexcept {
    return items.empty() || std::ranges::find(items, QueryItem{}) != items.end();
}

EventQuery operator|(EventQuery one, EventQuery other) {
    if (one.matches_all() || other.matches_all()) return {};
    std::ranges::move(other.items, std::back_inserter(one.items));
    return one;
}

Result<void> check_query(const EventQuery& query) {
    if (query.items.size() > limits::query_items) {
        return Error{StoreError::invalid, fmt::format("the query has {} alternatives, more than {}",
                                                      query.items.size(), limits::query_items)};
    }
    std::size_t terms = 0;
    for (std::size_t i = 0; i < query.items.size(); ++i) {
        const QueryItem& item = query.items[i];
        if (const auto complaint = check_item(item)) {
            return Error{StoreError::invalid,
                         fmt::format("alternative {} of the query: {}", i + 1, *complaint)};
        }
        terms += item.types.size() + item.tags.size();
    }
    if (terms <= limits::query_terms) return {};
    return Error{StoreError::invalid, fmt::format("the query has {} types and tags, more than {}",
                                                  terms, limits::query_terms)};
}

}  // namespace mainstem
