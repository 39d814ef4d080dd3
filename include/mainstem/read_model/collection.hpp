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
    std::string name;               ///< as a collection's, its own among those of the collection
    std::vector<FieldPath> fields;  ///< 1 to 8; documents are in the order of the first, then …
    /// No two documents are equal in all fields, unless one of these is null.
    bool unique = false;
    /// Only documents for which it holds are in the index.
    Filter where = {};

    bool operator==(const Index&) const = default;
};

/// A collection and what is declared of it. When it is opened with another declaration than before,
/// indexes are made and dropped; the documents stay as they are.
struct Collection {
    std::string name;
    std::vector<Index> indexes = {};
    /// Paths that other programs can read as columns of their own; those of indexes are so anyway.
    std::vector<FieldPath> fields = {};

    bool operator==(const Collection&) const = default;
};

/// The rules of names, paths and sizes; the error is ReadModelError::invalid. O(size).
Result<void> check_collection(const Collection& collection);

/// One line for people and for storing: JSON.
[[nodiscard]] std::string to_json(const Collection& collection);
[[nodiscard]] Result<Collection> parse_collection(std::string_view json);

}  // namespace mainstem
