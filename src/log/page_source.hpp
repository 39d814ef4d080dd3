// Reads of the log: pages of events, fetched ahead where they lie next to each other. Every event
// is verified by its own checksum before it is shown.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "log/event_reader.hpp"
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

/// Events of one stream.
class StreamPages final : public PageSource {
public:
    StreamPages(std::shared_ptr<const SegmentList> list, std::string stream, const StreamRead& read,
                std::shared_ptr<const void> keep_open);

    bool next(EventPage& page) override;

private:
    /// The versions of the stream in one segment that are to be read.
    struct Part {
        std::shared_ptr<Segment> segment;
        Version from;
        Version to;
        std::vector<Ordinal> ordinals;  ///< of few events; those of many are found when it is due
    };

    Result<void> find_parts();
    Result<std::optional<StreamSpan>> find_part(Part& part, Version lowest, Version highest) const;
    Result<void> next_part();
    Result<void> fill(EventPage& page);

    std::shared_ptr<const SegmentList> list_;
    std::string stream_;
    StreamRead read_;
    std::shared_ptr<const void> keep_open_;
    bool begun_ = false;
    std::deque<Part> parts_;  ///< in the order of reading
    std::uint64_t left_;      ///< events to yield, at most

    std::shared_ptr<Segment> segment_;  ///< being read
    std::vector<Ordinal> ordinals_;     ///< in it, in the order of reading
    std::size_t at_ = 0;
    EventReader reader_;
};

}  // namespace mainstem::log
