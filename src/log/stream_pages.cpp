// Fetching pages of one stream: its events lie scattered, so those that are near each other are
// read by one call, others each by its own.
#include <algorithm>
#include <ranges>

#include "log/page_source.hpp"

namespace mainstem::log {
namespace {

/// Reading over a gap is cheaper than another call.
constexpr std::uint64_t small_gap = 4096;
constexpr std::uint64_t page_bytes = 1ULL << 20;
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
    const auto salt = segment_->salt();
    if (!salt) return salt.error();
    const auto count = read_events(std::min(read_.page_events, ordinals_.size() - at_));
    if (!count) return count.error();
    for (std::size_t i = 0; i < *count; ++i) {
        const Position position{segment_->first().value + ordinals_[at_ + i]};
        auto& event = page.emplace_back(std::in_place);
        std::size_t size = 0;
        const ByteSpan bytes = ByteSpan{buffer_}.subspan(places_[i]);
        const Verdict verdict = parse_event(bytes, position, *salt, *event, size);
        if (verdict != Verdict::valid || event->stream != stream_) {
            page.pop_back();
            return segment_->damaged_at(offsets_[2 * i], position, verdict);
        }
    }
    at_ += *count;
    left_ -= *count;
    return {};
}

/// Looks up where `count` events from `ordinals_[at_]` on begin and end.
Result<void> StreamPages::locate(std::size_t count) {
    const auto extent = segment_->extent();
    if (!extent) return extent.error();
    return segment_->with_index([&](const SegmentIndex& index) -> Result<void> {
        offsets_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const Ordinal ordinal = ordinals_[at_ + i];
            const bool last = ordinal + 1 == extent->count;
            const auto found = index.offsets(ordinal, last ? ordinal : ordinal + 1, offsets_);
            if (!found) return found;
            if (last) offsets_.push_back(extent->end);
        }
        return {};
    });
}

/// Divides `count` events into runs of those that lie near each other, ascending or descending, and
/// gives each its place in the buffer.
void StreamPages::find_runs(std::size_t count) {
    runs_.clear();
    places_.clear();
    std::size_t used = 0;
    for (std::size_t i = 0; i < count;) {
        std::size_t j = i + 1;
        Run run{.low = offsets_[2 * i], .high = offsets_[2 * i + 1], .place = used};
        for (; j < count; ++j) {
            const std::uint64_t begin = offsets_[2 * j];
            const std::uint64_t stop = offsets_[2 * j + 1];
            if (begin > run.high + small_gap || stop + small_gap < run.low) break;
            run.low = std::min(run.low, begin);
            run.high = std::max(run.high, stop);
        }
        for (; i < j; ++i) places_.push_back(used + (offsets_[2 * i] - run.low));
        used += run.size();
        runs_.push_back(run);
    }
}

/// Reads the bytes of up to `count` events from `ordinals_[at_]` on into the buffer.
Result<std::size_t> StreamPages::read_events(std::size_t count) {
    const auto located = locate(count);
    if (!located) return located.error();
    std::uint64_t size = 0;
    std::size_t whole = 0;
    while (whole < count && (whole == 0 || size < page_bytes)) {
        size += offsets_[2 * whole + 1] - offsets_[2 * whole];
        ++whole;
    }
    count = whole;
    find_runs(count);
    for (const Run& run : runs_) segment_->prefetch_entry(run.low);
    if (buffer_.size() < runs_.back().place + runs_.back().size()) {
        buffer_.resize(runs_.back().place + runs_.back().size());
    }
    for (const Run& run : runs_) segment_->prefetch_bytes(run.low);
    for (const Run& run : runs_) {
        const auto to = std::span{buffer_}.subspan(run.place, run.size());
        const auto read = segment_->read_scattered(to, run.low);
        if (!read) return read.error();
    }
    return count;
}

}  // namespace mainstem::log
