// Looking streams and requests up across segments.
#include "log/segments.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

#include "log/last_match.hpp"
#include "log/segment_walk.hpp"

namespace mainstem::log {

std::size_t number_of(const SegmentList& list, Position position) {
    if (position >= list.back()->first()) return list.size() - 1;
    const auto after = std::ranges::upper_bound(
        list, position, {}, [](const auto& segment) { return segment->first(); });
    MAINSTEM_ASSERT(after != list.begin(), "a position before the first segment");
    return static_cast<std::size_t>(after - list.begin()) - 1;
}

Result<StreamHead> head_in(const SegmentList& list, std::size_t begin, std::size_t end,
                           const StreamKey& key) {
    SegmentWalk walk{list, begin, end, Direction::backward};
    while (const auto number = walk.next(Sought{key})) {
        Segment& segment = *list[*number];
        StreamKey here = key;
        here.passed_filter = walk.passed_filter();
        const auto span = segment.with_index(
            [&](const SegmentIndex& index) { return index.find(here, segment.visible().count); });
        if (!span) return span.error();
        if (*span) {
            return StreamHead{(*span)->last, {segment.first().value + (*span)->last_ordinal}};
        }
    }
    return StreamHead{};
}

Result<Position> last_match_in(const SegmentList& list, Ordinal count, const TermQuery& query,
                               Position after) {
    SegmentWalk walk{list, number_of(list, after.next()), list.size(), Direction::backward};
    while (const auto number = walk.next(Sought{query})) {
        Segment& segment = *list[*number];
        const std::uint64_t first = segment.first().value;
        const Ordinal end = *number + 1 == list.size() ? count : segment.visible().count;
        const auto begin = after.value < first ? 0 : static_cast<Ordinal>(after.value - first + 1);
        const auto found = last_match(segment, query, {begin, end}, walk.passed_filter());
        if (!found) return found.error();
        if (*found) return Position{first + **found};
    }
    return Position{};
}

}  // namespace mainstem::log
