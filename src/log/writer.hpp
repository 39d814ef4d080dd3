// The writer's role: checks, writes and flushes one group of requests at a time. One thread at a
// time holds the role (commit_queue.hpp sees to that); nothing here locks.
//
// For each request of a group, in order: is it a repeat, do its expectations hold against all that
// was staged before it, does it fit; then it is staged: versions, positions and time are assigned,
// the index in memory gets its events. Then the group is written by one call, flushed if any of its
// requests asks for that, HEAD is written, and only then the group becomes visible and is answered.
// A failed write or flush is final: every later request is refused until the store is opened again.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "log/flusher.hpp"
#include "log/opening.hpp"
#include "log/pending.hpp"
#include "log/segments.hpp"

namespace mainstem::log {

class Writer {
public:
    /// Takes over what opening made. `on_sealed` is told each segment that was sealed.
    Writer(OpenedLog& log, const LogConfig& config, Random random, Segments& segments,
           std::function<void(std::shared_ptr<Segment>)> on_sealed);

    /// Answers every request of the group: sets its outcome, or its first position and durability.
    void serve(std::span<Pending* const> group);

    /// Flushes, trims the last segment and leaves HEAD on the disk. Nothing may be served after.
    void close();

    // Any thread.

    /// True if something was written and not flushed.
    [[nodiscard]] bool unflushed() const noexcept {
        return written_position_.load() > flusher_.durable().value;
    }
    /// Flushes what was written, beside the holder of the role. What fails ends the store.
    void flush_written() { static_cast<void>(flusher_.flush_visible()); }
    [[nodiscard]] Preallocation& preallocation() noexcept { return preallocation_; }

private:
    /// What was staged and is not written yet.
    struct Staged {
        Pending* request = nullptr;
        Ordinal ordinal = 0;  ///< of its first event
    };

    void stage(Pending& pending);
    bool answer_repeat(Pending& pending);
    bool meets_expectations(Pending& pending);
    Result<StreamHead> head_of(const Pending& pending, RequestStream& stream);
    Result<std::optional<Result<Appended>>> find_repeat(const Pending& pending);
    Result<void> make_room(std::uint64_t size);
    void assign_and_index(Pending& pending);

    Result<void> commit(bool flush);
    Result<void> write_staged();
    Result<void> write_blocks();
    Result<void> read_tail();
    void keep_tail();
    void publish();
    Result<void> roll_over();
    void fail(const Error& error);
    [[nodiscard]] Flusher::Written written() const noexcept {
        return {written_end_, {next_.value - 1}};
    }

    [[nodiscard]] Segment& active() noexcept { return *active_; }

    std::shared_ptr<const SegmentContext> context_;
    LogConfig config_;
    Random random_;
    Segments* segments_;
    std::function<void(std::shared_ptr<Segment>)> on_sealed_;
    std::shared_ptr<Segment> active_;
    std::shared_ptr<const SegmentList> list_;
    Preallocation preallocation_;
    Flusher flusher_;

    std::uint64_t written_end_;  ///< in the active segment
    std::uint64_t staged_end_;   ///< written_end_ and all that is staged
    Position next_;              ///< free position, staged events counted
    Timestamp last_recorded_at_;
    std::atomic<std::uint64_t> written_position_;
    std::optional<Error> failure_;

    std::vector<Staged> staged_;
    bool handed_over_ = false;  ///< what is staged was given to the disk, wholly or in part
    std::vector<ByteSpan> parts_;
    std::array<std::byte, disk_block> tail_{};  ///< what was written of the block at written_end_
    std::span<Pending* const> group_;
};

}  // namespace mainstem::log
