// Puts on the disk what was written to the last segment, and keeps HEAD, which tells of it. The
// writer flushes for appends that wait for the disk; a helper flushes for buffered ones, beside it.
//
// Flushes never overlap, and a failure is final for all that come after: the system tells of lost
// bytes once, to one of those who ask, so another flush would call them safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "core/disk.hpp"
#include "log/preallocation.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// Thread-safe.
class Flusher {
public:
    /// How far a segment was written.
    struct Written {
        std::uint64_t end = 0;  ///< of its last frame
        Position last;          ///< of the event before that
    };

    /// `preallocation` learns how much each flush of a commit takes.
    Flusher(std::unique_ptr<File> head, const std::array<std::uint8_t, 16>& store_id,
            Preallocation& preallocation)
        : head_(std::move(head)), store_id_(store_id), preallocation_(&preallocation) {}

    /// Goes on with a segment that is on the disk as far as it was written, as all before it are.
    /// Writes HEAD.
    Result<void> start(std::shared_ptr<Segment> segment, const Written& written);
    /// Flushes what was written, unless that was done; then writes HEAD. Errors: the disk's, of
    /// this flush or any before.
    Result<void> flush(const Written& written);
    /// The same for what this process's readers see.
    Result<void> flush_visible();
    /// Cuts the file behind its last frame, all of which must be flushed, and flushes that.
    Result<void> trim();
    /// Puts HEAD itself on the disk.
    Result<void> flush_head();

    /// What is on the disk: the offset in the segment, and the last position.
    [[nodiscard]] std::uint64_t durable_end() const noexcept { return durable_end_; }
    [[nodiscard]] Position durable() const noexcept { return {durable_position_}; }
    /// The failure that ended it.
    [[nodiscard]] std::optional<Error> failure() const;
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    Result<void> flush_locked(const Written& written);
    Result<void> write_head();
    Result<void> kept(Result<void> done);

    std::unique_ptr<File> head_;
    std::array<std::uint8_t, 16> store_id_;
    Preallocation* preallocation_;

    mutable std::mutex mutex_;  ///< held while the disk is at work
    std::shared_ptr<Segment> segment_;
    std::optional<Error> failure_;
    std::atomic<bool> failed_{false};
    std::atomic<std::uint64_t> durable_end_{0};
    std::atomic<std::uint64_t> durable_position_{0};
};

}  // namespace mainstem::log
