// Reads a filter from text; the grammar is in docs/manual/document-queries.md.
#pragma once

#include <mainstem/query/filter.hpp>

#include "query/reader.hpp"

namespace mainstem::query {

/// All that belongs to a filter, from the token in hand on. False: a fault. What is taken obeys the
/// rules of filters.
[[nodiscard]] bool take_filter(Reader& reader, Filter& filter);

}  // namespace mainstem::query
