// The store's side of reads.
#include <algorithm>
#include <map>

#include "log/log_store.hpp"
#include "log/page_source.hpp"
#include "log/query_pages.hpp"
#include "log/stored_request.hpp"
#include "log/stream_pages.hpp"
#include "store/errors.hpp"

namespace mainstem::log {
namespace {

Position head_of(const SegmentList& list) { return {list.back()->next_visible().value - 1}; }

}  // namespace

Result<std::shared_ptr<const SegmentList>> LogStore::visible_segments() {
    if (follower_) {
        const auto refreshed = follower_->refresh();
        if (!refreshed) return refreshed.error();
    }
    return segments_.list();
}

Result<Position> LogStore::head() {
    const auto list = visible_segments();
    if (!list) return list.error();
    return head_of(**list);
}

EventCursor LogStore::read_stream(const StreamId& stream, const StreamRead& read) {
    const auto checked = check_page_events(read.page_events);
    if (!checked) return EventCursor{checked.error()};
    const auto list = visible_segments();
    if (!list) return EventCursor{list.error()};
    std::vector<StreamParts> streams;
    streams.emplace_back(stream.str(), read);
    return EventCursor{
        std::make_unique<StreamPages>(*list, std::move(streams), read, shared_from_this())};
}

EventCursor LogStore::read_streams(const std::vector<StreamFrom>& streams,
                                   std::size_t page_events) {
    const auto checked = check_page_events(page_events);
    if (!checked) return EventCursor{checked.error()};
    const auto few = check_streams_read(streams.size());
    if (!few) return EventCursor{few.error()};
    const auto list = visible_segments();
    if (!list) return EventCursor{list.error()};
    std::map<std::string_view, Version> lowest;
    for (const auto& [stream, from] : streams) {
        const auto [known, is_new] = lowest.emplace(stream.view(), from);
        known->second = std::min(known->second, from);
    }
    std::vector<StreamParts> parts;
    parts.reserve(lowest.size());
    for (const auto& [stream, from] : lowest) {
        parts.emplace_back(std::string{stream}, StreamRead{.from = from});
    }
    return EventCursor{std::make_unique<StreamPages>(
        *list, std::move(parts), StreamRead{.page_events = page_events}, shared_from_this())};
}

EventCursor LogStore::read_positions(const std::vector<Position>& positions,
                                     std::size_t page_events) {
    const auto checked = check_page_events(page_events);
    if (!checked) return EventCursor{checked.error()};
    const auto list = visible_segments();
    if (!list) return EventCursor{list.error()};
    const auto visible = check_positions(positions, head_of(**list));
    if (!visible) return EventCursor{visible.error()};
    return EventCursor{
        std::make_unique<ScatteredPages>(*list, positions, page_events, shared_from_this())};
}

/// What a read of positions looks at.
struct LogStore::Reach {
    std::shared_ptr<const SegmentList> list;
    PositionRange range;
};

Result<LogStore::Reach> LogStore::reach_of(const PositionRead& read) {
    const auto checked = check_page_events(read.page_events);
    if (!checked) return checked.error();
    const auto query = check_query(read.query);
    if (!query) return query.error();
    const bool forward = read.direction == Direction::forward;
    const auto known = segments_.list();
    const bool is_known = forward && read.to.value != 0 && read.to <= head_of(*known);
    const auto list = is_known ? known : visible_segments();
    if (!list) return list.error();
    const Position head = head_of(**list);
    const auto start = check_start(read.from, read.direction, head);
    if (!start) return start.error();

    PositionRange range{.first = std::max(forward ? read.from : read.to, Position{1}),
                        .last = forward ? read.to : read.from};
    if (range.last.value == 0 || range.last > head) range.last = head;
    if (read.limit == 0) range = {{1}, {0}};
    const auto timely = within_times(**list, read.query, range);
    if (!timely) return timely.error();
    return Reach{*list, *timely};
}

EventCursor LogStore::read_all(const PositionRead& read) {
    auto reach = reach_of(read);
    if (!reach) return EventCursor{reach.error()};
    auto& [list, range] = *reach;
    if (!read.query.matches_all()) {
        return EventCursor{std::make_unique<QueryPages>(std::move(list), range, read, config_.plan,
                                                        shared_from_this())};
    }
    if (!range.empty() && read.limit <= range.last.value - range.first.value) {
        const bool forward = read.direction == Direction::forward;
        (forward ? range.last.value : range.first.value) =
            forward ? range.first.value + read.limit - 1 : range.last.value - read.limit + 1;
    }
    return EventCursor{std::make_unique<PositionPages>(std::move(list), range.first, range.last,
                                                       read.direction, read.page_events,
                                                       shared_from_this())};
}

Result<ReadPlan> LogStore::explain(const PositionRead& read) {
    auto reach = reach_of(read);
    if (!reach) return reach.error();
    TermQuery query;
    query.compile(read.query);
    const PlanChoice choice = read.query.matches_all() ? PlanChoice::scan : config_.plan;
    ReadPlan plan;
    std::vector<Ordinal> candidates;
    for (const auto& segment : *reach->list) {
        const OrdinalRange range = ordinals_in(*segment, reach->range);
        if (range.empty()) continue;
        const auto planned = plan_segment(*segment, query, range, choice, false, candidates);
        if (!planned) return planned.error();
        plan.parts.push_back(planned->part);
    }
    if (read.direction == Direction::backward) std::ranges::reverse(plan.parts);
    return plan;
}

Result<std::optional<Appended>> LogStore::find_request(const EventId& first) {
    if (first.is_nil()) return std::optional<Appended>{};
    const auto list = visible_segments();
    if (!list) return list.error();
    auto found = stored_answer(*(*list)->back(), first);
    if (found && !*found) {
        const std::size_t sealed = (*list)->size() - 1;
        const auto known = request_history_.may_hold(**list, sealed, first);
        if (!known) return known.error();
        if (*known) found = stored_answer_in(**list, sealed, first);
    }
    if (!found || !*found) return found;
    // Readers of another process see nothing that is not on the disk.
    const bool flushed = !writer_ || (*found)->position <= writer_->settled();
    (*found)->durability = flushed ? Durability::flushed : Durability::buffered;
    return found;
}

Result<StreamInfo> LogStore::stream_info(const StreamId& stream) {
    const auto list = visible_segments();
    if (!list) return list.error();
    const auto head = head_in(**list, 0, (*list)->size(), StreamKey{stream.view()});
    if (!head) return head.error();
    return StreamInfo{stream, head->version, head->position};
}

Result<std::vector<StreamInfo>> LogStore::streams(std::string_view prefix, std::string_view after,
                                                  std::size_t limit) {
    const auto list = visible_segments();
    if (!list) return list.error();
    std::map<std::string, StreamInfo> merged;
    std::vector<StreamInfo> here;
    for (const auto& segment : **list) {
        here.clear();
        const auto listed = segment->with_index([&](const SegmentIndex& index) {
            here.clear();
            return index.list(prefix, after, limit, segment->visible().count, here);
        });
        if (!listed) return listed.error();
        for (StreamInfo& info : here) {
            info.last_position.value += segment->first().value;
            merged.insert_or_assign(info.stream.str(), info);
        }
    }
    std::vector<StreamInfo> result;
    for (auto& [name, info] : merged) {
        if (result.size() == limit) break;
        result.push_back(std::move(info));
    }
    return result;
}

Result<StoreStats> LogStore::stats() {
    constexpr std::size_t page = 10'000;
    const auto list = visible_segments();
    if (!list) return list.error();
    StoreStats stats;
    stats.head = head_of(**list);
    stats.events = stats.head.value;
    stats.segments = (*list)->size();
    for (const auto& segment : **list) {
        const auto extent = segment->extent();
        if (!extent) return extent.error();
        stats.data_bytes += extent->end;
        const auto index =
            context_->disk->open(context_->directory.index(segment->first()), FileMode::read);
        if (!index) continue;
        stats.index_bytes += (*index)->size().value_or(0);
    }
    std::string after;
    for (;;) {
        const auto names = streams({}, after, page);
        if (!names) return names.error();
        for (const StreamInfo& info : *names) {
            const bool system = info.stream.view().starts_with('$');
            ++(system ? stats.system_streams : stats.streams);
            if (system) stats.system_events += info.version.value;
        }
        if (names->size() < page) return stats;
        after = names->back().stream.str();
    }
}

}  // namespace mainstem::log
