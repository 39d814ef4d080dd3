// Groups, their aggregates, and their order. A row has the fields that make the group first.
#include "query/group_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "query/fields.hpp"

namespace mainstem::query {
namespace {

using Row = std::vector<FieldValue>;  ///< of all columns

std::vector<std::string> columns_of(const DocumentQuery& query) {
    std::vector<std::string> columns{query.group_by.begin(), query.group_by.end()};
    for (const auto& aggregate : query.aggregates) columns.push_back(aggregate.column());
    return columns;
}

/// Rows of equal keys stay in their order.
void sort_rows(std::vector<Row>& rows, const DocumentQuery& query,
               const std::vector<std::string>& columns) {
    std::vector<std::size_t> keys;
    for (const auto& key : query.sort) {
        const auto found = std::ranges::find(columns, key.field);
        keys.push_back(static_cast<std::size_t>(found - columns.begin()));
    }
    std::ranges::stable_sort(rows, [&](const Row& one, const Row& other) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto order = one[keys[i]] <=> other[keys[i]];
            if (order != 0) return query.sort[i].descending ? order > 0 : order < 0;
        }
        return false;
    });
}

/// The columns that are shown.
std::vector<std::size_t> shown_columns(const DocumentQuery& query) {
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < query.group_by.size(); ++i) {
        const bool is_selected =
            query.select.empty() ||
            std::ranges::find(query.select, query.group_by[i]) != query.select.end();
        if (is_selected) shown.push_back(i);
    }
    for (std::size_t i = 0; i < query.aggregates.size(); ++i) {
        shown.push_back(query.group_by.size() + i);
    }
    return shown;
}

std::string json_of_row(const Row& row, const std::vector<std::string>& columns,
                        const std::vector<std::size_t>& shown) {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto column : shown) {
        names.push_back(columns[column]);
        values.push_back(json_of(row[column]));
    }
    return row_json(names, values);
}

}  // namespace

void GroupRows::add(const DocumentView& document) {
    key_.clear();
    for (const auto& path : query_.group_by) key_.push_back(view_at(document, path));
    auto group = groups_.find(key_);
    if (group == groups_.end()) {
        Key key;
        for (const auto& view : key_) key.push_back(value_of(view));
        group = groups_.try_emplace(std::move(key), query_.aggregates.size()).first;
    }
    for (std::size_t i = 0; i < query_.aggregates.size(); ++i) {
        const auto& aggregate = query_.aggregates[i];
        const auto value =
            aggregate.field.empty() ? ValueView{} : view_at(document, aggregate.field);
        group->second[i].add(aggregate, value);
    }
}

Result<Page> GroupRows::finish() {
    // Without fields to group by there is one group, even of no documents.
    if (query_.group_by.empty()) groups_.try_emplace(Key{}, query_.aggregates.size());
    std::vector<Row> rows;
    rows.reserve(groups_.size());
    for (const auto& [key, accumulators] : groups_) {
        Row& row = rows.emplace_back(key);
        for (std::size_t i = 0; i < accumulators.size(); ++i) {
            auto answer = accumulators[i].answer(query_.aggregates[i]);
            if (!answer) return answer.error();
            row.push_back(*std::move(answer));
        }
    }
    const auto columns = columns_of(query_);
    sort_rows(rows, query_, columns);
    const auto shown = shown_columns(query_);
    Page page;
    for (std::size_t i = query_.offset; i < rows.size() && i - query_.offset < query_.limit; ++i) {
        page.documents.push_back({.json = json_of_row(rows[i], columns, shown)});
    }
    return page;
}

}  // namespace mainstem::query
