// Reads events that lie scattered in a segment: those that are near each other by one call, others
// each by its own, by way of the cache of pages. Every event is verified by its own checksum.
#pragma once

#include <vector>

#include <mainstem/store/read.hpp>

#include "log/segment.hpp"

namespace mainstem::log {

/// One thread at a time.
class EventReader {
public:
    /// Adds the events at the first of `ordinals`, which ascend or descend, to `page`: all, or as
    /// many as are read at once, which is one at least. They are valid until the next call. Returns
    /// how many it took. Errors: damaged, newer_format, io.
    Result<std::size_t> read(Segment& segment, std::span<const Ordinal> ordinals, EventPage& page);

    /// Where the event at `ordinals[index]` of the last call begins.
    [[nodiscard]] std::uint64_t offset(std::size_t index) const { return offsets_[2 * index]; }

private:
    /// Events that are read together: bytes `[low, high)` of the segment.
    struct Run {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::size_t place = 0;  ///< in the buffer
        [[nodiscard]] std::size_t size() const noexcept { return high - low; }
    };

    Result<void> locate(Segment& segment, std::span<const Ordinal> ordinals);
    [[nodiscard]] std::size_t count_at_once(std::size_t count) const;
    void find_runs(std::size_t count);
    Result<void> read_runs(Segment& segment);

    std::vector<std::uint32_t> offsets_;  ///< of each event, and where each ends, in pairs
    std::vector<Run> runs_;
    std::vector<FileRange> ranges_;
    std::vector<std::byte> buffer_;
    std::vector<std::size_t> places_;  ///< of each event in the buffer
};

}  // namespace mainstem::log
