// Looking a stream up in the segments that may hold what is to be read of it.
#include "log/stream_parts.hpp"

#include <algorithm>

#include "log/segment_walk.hpp"

namespace mainstem::log {
namespace {

/// So many events of a segment are located together with their stream.
constexpr std::uint64_t few_events = 256;

}  // namespace

/// Finds the versions of the stream in one segment, from `lowest` to `highest`. Few events are
/// located on the same visit to the index.
Result<std::optional<StreamSpan>> StreamParts::find_part(const StreamKey& key, Part& part,
                                                         Version lowest, Version highest) {
    using Found = Result<std::optional<StreamSpan>>;
    Segment& segment = *part.segment;
    return segment.with_index([&](const SegmentIndex& index) -> Found {
        part.ordinals.clear();
        auto span = index.find(key, segment.visible().count);
        if (!span || !*span) return span;
        part.from = std::max((*span)->first, lowest);
        part.to = std::min((*span)->last, highest);
        if (part.from > part.to || part.to.value - part.from.value >= few_events) return span;
        const auto located = index.ordinals(**span, part.from, part.to, part.ordinals);
        if (!located) return located.error();
        return span;
    });
}

Result<void> StreamParts::find(const SegmentList& list) {
    const bool forward = read_.direction == Direction::forward;
    const Version from = read_.from;
    const Version lowest{forward ? std::max<std::uint64_t>(from.value, 1) : 1};
    const Version highest{forward || from.value == 0 ? ~std::uint64_t{0} : from.value};
    std::uint64_t wanted = read_.limit;
    StreamKey key{stream_};
    SegmentWalk walk{list, 0, list.size(), Direction::backward};
    while (const auto number = walk.next(Sought{key})) {
        Part part{.segment = list[*number], .from = {}, .to = {}, .ordinals = {}};
        key.passed_filter = walk.passed_filter();
        const auto span = find_part(key, part, lowest, highest);
        if (!span) return span.error();
        if (!*span) continue;
        if (part.from <= part.to) {
            const std::uint64_t here = part.to.value - part.from.value + 1;
            forward ? parts_.push_front(std::move(part)) : parts_.push_back(std::move(part));
            if (!forward && here >= wanted) break;
            wanted -= forward ? 0 : here;
        }
        if ((*span)->first <= lowest) break;
    }
    return {};
}

Result<void> StreamParts::take(std::vector<Ordinal>& out) {
    const Part part = std::move(parts_.front());
    parts_.pop_front();
    if (!part.ordinals.empty()) {
        out.insert(out.end(), part.ordinals.begin(), part.ordinals.end());
        return {};
    }
    Segment& segment = *part.segment;
    const std::size_t before = out.size();
    return segment.with_index([&](const SegmentIndex& index) -> Result<void> {
        out.resize(before);
        const auto span = index.find(StreamKey{stream_}, segment.visible().count);
        if (!span) return span.error();
        return index.ordinals(span->value(), part.from, part.to, out);
    });
}

}  // namespace mainstem::log
