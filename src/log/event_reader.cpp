// Locating and reading scattered events.
#include "log/event_reader.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

/// Reading over a gap is cheaper than another call.
constexpr std::uint64_t small_gap = 4096;
constexpr std::uint64_t bytes_at_once = 1ULL << 20;

}  // namespace

Result<std::size_t> EventReader::read(Segment& segment, std::span<const Ordinal> ordinals,
                                      EventPage& page) {
    const auto salt = segment.salt();
    if (!salt) return salt.error();
    const auto located = locate(segment, ordinals);
    if (!located) return located.error();
    const std::size_t count = count_at_once(ordinals.size());
    find_runs(count);
    const auto read = read_runs(segment);
    if (!read) return read.error();
    for (std::size_t i = 0; i < count; ++i) {
        const Position position{segment.first().value + ordinals[i]};
        auto& event = page.emplace_back(std::in_place);
        std::size_t size = 0;
        const ByteSpan bytes = ByteSpan{buffer_}.subspan(places_[i]);
        const Verdict verdict = parse_event(bytes, position, *salt, *event, size);
        if (verdict != Verdict::valid) {
            page.pop_back();
            return segment.damaged_at(offset(i), position, verdict);
        }
    }
    return count;
}

/// Looks up where each event begins and ends.
Result<void> EventReader::locate(Segment& segment, std::span<const Ordinal> ordinals) {
    const auto extent = segment.extent();
    if (!extent) return extent.error();
    return segment.with_index([&](const SegmentIndex& index) -> Result<void> {
        offsets_.clear();
        for (const Ordinal ordinal : ordinals) {
            const bool last = ordinal + 1 == extent->count;
            const auto found = index.offsets(ordinal, last ? ordinal : ordinal + 1, offsets_);
            if (!found) return found;
            if (last) offsets_.push_back(extent->end);
        }
        return {};
    });
}

std::size_t EventReader::count_at_once(std::size_t count) const {
    std::uint64_t size = 0;
    std::size_t whole = 0;
    while (whole < count && (whole == 0 || size < bytes_at_once)) {
        size += offsets_[2 * whole + 1] - offsets_[2 * whole];
        ++whole;
    }
    return whole;
}

/// Divides `count` events into runs of those that lie near each other, ascending or descending, and
/// gives each its place in the buffer.
void EventReader::find_runs(std::size_t count) {
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

Result<void> EventReader::read_runs(Segment& segment) {
    for (const Run& run : runs_) segment.prefetch_entry(run.low);
    const std::size_t size = runs_.back().place + runs_.back().size();
    if (buffer_.size() < size) buffer_.resize(size);
    for (const Run& run : runs_) segment.prefetch_bytes(run.low);
    ranges_.clear();
    for (const Run& run : runs_) {
        ranges_.push_back({std::span{buffer_}.subspan(run.place, run.size()), run.low});
    }
    return segment.read_scattered(ranges_);
}

}  // namespace mainstem::log
