// From requests to what is stored. There are two roles, each held by one thread at a time
// (commit_queue.hpp sees to that; nothing here locks): one decides about requests (decider.hpp) and
// so makes the next group; the other, which holds the disk, commits the group before: writes it by
// one call, flushes if any of its requests asks for that, writes HEAD, and only then the group
// becomes visible and is answered. Where a segment is full, who decides needs the disk, too.
// A failed write or flush is final: every later request is refused until the store is opened again.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>

#include "log/decider.hpp"
#include "log/opening.hpp"

namespace mainstem::log {

class Writer {
public:
    /// Takes over what opening made. `on_sealed` is told each segment that was sealed.
    Writer(OpenedLog& log, const LogConfig& config, Random random, Segments& segments,
           std::function<void(std::shared_ptr<Segment>)> on_sealed);

    /// See CommitQueue::Service, also for what comes after.
    std::size_t decide(std::span<Pending* const> requests, bool disk_is_free);
    void close_group();
    /// Sets the outcome of each request, or its first position and durability.
    void commit(std::span<Pending* const> requests);

    /// Flushes, trims the last segment and leaves HEAD on the disk. Nothing may come after.
    void close();

    /// The memory of the last segment's index. The holder of the disk's.
    [[nodiscard]] Bytes index_memory() const noexcept { return {active_->memory_index().bytes()}; }

    // Any thread.

    /// True if something was written and not flushed.
    [[nodiscard]] bool unflushed() const noexcept {
        return written_position_.load() > flusher_.durable().value;
    }
    /// The last event that is both visible and on the disk.
    [[nodiscard]] Position settled() const noexcept {
        return std::min(Position{visible_position_}, flusher_.durable());
    }
    /// True if something ended the store for appends: `failure`.
    [[nodiscard]] bool failed() const noexcept {
        return failed_.load(std::memory_order_acquire) || flusher_.failed();
    }
    [[nodiscard]] std::optional<Error> failure() const;
    /// Flushes what was written, beside the holders of the roles. What fails ends the store.
    Result<void> flush_written() { return flusher_.flush_visible(); }
    [[nodiscard]] Preallocation& preallocation() noexcept { return preallocation_; }

private:
    void decide_in_new_room(Pending& pending);
    Result<void> make_room();
    Result<void> store(Group& group);
    Result<void> write(const Group& group);
    Result<void> write_blocks(const Group& group);
    Result<void> read_tail();
    void keep_tail(const Group& group);
    Result<void> roll_over();
    void fail(const Error& error);
    void answer_failure(Pending& pending) const;

    std::shared_ptr<const SegmentContext> context_;
    LogConfig config_;
    Random random_;
    Segments* segments_;
    std::function<void(std::shared_ptr<Segment>)> on_sealed_;
    std::shared_ptr<Segment> active_;
    Preallocation preallocation_;
    Flusher flusher_;

    Decider decider_;
    Group growing_;     ///< of who decides
    Group committing_;  ///< of who holds the disk

    // Of who holds the disk.

    Flusher::Written written_;                  ///< in the active segment
    std::array<std::byte, disk_block> tail_{};  ///< what was written of the block at its end
    std::vector<ByteSpan> parts_;
    std::atomic<std::uint64_t> written_position_;
    std::atomic<std::uint64_t> visible_position_;
    std::optional<Error> failure_;
    std::atomic<bool> failed_{false};  ///< published after failure_
};

}  // namespace mainstem::log
