// Reading stored requests.
#include "log/stored_request.hpp"

#include <functional>
#include <map>

#include "store/errors.hpp"

namespace mainstem::log {
namespace {

using Visit = std::function<void(const EventView& event, ByteSpan bytes)>;

/// Reads the frame whose first event is at `ordinal`, without its padding.
Result<std::vector<std::byte>> read_frame(Segment& segment, Ordinal ordinal, FrameHeader& header,
                                          std::uint64_t& frame_offset) {
    std::vector<std::uint32_t> offset;
    const auto located = segment.with_index([&](const SegmentIndex& index) {
        offset.clear();
        return index.offsets(ordinal, ordinal, offset);
    });
    if (!located) return located.error();
    const auto salt = segment.salt();
    if (!salt) return salt.error();

    const Position first{segment.first().value + ordinal};
    frame_offset = offset.front() - sizeof header;
    std::vector<std::byte> bytes(sizeof header);
    const auto header_read = segment.read(bytes, frame_offset);
    if (!header_read) return header_read.error();
    const Verdict framed = parse_frame(bytes, {*salt, frame_offset}, header);
    if (framed != Verdict::valid || header.first_position != first.value) {
        return segment.damaged_at(frame_offset, first, framed);
    }
    bytes.resize(sizeof header + header.stored_size);
    const auto read = segment.read(bytes, frame_offset);
    if (!read) return read.error();
    return bytes;
}

/// Calls `visit` with each event of the request whose first event is at `ordinal`, if that has this
/// id; returns whether it has. Each event is verified before it is shown: damage is not another
/// content.
Result<bool> visit_stored(Segment& segment, Ordinal ordinal, const EventId& id,
                          const Visit& visit) {
    FrameHeader header;
    std::uint64_t frame_offset = 0;
    const auto bytes = read_frame(segment, ordinal, header, frame_offset);
    if (!bytes) return bytes.error();
    const auto salt = segment.salt();
    if (!salt) return salt.error();
    std::size_t at = sizeof header;
    for (std::uint32_t i = 0; i < header.count; ++i) {
        const ByteSpan rest = ByteSpan{*bytes}.subspan(at);
        const Position position{header.first_position + i};
        EventView view;
        std::size_t size = 0;
        const Verdict verdict = parse_event(rest, position, *salt, view, size);
        if (verdict != Verdict::valid) {
            return segment.damaged_at(frame_offset + at, position, verdict);
        }
        if (i == 0 && view.id != id) return false;
        visit(view, rest.first(size));
        at += size;
    }
    return true;
}

/// The answer to the request whose first event is at `ordinal`, if that has this id.
Result<std::optional<Appended>> answer_at(Segment& segment, Ordinal ordinal, const EventId& id) {
    Appended answer{.first = {segment.first().value + ordinal},
                    .position = {},
                    .versions = {},
                    .durability = Durability::flushed,
                    .repeated = true};
    std::map<std::string, std::size_t, std::less<>> places;  // of streams among the versions
    const auto found =
        visit_stored(segment, ordinal, id, [&](const EventView& event, ByteSpan /*bytes*/) {
            answer.position = event.position;
            const auto known = places.find(event.stream);
            if (known != places.end()) {
                answer.versions[known->second].version = event.version;
            } else {
                places.emplace(event.stream, answer.versions.size());
                answer.versions.push_back({event.stream, event.version});
            }
        });
    if (!found) return found.error();
    if (!*found) return std::optional<Appended>{};
    return std::optional{std::move(answer)};
}

/// The answer to the one of these requests that has this id.
Result<std::optional<Appended>> answer_among(Segment& segment, std::span<const Ordinal> ordinals,
                                             const EventId& id) {
    for (const Ordinal ordinal : ordinals) {
        auto found = answer_at(segment, ordinal, id);
        if (!found || *found) return found;
    }
    return std::optional<Appended>{};
}

/// Sets `out` to the first events of requests in a sealed segment whose id may be this one.
Result<void> find_sealed(Segment& segment, const EventId& id, std::vector<Ordinal>& out) {
    return segment.with_index([&](const SegmentIndex& index) -> Result<void> {
        out.clear();
        const auto times = index.request_times();
        if (!times) return times.error();
        if (!times->may_hold(id)) return {};
        return index.requests(hash_of(id), out);
    });
}

}  // namespace

Result<std::optional<Result<Appended>>> compare_stored(Segment& segment, Ordinal ordinal,
                                                       const EncodedRequest& request) {
    using Found = std::optional<Result<Appended>>;
    bool same = true;
    std::size_t count = 0;
    std::vector<Version> versions(request.streams.size());
    const auto found =
        visit_stored(segment, ordinal, request.id(), [&](const EventView& event, ByteSpan bytes) {
            same =
                same && count < request.events.size() && same_content(bytes, request.event(count));
            if (same) versions[request.events[count].stream] = event.version;
            ++count;
        });
    if (!found) return found.error();
    if (!*found) return Found{};
    const Position first{segment.first().value + ordinal};
    if (!same || count != request.events.size()) return Found{id_reused_error(request.id(), first)};
    Appended answer{.first = first,
                    .position = {first.value + count - 1},
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
    std::vector<Ordinal> candidates;
    for (std::size_t i = end; i > begin; --i) {
        Segment& segment = *list[i - 1];
        const auto looked = find_sealed(segment, request.id(), candidates);
        if (!looked) return looked.error();
        for (const Ordinal ordinal : candidates) {
            auto found = compare_stored(segment, ordinal, request);
            if (!found || *found) return found;
        }
    }
    return Found{};
}

Result<std::optional<Appended>> stored_answer(Segment& segment, const EventId& id) {
    const Ordinal visible = segment.visible().count;  // before its index, which may grow
    std::vector<Ordinal> candidates;
    const auto looked = segment.with_index([&](const SegmentIndex& index) {
        candidates.clear();
        return index.requests(hash_of(id), candidates);
    });
    if (!looked) return looked.error();
    std::erase_if(candidates, [&](Ordinal ordinal) { return ordinal >= visible; });
    return answer_among(segment, candidates, id);
}

Result<std::optional<Appended>> stored_answer_in(const SegmentList& list, std::size_t segments,
                                                 const EventId& id) {
    std::vector<Ordinal> candidates;
    for (std::size_t i = segments; i > 0; --i) {
        Segment& segment = *list[i - 1];
        const auto looked = find_sealed(segment, id, candidates);
        if (!looked) return looked.error();
        auto found = answer_among(segment, candidates, id);
        if (!found || *found) return found;
    }
    return std::optional<Appended>{};
}

}  // namespace mainstem::log
