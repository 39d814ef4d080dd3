// Looking streams and requests up across segments.
#include "log/segments.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

#include "log/last_match.hpp"
#include "log/segment_walk.hpp"
#include "store/errors.hpp"

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

Result<std::optional<Result<Appended>>> compare_stored(Segment& segment, Ordinal ordinal,
                                                       const EncodedRequest& request) {
    using Found = std::optional<Result<Appended>>;
    std::vector<std::uint32_t> offset;
    const auto located = segment.with_index(
        [&](const SegmentIndex& index) { return index.offsets(ordinal, ordinal, offset); });
    if (!located) return located.error();
    const auto salt = segment.salt();
    if (!salt) return salt.error();

    const Position first{segment.first().value + ordinal};
    const std::uint64_t frame_offset = offset.front() - sizeof(FrameHeader);
    std::vector<std::byte> bytes(sizeof(FrameHeader));
    const auto header_read = segment.read(bytes, frame_offset);
    if (!header_read) return header_read.error();
    FrameHeader header;
    const Verdict framed = parse_frame(bytes, {*salt, frame_offset}, header);
    if (framed != Verdict::valid || header.first_position != first.value) {
        return segment.damaged_at(frame_offset, first, framed);
    }
    bytes.resize(sizeof header + header.stored_size);
    const auto read = segment.read(bytes, frame_offset);
    if (!read) return read.error();

    // Each event is verified before it is compared: damage is not another content.
    bool same = header.stored_size == request.stored_size && header.count == request.events.size();
    std::vector<Version> versions(request.streams.size());
    std::size_t at = sizeof header;
    for (std::uint32_t i = 0; i < header.count; ++i) {
        const ByteSpan rest = ByteSpan{bytes}.subspan(at);
        const Position position{first.value + i};
        EventView view;
        std::size_t size = 0;
        const Verdict verdict = parse_event(rest, position, *salt, view, size);
        if (verdict != Verdict::valid) {
            return segment.damaged_at(frame_offset + at, position, verdict);
        }
        if (i == 0 && view.id != request.id()) return Found{};
        same = same && same_content(rest.first(size), request.event(i));
        if (same) versions[request.events[i].stream] = view.version;
        at += size;
    }
    if (!same) return Found{id_reused_error(request.id(), first)};
    Appended answer{.first = first,
                    .position = {first.value + request.events.size() - 1},
                    .versions = {},
                    .durability = Durability::flushed,
                    .repeated = true};
    for (std::size_t i = 0; i < versions.size(); ++i) {
        const RequestStream& stream = request.streams[i];
        if (stream.has_events) answer.versions.push_back({stream.key.name, versions[i]});
    }
    return Found{std::move(answer)};
}

Result<std::optional<Result<Appended>>> repeat_in(const SegmentList& list, std::size_t begin,
                                                  std::size_t end, const EncodedRequest& request) {
    using Found = std::optional<Result<Appended>>;
    const EventId id = request.id();
    std::vector<Ordinal> candidates;
    for (std::size_t i = end; i > begin; --i) {
        Segment& segment = *list[i - 1];
        candidates.clear();
        const auto looked = segment.with_index([&](const SegmentIndex& index) -> Result<void> {
            const auto times = index.request_times();
            if (!times) return times.error();
            if (!times->may_hold(id)) return {};
            return index.requests(hash_of(id), candidates);
        });
        if (!looked) return looked.error();
        for (const Ordinal ordinal : candidates) {
            auto found = compare_stored(segment, ordinal, request);
            if (!found || *found) return found;
        }
    }
    return Found{};
}

}  // namespace mainstem::log
