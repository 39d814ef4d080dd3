// A query over documents as they come: filter them, then keep documents or groups.
#include <variant>

#include "query/document_query.hpp"
#include "query/document_rows.hpp"
#include "query/group_rows.hpp"

namespace mainstem::query {
namespace {

using Rows = std::variant<DocumentRows, GroupRows>;

Rows rows_of(const DocumentQuery& query) {
    if (query.groups()) return GroupRows{query};
    return DocumentRows{query};
}

}  // namespace

struct Scan::State {
    const DocumentQuery& query;
    Rows rows;
};

Scan::Scan(const DocumentQuery& query) : state_(new State{query, rows_of(query)}) {}
Scan::~Scan() = default;

void Scan::add(const DocumentView& document) {
    if (!matches(state_->query.where, document)) return;
    std::visit([&](auto& rows) { rows.add(document); }, state_->rows);
}

Result<Page> Scan::finish() {
    return std::visit([](auto& rows) { return rows.finish(); }, state_->rows);
}

}  // namespace mainstem::query
