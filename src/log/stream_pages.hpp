// Reads of events that lie scattered: those of streams, and those at positions that are given.
#pragma once

#include <memory>
#include <vector>

#include "log/event_reader.hpp"
#include "log/segments.hpp"
#include "log/stream_parts.hpp"

namespace mainstem::log {

/// Events of one stream, or of several in the global order.
class StreamPages final : public PageSource {
public:
    /// `streams` are sorted by their names.
    StreamPages(std::shared_ptr<const SegmentList> list, std::vector<StreamParts> streams,
                const StreamRead& read, std::shared_ptr<const void> keep_open);

    bool next(EventPage& page) override;

private:
    Result<void> find_parts();
    Result<bool> next_segment();
    Result<void> fill(EventPage& page);

    std::shared_ptr<const SegmentList> list_;
    std::vector<StreamParts> streams_;
    StreamRead read_;
    std::shared_ptr<const void> keep_open_;
    bool begun_ = false;
    std::uint64_t left_;  ///< events to yield, at most

    std::shared_ptr<Segment> segment_;  ///< being read
    std::vector<Ordinal> ordinals_;     ///< in it, in the order of reading
    std::size_t at_ = 0;
    EventReader reader_;
};

/// Events at positions that are given and visible.
class ScatteredPages final : public PageSource {
public:
    ScatteredPages(std::shared_ptr<const SegmentList> list, std::vector<Position> positions,
                   std::size_t page_events, std::shared_ptr<const void> keep_open)
        : list_(std::move(list)),
          positions_(std::move(positions)),
          page_events_(page_events),
          keep_open_(std::move(keep_open)) {}

    bool next(EventPage& page) override;

private:
    Result<void> fill(EventPage& page);

    std::shared_ptr<const SegmentList> list_;
    std::vector<Position> positions_;
    std::size_t page_events_;
    std::shared_ptr<const void> keep_open_;
    std::size_t at_ = 0;
    std::vector<Ordinal> ordinals_;
    EventReader reader_;
};

}  // namespace mainstem::log
