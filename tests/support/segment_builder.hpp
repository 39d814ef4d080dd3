// Segments as bytes, made without a writer: for tests of what reads them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/store/append.hpp>

#include "log/format.hpp"
#include "log/frame.hpp"

namespace mainstem::support {

/// A UUIDv7 that is the same in every run: its time is `number` milliseconds after a fixed one.
[[nodiscard]] EventId numbered_id(std::uint64_t number);

/// An event with a numbered id and no optional part.
[[nodiscard]] NewEvent plain_event(std::uint64_t number, std::string data = "{}");

/// One to `most_events` events with every optional part now and then, for streams `stream-0` to
/// `stream-<streams - 1>`.
[[nodiscard]] AppendRequest random_request(Random& random, std::size_t most_events,
                                           std::size_t streams);

/// A frame in a segment.
struct BuiltFrame {
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    Position first;
    std::vector<std::uint32_t> events;  ///< offsets of its events in the segment
};

/// Writes requests one behind the other, as the writer does. One thread at a time.
class SegmentBuilder {
public:
    explicit SegmentBuilder(std::uint64_t salt = 77, Position first = {1});

    /// A frame that says how much was durable before it: what `flush` was called for.
    BuiltFrame add(const AppendRequest& request);
    /// A request of one event for `stream`.
    BuiltFrame add_event(const std::string& stream, std::string data = "{}");
    /// A frame without events, `size` bytes of content behind its header.
    BuiltFrame add_other(std::uint8_t kind, std::uint32_t size, std::uint8_t flags = 0);
    /// Bytes that are no frame.
    void add_bytes(std::size_t count, std::byte value) {
        bytes_.insert(bytes_.end(), count, value);
    }
    void flush() { durable_ = static_cast<std::uint32_t>(bytes_.size()); }

    [[nodiscard]] const log::SegmentHeader& header() const noexcept { return header_; }
    [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
    [[nodiscard]] Position next() const noexcept { return next_; }
    [[nodiscard]] std::uint64_t salt() const noexcept { return header_.salt; }
    /// What a reader must find, in order.
    [[nodiscard]] const std::vector<Event>& events() const noexcept { return events_; }

private:
    void append(log::FrameHeader header, ByteSpan frame);

    log::SegmentHeader header_;
    std::vector<std::byte> bytes_;
    std::uint32_t durable_ = 0;
    Position next_;
    Timestamp now_;
    std::map<std::string, Version> versions_;
    std::vector<Event> events_;
    std::uint64_t made_ = 0;
};

}  // namespace mainstem::support
