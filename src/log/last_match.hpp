// The last event of a segment that matches a query: what conditions of appends ask for.
#pragma once

#include "log/segment.hpp"
#include "log/term_query.hpp"

namespace mainstem::log {

/// The last event in `range` that may match, by the index alone. `passed_filter`: see TermItem.
Result<std::optional<Ordinal>> last_candidate(const SegmentIndex& index, const TermQuery& query,
                                              OrdinalRange range, bool passed_filter = false);

/// The last event in `range` that matches, which must ask for types and tags alone. Where the index
/// knows hashes only, events are looked at. Errors: damaged, newer_format, io.
Result<std::optional<Ordinal>> last_match(Segment& segment, const TermQuery& query,
                                          OrdinalRange range, bool passed_filter);

}  // namespace mainstem::log
