// Look-ups by id, and scans.
#include "read_model/memory_query.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace mainstem::read_model {
namespace {

using Ids = std::set<std::string>;

/// The ids that a condition leaves; nothing if it is about something else. An id is a text, so
/// other values leave none.
std::optional<Ids> ids_of(const Condition& condition) {
    const bool equal = condition.comparison == Comparison::equal;
    if (condition.field != "_id" || (!equal && condition.comparison != Comparison::in)) return {};
    Ids ids;
    for (const auto& value : condition.values) {
        if (const auto* text = std::get_if<std::string>(&value.get())) ids.insert(*text);
    }
    return ids;
}

/// The same of the filter as a whole: one condition on ids of those that must all hold is enough.
std::optional<Ids> ids_of(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return ids_of(filter.condition);
    if (filter.kind != Filter::Kind::all_of) return {};
    for (const auto& part : filter.parts) {
        if (part.kind != Filter::Kind::condition) continue;
        if (auto ids = ids_of(part.condition)) return ids;
    }
    return {};
}

/// Gives documents to the scan; how many.
std::uint64_t look_up(const Ids& ids, const KeptDocuments& documents, query::Scan& scan) {
    std::uint64_t touched = 0;
    for (const auto& id : ids) {
        const auto found = documents.find(id);
        if (found == documents.end()) continue;
        scan.add(found->second->view());
        ++touched;
    }
    return touched;
}

std::uint64_t look_at_all(const KeptDocuments& documents, query::Scan& scan) {
    for (const auto& [id, document] : documents) scan.add(document->view());
    return documents.size();
}

}  // namespace

Result<MemoryAnswer> run_query(const MemoryCollection& collection, const DocumentQuery& query) {
    const auto& documents = collection.documents();
    const auto ids = ids_of(query.where);
    query::Scan scan{query};
    QueryPlan plan;
    plan.way = ids ? QueryPlan::Way::key : QueryPlan::Way::scan;
    plan.sorted = !query.sort.empty() || query.groups();
    plan.touched = ids ? look_up(*ids, documents, scan) : look_at_all(documents, scan);
    plan.details = ids ? fmt::format("looked up {} ids in memory", ids->size())
                       : fmt::format("looked at all {} documents in memory", documents.size());
    auto page = scan.finish();
    if (!page) return page.error();
    plan.found = page->documents.size();
    return MemoryAnswer{*std::move(page), std::move(plan)};
}

}  // namespace mainstem::read_model
