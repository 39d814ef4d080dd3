// Fetching pages of scattered events.
#include "log/stream_pages.hpp"

#include <algorithm>

namespace mainstem::log {

StreamPages::StreamPages(std::shared_ptr<const SegmentList> list, std::vector<StreamParts> streams,
                         const StreamRead& read, std::shared_ptr<const void> keep_open)
    : list_(std::move(list)),
      streams_(std::move(streams)),
      read_(read),
      keep_open_(std::move(keep_open)),
      left_(read.limit) {}

bool StreamPages::next(EventPage& page) {
    const auto filled = fill(page);
    if (!filled) {
        left_ = 0;
        page.emplace_back(filled.error());
    }
    return left_ > 0 && !page.empty();
}

Result<void> StreamPages::find_parts() {
    begun_ = true;
    for (StreamParts& stream : streams_) {
        const auto found = stream.find(*list_);
        if (!found) return found;
    }
    return {};
}

/// Goes on to the next segment that has something of any of the streams. False: there is none.
Result<bool> StreamPages::next_segment() {
    const bool forward = read_.direction == Direction::forward;
    segment_.reset();
    for (const StreamParts& stream : streams_) {
        if (stream.empty()) continue;
        const bool nearer = !segment_ || (forward ? stream.segment()->first() < segment_->first()
                                                  : stream.segment()->first() > segment_->first());
        if (nearer) segment_ = stream.segment();
    }
    ordinals_.clear();
    at_ = 0;
    if (!segment_) return false;
    std::size_t parts = 0;
    for (StreamParts& stream : streams_) {
        if (stream.empty() || stream.segment() != segment_) continue;
        const auto taken = stream.take(ordinals_);
        if (!taken) return taken.error();
        ++parts;
    }
    if (parts > 1) std::ranges::sort(ordinals_);
    if (!forward) std::ranges::reverse(ordinals_);
    ordinals_.resize(std::min<std::uint64_t>(ordinals_.size(), left_));
    return true;
}

Result<void> StreamPages::fill(EventPage& page) {
    if (left_ == 0) return {};
    if (!begun_) {
        const auto found = find_parts();
        if (!found) return found;
    }
    if (at_ == ordinals_.size()) {
        const auto begun = next_segment();
        if (!begun) return begun.error();
        if (!*begun) return {};
    }
    const auto rest = std::span{ordinals_}.subspan(at_);
    const auto count =
        reader_.read(*segment_, rest.first(std::min(read_.page_events, rest.size())), page);
    if (!count) return count.error();
    for (std::size_t i = 0; i < *count; ++i) {
        if (std::ranges::binary_search(streams_, page[i]->stream, {}, &StreamParts::stream))
            continue;
        const Position position = page[i]->position;
        page.erase(page.begin() + static_cast<std::ptrdiff_t>(i), page.end());
        return segment_->damaged_at(reader_.offset(i), position);
    }
    at_ += *count;
    left_ -= *count;
    return {};
}

bool ScatteredPages::next(EventPage& page) {
    const auto filled = fill(page);
    if (filled) return at_ < positions_.size();
    page.emplace_back(filled.error());
    return false;
}

/// Reads the next positions that stand in one segment.
Result<void> ScatteredPages::fill(EventPage& page) {
    if (at_ == positions_.size()) return {};
    Segment& segment = *segment_of(*list_, positions_[at_]);
    const Position first = segment.first();
    const Position end = segment.next_visible();
    ordinals_.clear();
    for (std::size_t i = at_; i < positions_.size() && ordinals_.size() < page_events_; ++i) {
        if (positions_[i] < first || positions_[i] >= end) break;
        ordinals_.push_back(static_cast<Ordinal>(positions_[i].value - first.value));
    }
    const auto count = reader_.read(segment, ordinals_, page);
    if (!count) return count.error();
    at_ += *count;
    return {};
}

}  // namespace mainstem::log
