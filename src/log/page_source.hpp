// Reads of the global order: pages of events, fetched ahead. Every event
// is verified by its own checksum before it is shown.
#pragma once

#include <memory>
#include <vector>

#include "log/segments.hpp"

namespace mainstem::log {

/// Bytes of one segment, in a buffer that reads reuse.
class SegmentWindow {
public:
    /// Bytes `[begin, end)` of the segment, valid until the next call. Reads more than asked for in
    /// the direction of reading, so that the next call finds it.
    Result<ByteSpan> bytes(Segment& segment, std::uint64_t begin, std::uint64_t end,
                           Direction direction);

private:
    const Segment* segment_ = nullptr;
    std::uint64_t begin_ = 0;
    std::vector<std::byte> buffer_;
    std::size_t size_ = 0;
};

/// Events of the global order between two positions, both included.
class PositionPages final : public PageSource {
public:
    PositionPages(std::shared_ptr<const SegmentList> list, Position first, Position last,
                  Direction direction, std::size_t page_events,
                  std::shared_ptr<const void> keep_open);

    bool next(EventPage& page) override;
    [[nodiscard]] Position looked_at() const noexcept override {
        return {direction_ == Direction::forward ? first_.value - 1 : last_.value + 1};
    }

private:
    Result<void> choose(Segment& segment, Ordinal& first, Ordinal& last);
    Result<void> fill(EventPage& page);

    std::shared_ptr<const SegmentList> list_;
    Position first_;  ///< not yielded yet: [first_, last_]; none if first_ > last_
    Position last_;
    bool failed_ = false;
    Direction direction_;
    std::size_t page_events_;
    std::shared_ptr<const void> keep_open_;
    SegmentWindow window_;
    std::vector<std::uint32_t> offsets_;
};

}  // namespace mainstem::log
