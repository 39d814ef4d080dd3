// Queries of documents and of groups are two statements; filters are the same in both.
#include "sqlite/query_sql.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "query/document_query.hpp"
#include "sqlite/connection.hpp"

namespace mainstem::sqlite {
namespace {

std::string_view function_of(Aggregate::Function function) {
    switch (function) {
        case Aggregate::Function::count: return "count";
        case Aggregate::Function::sum: return "exact_sum";
        case Aggregate::Function::min: return "min";
        case Aggregate::Function::max: return "max";
        case Aggregate::Function::avg: return "exact_avg";
    }
    return "";
}

std::string aggregate_sql(const Aggregate& aggregate, const FilterSql& fields) {
    if (aggregate.field.empty()) return "count(*)";
    return fmt::format("{}({})", function_of(aggregate.function), fields.field(aggregate.field));
}

/// Rows behind the mark: behind in the first key, or equal in it and behind in the rest.
class AfterSql {
public:
    AfterSql(const DocumentQuery& query, const query::PageMark& mark, const FilterSql& fields,
             Sql& out)
        : query_(query), mark_(mark), fields_(fields), out_(out) {}

    void write(std::size_t key = 0) {
        if (key == query_.sort.size()) return value("d._id > ", mark_.id);
        const auto field = fields_.field(query_.sort[key].field);
        const auto& last = mark_.keys[key];
        out_.text += "(";
        behind(field, last, query_.sort[key].descending);
        out_.text += " OR (" + field;
        if (last.is_null()) {
            out_.text += " IS NULL";
        } else {
            value(" = ", last);
        }
        out_.text += " AND ";
        write(key + 1);
        out_.text += "))";
    }

private:
    void value(std::string_view before, const FieldValue& value) {
        out_.text += before;
        out_.text += '?';
        out_.values.push_back(value);
    }

    /// Null is the least of all.
    void behind(const std::string& field, const FieldValue& last, bool descending) {
        if (last.is_null()) {
            out_.text += descending ? "0" : field + " IS NOT NULL";
            return;
        }
        value(field + (descending ? " < " : " > "), last);
        if (descending) out_.text += " OR " + field + " IS NULL";
    }

    const DocumentQuery& query_;
    const query::PageMark& mark_;
    const FilterSql& fields_;
    Sql& out_;
};

}  // namespace

Result<QuerySql> QuerySql::make(const DocumentQuery& query, const Collection& collection,
                                std::string_view table, bool counted) {
    QuerySql made{query, collection};
    if (query.groups()) {
        made.write_groups();
        made.write_filter(table, counted);
        if (!query.group_by.empty()) {
            made.sql_.text += " GROUP BY ";
            for (std::size_t i = 0; i < query.group_by.size(); ++i) {
                made.sql_.text += fmt::format("{}{}", i == 0 ? "" : ",", i + 1);
            }
        }
    } else {
        made.write_documents();
        made.write_filter(table, counted);
        if (auto done = made.write_after(); !done) return std::move(done).error();
    }
    made.write_limit();
    return made;
}

void QuerySql::write_documents() {
    sql_.text = "SELECT d._id,d._version";
    if (query_->select.empty()) sql_.text += ",d._json";
    for (const auto& path : query_->select) {
        sql_.text += "," + fields_.json(path);
        columns_.push_back(path);
    }
    for (const auto& key : query_->sort) sql_.text += "," + fields_.field(key.field);
}

void QuerySql::write_groups() {
    sql_.text = "SELECT ";
    for (const auto& path : query_->group_by) {
        sql_.text += (columns_.empty() ? "" : ",") + fields_.field(path);
        columns_.push_back(path);
    }
    for (const auto& aggregate : query_->aggregates) {
        sql_.text += (columns_.empty() ? "" : ",") + aggregate_sql(aggregate, fields_);
        columns_.push_back(aggregate.column());
    }
}

void QuerySql::write_filter(std::string_view table, bool counted) {
    sql_.text += fmt::format(" FROM {} AS d WHERE ", quoted_name(table));
    // The first of all conditions, on what every index has: called for each entry looked at.
    if (counted) sql_.text += "touched(d._id) AND ";
    fields_.append(sql_, query_->where);
}

Result<void> QuerySql::write_after() {
    if (query_->after.empty()) return {};
    auto mark = query::parse_mark(query_->after, *query_);
    if (!mark) return std::move(mark).error();
    sql_.text += " AND ";
    AfterSql{*query_, *mark, fields_, sql_}.write();
    return {};
}

/// One more row than asked for tells that there is a next page.
void QuerySql::write_limit() {
    sql_.text += " ORDER BY ";
    for (const auto& key : query_->sort) {
        auto what = fields_.field(key.field);
        if (query_->groups()) {
            const auto column = std::ranges::find(columns_, key.field);
            what = std::to_string(column - columns_.begin() + 1);
        }
        sql_.text += what + (key.descending ? " DESC," : ",");
    }
    if (!query_->groups()) sql_.text += "d._id";
    for (std::size_t i = 0; i < query_->group_by.size(); ++i) {
        sql_.text += fmt::format("{}{}", i == 0 ? "" : ",", i + 1);
    }
    if (query_->groups() && query_->group_by.empty()) sql_.text += "1";
    if (query_->limit == DocumentQuery::no_limit && query_->offset == 0) return;
    sql_.text += " LIMIT ? OFFSET ?";
    const auto most = std::min(query_->limit, DocumentQuery::no_limit - 1);
    sql_.values.emplace_back(static_cast<std::int64_t>(most + 1));
    sql_.values.emplace_back(
        static_cast<std::int64_t>(std::min(query_->offset, DocumentQuery::no_limit)));
}

Document QuerySql::document(const Statement& row) const {
    if (!query_->groups() && query_->select.empty()) {
        return {std::string{row.text(0)}, {row.number(1)}, std::string{row.text(2)}};
    }
    std::vector<std::string> values;
    values.reserve(columns_.size());
    const int first = query_->groups() ? 0 : 2;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
        values.push_back(query_->groups() ? query::json_of(row.value(i))
                                          : std::string{row.text(first + i)});
    }
    auto json = query::row_json(columns_, values);
    if (query_->groups()) return {.json = std::move(json)};
    return {std::string{row.text(0)}, {row.number(1)}, std::move(json)};
}

std::string QuerySql::mark(const Statement& row) const {
    query::PageMark mark;
    mark.id = row.text(0);
    const auto first = 2 + std::max<std::size_t>(columns_.size(), 1);
    mark.keys.reserve(query_->sort.size());
    for (std::size_t i = 0; i < query_->sort.size(); ++i) {
        mark.keys.push_back(row.value(static_cast<int>(first + i)));
    }
    return query::to_text(mark, *query_);
}

}  // namespace mainstem::sqlite
