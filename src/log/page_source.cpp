// Fetching pages by position.
#include "log/page_source.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

constexpr std::uint64_t window_size = 256ULL << 10;
constexpr std::uint64_t page_bytes = 1ULL << 20;

}  // namespace

Result<ByteSpan> SegmentWindow::bytes(Segment& segment, std::uint64_t begin, std::uint64_t end,
                                      Direction direction) {
    if (segment_ != &segment || begin < begin_ || end > begin_ + size_) {
        const std::uint64_t size = std::max(window_size, end - begin);
        std::uint64_t from = begin;
        std::uint64_t to = end;
        if (direction == Direction::forward) {
            to = std::max<std::uint64_t>(
                end, std::min<std::uint64_t>(begin + size, segment.visible().end));
        } else {
            from = end > size ? end - size : 0;
        }
        size_ = 0;
        segment_ = &segment;
        begin_ = from;
        if (buffer_.size() < to - from) buffer_.resize(to - from);
        const auto read = segment.read(std::span{buffer_}.first(to - from), from);
        if (!read) return read.error();
        size_ = to - from;
    }
    return ByteSpan{buffer_}.subspan(begin - begin_, end - begin);
}

PositionPages::PositionPages(std::shared_ptr<const SegmentList> list, Position first, Position last,
                             Direction direction, std::size_t page_events,
                             std::shared_ptr<const void> keep_open)
    : list_(std::move(list)),
      first_(first),
      last_(last),
      direction_(direction),
      page_events_(page_events),
      keep_open_(std::move(keep_open)) {}

bool PositionPages::next(EventPage& page) {
    if (failed_ || first_ > last_) return false;
    const auto filled = fill(page);
    failed_ = !filled;
    if (failed_) page.emplace_back(filled.error());
    return !failed_ && first_ <= last_;
}

/// Chooses the positions of the next page: events `first` to `last` of a segment, few enough to be
/// read at once. Leaves in `offsets_` where each begins and, at the end, where the last one ends.
Result<void> PositionPages::choose(Segment& segment, Ordinal& first, Ordinal& last) {
    const bool forward = direction_ == Direction::forward;
    const auto extent = segment.extent();
    if (!extent) return extent.error();
    const std::uint64_t base = segment.first().value;
    first = static_cast<Ordinal>(std::max(first_.value, base) - base);
    last = static_cast<Ordinal>(std::min(last_.value - base, std::uint64_t{extent->count} - 1));
    const auto most = static_cast<Ordinal>(page_events_ - 1);
    if (forward) {
        last = std::min(last, first + most);
    } else if (last - first > most) {
        first = last - most;
    }
    const bool to_the_end = last + 1 == extent->count;
    offsets_.clear();
    const auto located = segment.with_index([&](const SegmentIndex& index) {
        offsets_.clear();
        return index.offsets(first, to_the_end ? last : last + 1, offsets_);
    });
    if (!located) return located;
    if (to_the_end) offsets_.push_back(extent->end);
    while (offsets_.size() > 2 && offsets_.back() - offsets_.front() > page_bytes) {
        if (forward) {
            offsets_.pop_back();
            --last;
        } else {
            offsets_.erase(offsets_.begin());
            ++first;
        }
    }
    return {};
}

Result<void> PositionPages::fill(EventPage& page) {
    const bool forward = direction_ == Direction::forward;
    Segment& segment = *segment_of(*list_, forward ? first_ : last_);
    Ordinal first = 0;
    Ordinal last = 0;
    const auto chosen = choose(segment, first, last);
    if (!chosen) return chosen;
    const auto salt = segment.salt();
    if (!salt) return salt.error();
    const auto bytes = window_.bytes(segment, offsets_.front(), offsets_.back(), direction_);
    if (!bytes) return bytes.error();

    const std::uint64_t base = segment.first().value;
    const Ordinal count = last - first + 1;
    page.reserve(count);
    for (Ordinal i = 0; i < count; ++i) {
        const Ordinal place = forward ? i : count - 1 - i;
        const Position position{base + first + place};
        auto& event = page.emplace_back(std::in_place);
        std::size_t size = 0;
        const Verdict verdict = parse_event(bytes->subspan(offsets_[place] - offsets_.front()),
                                            position, *salt, *event, size);
        if (verdict != Verdict::valid) {
            page.pop_back();
            return segment.damaged_at(offsets_[place], position, verdict);
        }
    }
    if (forward) {
        first_ = {base + last + 1};
    } else {
        last_ = {base + first - 1};
    }
    return {};
}

}  // namespace mainstem::log
