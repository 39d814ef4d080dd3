// Queries: which events, by their types, tags, streams and times. A read yields what matches; an
// append can be made to depend on what does (AppendCondition).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/event/event.hpp>

namespace mainstem {

/// Events that have all of this. What is left out asks for nothing.
struct QueryItem {
    std::vector<std::string> types = {};  ///< one of these
    std::vector<Tag> tags = {};           ///< all of these
    std::string stream_prefix = {};       ///< their stream's name begins with it
    std::optional<Timestamp> since = {};  ///< recorded then or later
    std::optional<Timestamp> until = {};  ///< recorded before

    bool operator==(const QueryItem&) const = default;

    [[nodiscard]] bool matches(const EventView& event) const noexcept;
};

/// Events that match any of some items; without items, all events.
struct EventQuery {
    EventQuery() = default;
    EventQuery(QueryItem item) : items{std::move(item)} {}  // NOLINT: an item is a query
    EventQuery(std::initializer_list<QueryItem> list) : items(list) {}
    explicit EventQuery(std::vector<QueryItem> list) : items(std::move(list)) {}

    std::vector<QueryItem> items;

    bool operator==(const EventQuery&) const = default;

    /// O(size of the query).
    [[nodiscard]] bool matches(const EventView& event) const noexcept;
    /// True if every event matches, whatever it is.
    [[nodiscard]] bool matches_all() const noexcept;
};

/// Events that match one or the other.
[[nodiscard]] EventQuery operator|(EventQuery one, EventQuery other);

/// The query's text, which `parse_query` reads: `type=A,B tag=x or prefix=orders-`; see
/// docs/manual/queries.md for its grammar. One line, if its names have no control characters.
[[nodiscard]] std::string to_string(const EventQuery& query);

/// The query that a text says. Its names and numbers are within the rules of `check_query`; the
/// error is StoreError::invalid and names the place. A query that obeys those rules, with times in
/// the years 1 to 9999, comes back the same from its text; one item that asks for nothing comes
/// back as no item. O(size of the text).
[[nodiscard]] Result<EventQuery> parse_query(std::string_view text);

/// The rules and limits that every query obeys; the error is StoreError::invalid. O(its size).
Result<void> check_query(const EventQuery& query);

}  // namespace mainstem
