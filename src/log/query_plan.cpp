// Choosing by exact lengths of postings.
#include "log/query_plan.hpp"

#include <algorithm>

#include "log/event_reader.hpp"

namespace mainstem::log {
namespace {

/// An event that an index leads to costs as much as so many in a row.
constexpr std::uint64_t cost_of_candidate = 8;
/// Of an item: so many are found while the plan is made.
constexpr std::uint64_t few_candidates = 64;

Result<Timestamp> recorded_at(Segment& segment, Ordinal ordinal) {
    EventReader reader;
    EventPage page;
    const auto read = reader.read(segment, {&ordinal, 1}, page);
    if (!read) return read.error();
    return page.front()->recorded_at;
}

/// The first position that was recorded at `time` or later; that behind the last one if there is
/// none. Times never go back.
Result<Position> first_at(const SegmentList& list, Timestamp time) {
    std::size_t low = 0;  // segments before it begin earlier than `time`
    std::size_t high = list.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const auto begins = list[middle]->begins_at();
        if (!begins) return begins.error();
        *begins < time ? low = middle + 1 : high = middle;
    }
    if (low == 0) return list.front()->first();
    Segment& segment = *list[low - 1];
    Ordinal first = 0;
    Ordinal last = segment.visible().count;
    while (first < last) {
        const Ordinal middle = first + (last - first) / 2;
        const auto at = recorded_at(segment, middle);
        if (!at) return at.error();
        *at < time ? first = middle + 1 : last = middle;
    }
    return Position{segment.first().value + first};
}

/// True if no stream of the segment begins with the item's prefix.
Result<bool> lacks_prefix(Segment& segment, const QueryItem& item) {
    if (item.stream_prefix.empty()) return false;
    return segment.with_index([&](const SegmentIndex& index) -> Result<bool> {
        if (index.exact()) return false;  // it would have to be sorted first
        std::vector<StreamInfo> found;
        const auto listed = index.list(item.stream_prefix, {}, 1, segment.visible().count, found);
        if (!listed) return listed.error();
        return found.empty();
    });
}

/// True if the indexes tell that nothing in the segment matches an item without terms.
Result<bool> open_items_lack_streams(Segment& segment, const TermQuery& query) {
    for (const QueryItem& item : query.query().items) {
        if (!item.types.empty() || !item.tags.empty()) continue;
        const auto lacks = lacks_prefix(segment, item);
        if (!lacks || !*lacks) return lacks;
    }
    return !query.query().items.empty();
}

/// What the index says about a query's items.
struct Estimate {
    std::uint64_t events = 0;  ///< of the segment, at most
    bool few = true;           ///< those in the range were found
};

Result<Estimate> look_into_index(Segment& segment, const TermQuery& query, OrdinalRange range,
                                 bool passed_filter, std::vector<Ordinal>& candidates) {
    return segment.with_index([&](const SegmentIndex& index) -> Result<Estimate> {
        Estimate estimate;
        candidates.clear();
        for (std::size_t i = 0; i < query.size(); ++i) {
            const TermItem item = query.item(i, passed_filter);
            if (item.types.empty() && item.tags.empty()) continue;
            const auto most = index.find_few(item, range, few_candidates, candidates);
            if (!most) return most.error();
            estimate.events += *most;
            estimate.few &= *most <= few_candidates;
        }
        if (query.size() > 1) {
            std::ranges::sort(candidates);
            const auto doubles = std::ranges::unique(candidates);
            candidates.erase(doubles.begin(), doubles.end());
        }
        return estimate;
    });
}

}  // namespace

Result<PositionRange> within_times(const SegmentList& list, const EventQuery& query,
                                   PositionRange range) {
    const auto& items = query.items;
    if (range.empty() || items.empty()) return range;
    const auto earlier = [](const QueryItem& a, const QueryItem& b) { return a.since < b.since; };
    const auto since = std::ranges::min_element(items, earlier)->since;
    if (since) {
        const auto first = first_at(list, *since);
        if (!first) return first.error();
        range.first = std::max(range.first, *first);
    }
    const bool all_end = std::ranges::all_of(items, [](const QueryItem& i) { return !!i.until; });
    if (all_end) {
        const auto until = std::ranges::max(items, {}, &QueryItem::until).until;
        const auto end = first_at(list, *until);
        if (!end) return end.error();
        range.last = std::min(range.last, Position{end->value - 1});
    }
    return range;
}

OrdinalRange ordinals_in(const Segment& segment, PositionRange range) {
    const std::uint64_t first = segment.first().value;
    const std::uint64_t end = segment.next_visible().value;
    const std::uint64_t from = std::max(range.first.value, first);
    const std::uint64_t to = std::min(range.last.value + 1, end);
    if (from >= to) return {};
    return {static_cast<Ordinal>(from - first), static_cast<Ordinal>(to - first)};
}

Result<SegmentPlan> plan_segment(Segment& segment, const TermQuery& query, OrdinalRange range,
                                 PlanChoice choice, bool passed_filter,
                                 std::vector<Ordinal>& candidates) {
    const std::uint64_t base = segment.first().value;
    SegmentPlan plan;
    plan.part = {.first = {base + range.begin},
                 .last = {base + range.end - 1},
                 .way = ReadPlan::Way::scan,
                 .events = range.size()};
    if (choice == PlanChoice::scan) return plan;
    if (query.open()) {
        const auto lacks = open_items_lack_streams(segment, query);
        if (!lacks) return lacks.error();
        if (!*lacks) return plan;
    }
    const auto found = look_into_index(segment, query, range, passed_filter, candidates);
    if (!found) return found.error();
    plan.knows_candidates = found->few;
    // Those in the range are counted as if they were spread evenly.
    const double share =
        static_cast<double>(range.size()) / static_cast<double>(segment.visible().count);
    const auto spread = static_cast<std::uint64_t>(static_cast<double>(found->events) * share + 1);
    const std::uint64_t here = found->few ? candidates.size() : std::min(spread, found->events);
    if (here == 0) {
        plan.part.way = ReadPlan::Way::nothing;
        plan.part.events = 0;
    } else if (choice == PlanChoice::index || here * cost_of_candidate < range.size()) {
        plan.part.way = ReadPlan::Way::index;
        plan.part.events = here;
    }
    return plan;
}

}  // namespace mainstem::log
