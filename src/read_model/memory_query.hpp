// Queries of the read model in memory.
#pragma once

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "query/document_query.hpp"
#include "read_model/memory_collection.hpp"

namespace mainstem::read_model {

struct MemoryAnswer {
    query::Page page;
    QueryPlan plan;
};

/// The answer to a query that was checked. Documents are looked up where the filter says `_id = x`
/// or `_id in (…)` of all that it finds; else all are looked at. Errors: QueryError.
[[nodiscard]] Result<MemoryAnswer> run_query(const MemoryCollection& collection,
                                             const DocumentQuery& query);

}  // namespace mainstem::read_model
