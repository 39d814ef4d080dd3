// Collections: sets of JSON documents that a projection keeps, and what is declared of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/query/filter.hpp>

namespace mainstem {

/// A declared way to find documents fast. Its fields have no lists and no objects: a document that
/// has one there is found as if it had null.
struct Index {
    std::string name;  ///< as a collection's, its own among those of the collection
    /// 1 to limits::fields_per_index, each once; documents are in the order of the first, then …
    std::vector<FieldPath> fields;
    /// No two documents are equal in all fields, unless one of these is null. So it is after each
    /// commit: within one, a value may go from a document to another, in whatever order they come.
    bool unique = false;
    /// Only documents for which it holds are in the index. Not with `contains`.
    Filter where = {};

    bool operator==(const Index&) const = default;
};

/// A collection and what is declared of it. When it is opened with another declaration than before,
/// indexes are made and dropped; the documents stay as they are.
struct Collection {
    /// As `is_collection_name` says; none that begins with mainstem_, sqlite_ or doc_. No two of a
    /// model differ in capital and small letters alone.
    std::string name;
    std::vector<Index> indexes = {};  ///< at most limits::indexes_per_collection
    /// Paths that other programs can read as columns of their own; those of indexes, `_id` and
    /// `_version` are so anyway. At most limits::fields_per_collection, each once.
    std::vector<FieldPath> fields = {};

    bool operator==(const Collection&) const = default;
};

/// The rules of names, paths and sizes; the error is ReadModelError::invalid. O(size).
Result<void> check_collection(const Collection& collection);

/// One line for people and for storing: JSON. Filters are the text of `to_string`; what is usual is
/// left out. Empty if a name is no UTF-8, which breaks a rule anyway. O(size).
[[nodiscard]] std::string to_json(const Collection& collection);
/// An equal one, which obeys the rules; the error is ReadModelError::invalid. O(size).
[[nodiscard]] Result<Collection> parse_collection(std::string_view json);

}  // namespace mainstem
