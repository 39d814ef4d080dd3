// Fetching pages of one stream.
#include <algorithm>
#include <ranges>

#include "log/page_source.hpp"

namespace mainstem::log {
namespace {

/// So many events of a segment are located together with their stream.
constexpr std::uint64_t few_events = 256;

}  // namespace

StreamPages::StreamPages(std::shared_ptr<const SegmentList> list, std::string stream,
                         const StreamRead& read, std::shared_ptr<const void> keep_open)
    : list_(std::move(list)),
      stream_(std::move(stream)),
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

/// Finds the versions of the stream in one segment, from `lowest` to `highest`. Few events are
/// located on the same visit to the index.
Result<std::optional<StreamSpan>> StreamPages::find_part(Part& part, Version lowest,
                                                         Version highest) const {
    using Found = Result<std::optional<StreamSpan>>;
    Segment& segment = *part.segment;
    return segment.with_index([&](const SegmentIndex& index) -> Found {
        part.ordinals.clear();
        auto span = index.find(StreamKey{stream_}, segment.visible().count);
        if (!span || !*span) return span;
        part.from = std::max((*span)->first, lowest);
        part.to = std::min((*span)->last, highest);
        if (part.from > part.to || part.to.value - part.from.value >= few_events) return span;
        const auto located = index.ordinals(**span, part.from, part.to, part.ordinals);
        if (!located) return located.error();
        return span;
    });
}

/// Looks from the newest segment back, as far as the read reaches.
Result<void> StreamPages::find_parts() {
    begun_ = true;
    const bool forward = read_.direction == Direction::forward;
    const Version from = read_.from;
    const Version lowest{forward ? std::max<std::uint64_t>(from.value, 1) : 1};
    const Version highest{forward || from.value == 0 ? ~std::uint64_t{0} : from.value};
    std::uint64_t wanted = left_;
    for (const auto& segment : std::views::reverse(*list_)) {
        Part part{.segment = segment, .from = {}, .to = {}, .ordinals = {}};
        const auto span = find_part(part, lowest, highest);
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

Result<void> StreamPages::next_part() {
    const bool forward = read_.direction == Direction::forward;
    Part part = std::move(parts_.front());
    parts_.pop_front();
    segment_ = std::move(part.segment);
    ordinals_ = std::move(part.ordinals);
    at_ = 0;
    if (ordinals_.empty()) {
        const auto found = segment_->with_index([&](const SegmentIndex& index) -> Result<void> {
            ordinals_.clear();
            const auto span = index.find(StreamKey{stream_}, segment_->visible().count);
            if (!span) return span.error();
            return index.ordinals(span->value(), part.from, part.to, ordinals_);
        });
        if (!found) return found;
    }
    if (!forward) std::ranges::reverse(ordinals_);
    ordinals_.resize(std::min<std::uint64_t>(ordinals_.size(), left_));
    return {};
}

Result<void> StreamPages::fill(EventPage& page) {
    if (left_ == 0) return {};
    if (!begun_) {
        const auto found = find_parts();
        if (!found) return found;
    }
    if (at_ == ordinals_.size()) {
        if (parts_.empty()) return {};
        const auto begun = next_part();
        if (!begun) return begun;
    }
    const auto rest = std::span{ordinals_}.subspan(at_);
    const auto count =
        reader_.read(*segment_, rest.first(std::min(read_.page_events, rest.size())), page);
    if (!count) return count.error();
    for (std::size_t i = 0; i < *count; ++i) {
        if (page[i]->stream == stream_) continue;
        const Position position = page[i]->position;
        page.erase(page.begin() + static_cast<std::ptrdiff_t>(i), page.end());
        return segment_->damaged_at(reader_.offset(i), position);
    }
    at_ += *count;
    left_ -= *count;
    return {};
}

}  // namespace mainstem::log
