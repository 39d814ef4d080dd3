// The index of a segment in memory: of the one that is being written, and of one whose file is
// missing. One writer adds; any number of readers look at the same time without a lock. A reader
// sees events below the count that was published for the segment: everything that the writer
// stored before publishing it.
//
// A stream leads to its last event, and each event to the one before it in its stream; terms of
// events stand apart (memory_terms.hpp).
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "core/large_vector.hpp"
#include "log/memory_terms.hpp"
#include "log/request_table.hpp"
#include "log/segment_index.hpp"

namespace mainstem::log {

class MemoryIndex final : public SegmentIndex {
public:
    /// One stream. Its name and first version never change; the rest is the writer's to extend.
    struct Stream {
        std::uint64_t hash = 0;
        std::string_view name;
        Version first;
        /// Number of events in the upper half, last ordinal in the lower.
        std::atomic<std::uint64_t> tail{0};

        /// The version of its last event, as the writer sees it.
        [[nodiscard]] Version last() const noexcept {
            return {first.value + (tail.load(std::memory_order_relaxed) >> 32) - 1};
        }
        [[nodiscard]] Ordinal last_ordinal() const noexcept {
            return static_cast<Ordinal>(tail.load(std::memory_order_relaxed));
        }
    };

    // The writer's side: one thread at a time.

    /// The stream, or nullptr.
    [[nodiscard]] Stream* find(const StreamKey& key) noexcept;
    /// Adds a stream that is not there; `first` is the version of the event to be added next.
    Stream& add_stream(const StreamKey& key, Version first);
    /// Adds the next event, which belongs to `stream`, stands at `offset` and has these terms.
    void add_event(Stream& stream, std::uint32_t offset, std::span<const TermKey> terms = {});
    /// Notes that the next event will be the first of a request.
    void add_request(const EventId& id);
    // Asks the processor to fetch what a lookup will touch.
    void prefetch(std::uint64_t stream_hash, std::uint32_t id_hash) const noexcept {
        table_.prefetch(stream_hash);
        requests_.prefetch(id_hash);
    }
    void prefetch(const TermKey& term) const noexcept { terms_.prefetch(term.hash); }
    /// Appends the first events of requests whose id has this hash.
    void find_requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const {
        requests_.find(id_hash, out);
    }
    [[nodiscard]] Ordinal size() const noexcept { return size_; }

    // Any thread.

    Result<std::optional<StreamSpan>> find(const StreamKey& key, Ordinal count) const override;
    Result<void> ordinals(const StreamSpan& span, Version from, Version to,
                          std::vector<Ordinal>& out) const override;
    Result<void> offsets(Ordinal first, Ordinal last,
                         std::vector<std::uint32_t>& out) const override;
    Result<void> list(std::string_view prefix, std::string_view after, std::size_t limit,
                      Ordinal count, std::vector<StreamInfo>& out) const override;
    Result<std::uint64_t> find_few(const TermItem& item, OrdinalRange range, std::uint64_t few,
                                   std::vector<Ordinal>& out) const override {
        const std::uint64_t most = terms_.estimate(item);
        if (most <= few) terms_.find(item, range, Direction::forward, few, out);
        return most;
    }
    Result<void> find_terms(const TermItem& item, OrdinalRange range, Direction direction,
                            std::size_t limit, std::vector<Ordinal>& out) const override {
        terms_.find(item, range, direction, limit, out);
        return {};
    }
    [[nodiscard]] bool exact() const noexcept override { return true; }
    [[nodiscard]] std::uint32_t offset(Ordinal ordinal) const noexcept {
        return events_[ordinal].offset;
    }
    /// Requests at the caller's count and after are among those that it finds.
    Result<void> requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const override {
        requests_.find_beside(id_hash, out);
        return {};
    }

    /// The memory that it takes, about.
    [[nodiscard]] std::uint64_t bytes() const noexcept {
        return bytes_.load(std::memory_order_relaxed);
    }

    // The writer, or any thread once nothing is added any more.

    [[nodiscard]] Result<RequestTimes> request_times() const override { return request_times_; }

    /// What an index file is made of: call once nothing is added any more.
    [[nodiscard]] LargeVector<const Stream*> sorted_streams() const;
    [[nodiscard]] LargeVector<RequestTable::Request> all_requests() const {
        return requests_.all();
    }
    [[nodiscard]] const MemoryTerms& terms() const noexcept { return terms_; }

private:
    static constexpr Ordinal none = ~Ordinal{0};

    struct Record {
        std::uint32_t offset = 0;
        Ordinal previous = none;  ///< in the same stream
    };

    void add_bytes(std::size_t more) noexcept {
        bytes_.store(bytes() + more, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint32_t lookup(const StreamKey& key) const noexcept;
    std::optional<StreamSpan> span_of(const Stream& stream, Ordinal count) const noexcept;

    // Least events: header, id, one byte of stream and of type; most bytes: the largest segment.
    StableArray<Record, 1 << 10, 15> events_;
    StableArray<Stream, 1 << 10, 15> streams_;
    Ordinal size_ = 0;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint32_t> stream_count_{0};
    ReferenceTable table_;
    NameStore names_;
    MemoryTerms terms_;

    RequestTable requests_;
    RequestTimes request_times_;

    mutable std::mutex sorted_mutex_;
    mutable std::vector<std::uint32_t> sorted_;  ///< references in the order of names
};

}  // namespace mainstem::log
