// A whole query as one statement, and what its rows mean.
#pragma once

#include <string>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/query/query.hpp>
#include <mainstem/read_model/collection.hpp>

#include "sqlite/filter_sql.hpp"

namespace mainstem::sqlite {

class Statement;

/// A query of documents has rows of id, version, what is shown of the document, sort keys; one of
/// groups has rows of its columns.
class QuerySql {
public:
    /// Query and collection must outlive it. `table`: the name of that of the collection's
    /// documents. `counted`: the documents looked at are counted by the connection. The error is
    /// QueryError::invalid, of `after`.
    static Result<QuerySql> make(const DocumentQuery& query, const Collection& collection,
                                 std::string_view table, bool counted);

    [[nodiscard]] const Sql& sql() const noexcept { return sql_; }
    /// The document that a row shows.
    [[nodiscard]] Document document(const Statement& row) const;
    /// The mark of a page that ends with this row.
    [[nodiscard]] std::string mark(const Statement& row) const;

private:
    QuerySql(const DocumentQuery& query, const Collection& collection)
        : query_(&query), fields_(collection) {}

    void write_documents();
    void write_groups();
    void write_filter(std::string_view table, bool counted);
    Result<void> write_after();
    void write_limit();

    const DocumentQuery* query_;
    FilterSql fields_;
    Sql sql_;
    std::vector<std::string> columns_;  ///< names, of selected fields or of groups
};

}  // namespace mainstem::sqlite
