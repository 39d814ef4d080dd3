// Queries over the documents of a collection: which, in what order, which part, which fields; or
// groups of them with counts, sums and averages. As values in C++ and as text.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/query/filter.hpp>

namespace mainstem {

enum class QueryError : std::uint8_t {
    invalid,    ///< a text that is no query, or a query that breaks a rule; the place is named
    too_large,  ///< a sum that no number of its kind can hold
};
[[nodiscard]] std::string_view name(QueryError code) noexcept;
[[nodiscard]] bool retryable(QueryError code) noexcept;

/// A document as it is stored, or a row that was made of some.
struct Document {
    std::string id = {};    ///< empty: a group
    Position version = {};  ///< the last event that changed it; 0: a group
    /// A JSON object: the whole document, or the fields that the query selects, each under its path
    /// (or the name that the query gives it); null where a document does not have one.
    std::string json = {};

    bool operator==(const Document&) const = default;
};

struct SortKey {
    FieldPath field;
    bool descending = false;

    bool operator==(const SortKey&) const = default;
};
[[nodiscard]] inline SortKey ascending(const Field& field) { return {field.path(), false}; }
[[nodiscard]] inline SortKey descending(const Field& field) { return {field.path(), true}; }

/// What is told of the documents of a group.
struct Aggregate {
    enum class Function : std::uint8_t {
        count,  ///< documents; with a field: those where it is not null
        sum,    ///< of its numbers, rounded once; an integer if all are; null of none
        min,    ///< in the order of sorting, nulls passed over; null of none
        max,
        avg,  ///< of its numbers, a double; null of none
    };
    Function function = Function::count;
    FieldPath field = {};  ///< empty for a count of documents
    std::string as = {};   ///< its name in the row; empty: as in the text, `sum(balance)`

    bool operator==(const Aggregate&) const = default;
    /// `as`, or what stands for it.
    [[nodiscard]] std::string column() const;
};

/// The paths of fields, for what to select and to group by, and for indexes.
template <std::convertible_to<Field>... Fields>
[[nodiscard]] std::vector<FieldPath> paths(const Fields&... fields) {
    return {Field(fields).path()...};
}

// Aggregates; `as` names them in the row.

[[nodiscard]] inline Aggregate count_documents(std::string as = {}) {
    return {Aggregate::Function::count, {}, std::move(as)};
}
/// Of documents in which the field is not null.
[[nodiscard]] inline Aggregate count_of(const Field& field, std::string as = {}) {
    return {Aggregate::Function::count, field.path(), std::move(as)};
}
[[nodiscard]] inline Aggregate sum_of(const Field& field, std::string as = {}) {
    return {Aggregate::Function::sum, field.path(), std::move(as)};
}
[[nodiscard]] inline Aggregate min_of(const Field& field, std::string as = {}) {
    return {Aggregate::Function::min, field.path(), std::move(as)};
}
[[nodiscard]] inline Aggregate max_of(const Field& field, std::string as = {}) {
    return {Aggregate::Function::max, field.path(), std::move(as)};
}
[[nodiscard]] inline Aggregate avg_of(const Field& field, std::string as = {}) {
    return {Aggregate::Function::avg, field.path(), std::move(as)};
}

/// What to find in a collection.
struct DocumentQuery {
    static constexpr std::uint64_t no_limit = std::numeric_limits<std::int64_t>::max();

    std::string collection;
    Filter where = {};
    /// Documents that are equal in all of it come in the order of their ids. Of groups: names of
    /// their columns; groups that are equal come in the order of `group_by`.
    std::vector<SortKey> sort = {};
    std::uint64_t limit = no_limit;
    std::uint64_t offset = 0;
    /// Go on behind the last document of an earlier answer to the same query: its `next`. Not with
    /// `offset`, not of groups.
    std::string after = {};
    /// Empty: whole documents, or all columns of groups. Of groups: those fields of `group_by` that
    /// are shown; they come first, then all aggregates.
    std::vector<FieldPath> select = {};
    std::vector<FieldPath> group_by = {};
    /// With these, or `group_by`, rows are groups; without `group_by` all documents are one.
    std::vector<Aggregate> aggregates = {};

    bool operator==(const DocumentQuery&) const = default;
    [[nodiscard]] bool groups() const noexcept { return !group_by.empty() || !aggregates.empty(); }
};

/// The query that a text says, as `select city, sum(balance) as total from accounts where open =
/// true group by city order by total desc limit 10`; docs/manual/document-queries.md has its
/// grammar. The error is QueryError::invalid and names the place. O(size of the text).
[[nodiscard]] Result<DocumentQuery> parse_document_query(std::string_view text);
/// The text alone of what stands behind `where`.
[[nodiscard]] Result<Filter> parse_filter(std::string_view text);

/// On one line, if no text in it has a line break. Of what obeys the rules it parses back to the
/// same query, with its filter in the shape that &&, || and ! give. O(its size).
[[nodiscard]] std::string to_string(const DocumentQuery& query);
[[nodiscard]] std::string to_string(const Filter& filter);

/// The rules and limits that every query obeys; the error is QueryError::invalid. O(its size).
[[nodiscard]] Result<void> check_query(const DocumentQuery& query);
[[nodiscard]] Result<void> check_filter(const Filter& filter);
/// True of a path as FieldPath describes it, of at most limits::name_bytes.
[[nodiscard]] bool is_field_path(std::string_view path) noexcept;
/// True of a name that a collection can have: a letter, then letters, digits, `_` and `-`; at most
/// 63 bytes.
[[nodiscard]] bool is_collection_name(std::string_view name) noexcept;

}  // namespace mainstem
