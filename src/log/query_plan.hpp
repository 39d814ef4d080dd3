// Planning of filtered reads: which positions can hold what is asked for, and whether a segment is
// looked through by its index or event by event. The plan changes the speed, never the answer.
#pragma once

#include <mainstem/store/read.hpp>

#include "log/log_config.hpp"
#include "log/segments.hpp"
#include "log/term_query.hpp"

namespace mainstem::log {

/// The positions `first` to `last`; none if first > last.
struct PositionRange {
    Position first;
    Position last;

    [[nodiscard]] bool empty() const noexcept { return first > last; }
};

/// The part of the range that events recorded in the query's times can stand in. Looks at some
/// events, O(log of all). Errors: damaged, newer_format, io.
Result<PositionRange> within_times(const SegmentList& list, const EventQuery& query,
                                   PositionRange range);

/// The part of the range that stands in the segment, as ordinals. It must be visible.
[[nodiscard]] OrdinalRange ordinals_in(const Segment& segment, PositionRange range);

/// How the events in some range of a segment are looked through.
struct SegmentPlan {
    ReadPlan::Part part;
    bool knows_candidates = false;
};

/// Sets `candidates` to the events in `range` that may match, ascending, if the plan says that it
/// knows them, which it does where they are few. `passed_filter`: see TermItem.
Result<SegmentPlan> plan_segment(Segment& segment, const TermQuery& query, OrdinalRange range,
                                 PlanChoice choice, bool passed_filter,
                                 std::vector<Ordinal>& candidates);

}  // namespace mainstem::log
