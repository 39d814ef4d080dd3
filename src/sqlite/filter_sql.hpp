// Filters and queries in the words of SQLite. The values of a query are parameters, never text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mainstem/query/query.hpp>
#include <mainstem/read_model/collection.hpp>

namespace mainstem::sqlite {

/// A path of documents that is a column of their table.
struct Column {
    FieldPath path;
    std::string name;  ///< the path, or that and a number: SQLite does not tell `a` from `A`

    bool operator==(const Column&) const = default;
};

/// The columns of indexes, and those that are declared alone.
[[nodiscard]] std::vector<Column> columns_of(const Collection& collection);

/// What a path's column is made of: null for lists and objects.
[[nodiscard]] std::string extracted(std::string_view path, std::string_view table = {});

/// A part of a statement and the values of its parameters, in order.
struct Sql {
    std::string text = {};
    std::vector<FieldValue> values = {};
};

/// Writes expressions over the documents of a collection, whose table is called `d`.
class FilterSql {
public:
    explicit FilterSql(const Collection& collection);

    /// The value of a field.
    [[nodiscard]] std::string field(std::string_view path) const;
    /// The name of a declared field's column, for the declaration of an index.
    [[nodiscard]] std::string column(std::string_view path) const { return field_of(path, ""); }
    /// The field as JSON text; SQL's NULL if it is not there.
    [[nodiscard]] std::string json(std::string_view path) const;
    /// Appends an expression that is 1 if the filter holds, else 0 or NULL. What is equal to a part
    /// of a partial index's filter has its values in the text, so that the index serves it.
    void append(Sql& sql, const Filter& filter) const;
    /// The same without parameters, for the declaration of an index.
    [[nodiscard]] std::string declared(const Filter& filter) const;

private:
    class Writer;

    /// Part of the filter of a partial index.
    [[nodiscard]] bool is_declared(const Filter& part) const;
    [[nodiscard]] std::string field_of(std::string_view path, std::string_view table) const;

    const Collection& collection_;
    std::vector<Column> columns_;
};

}  // namespace mainstem::sqlite
