// Prepares the disk blocks that the writer will reach next. Space is set aside in growing steps, so
// that a full disk is noticed early and the file's size need not change with each commit. While
// commits are small, a helper writes zeros ahead of the writer: a flush of a small write into
// blocks that were written before is up to twice as fast (docs/adr/), one of a large write is not.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/disk.hpp"

namespace mainstem::log {

/// One for the writer and its helper. The writer's functions are called by who commits,
/// `zero_step` by one helper at the same time.
class Preallocation {
public:
    explicit Preallocation(std::uint64_t segment_size) : segment_size_(segment_size) {}

    /// Begins with a file whose content ends at `end`. The writer's.
    void start(File& file, std::uint64_t end);
    /// Makes sure that a write that ends at `end` has space and meets no zeros that are still on
    /// their way. The writer's, before each write. Errors: the disk's.
    Result<void> reserve(std::uint64_t end);
    /// Learns how large commits are: `bytes` were flushed at once. The writer's.
    void flushed(std::uint64_t bytes) noexcept;
    /// No zeros will be written from now on. The writer's, before the file is trimmed.
    void stop();

    /// True if a step is worth while now. Any thread.
    [[nodiscard]] bool wants_zeros() const noexcept;
    /// Writes zeros over the next step, if that is worth while; false if it was not, or failed.
    /// The helper's. A failure ends the zeroing of this file.
    bool zero_step();

private:
    static constexpr std::uint64_t zero_step_size = 1ULL << 20;
    static constexpr std::uint64_t set_aside_step = 16ULL << 20;
    static constexpr std::uint64_t small_commit = 64ULL << 10;

    std::uint64_t segment_size_;
    std::mutex mutex_;  ///< held while zeros are being written
    File* file_ = nullptr;
    std::atomic<std::uint64_t> used_{0};       ///< the writer's end
    std::atomic<std::uint64_t> zeroed_{0};     ///< blocks before it were written
    std::atomic<std::uint64_t> set_aside_{0};  ///< the file's size
    /// A moving average; nothing is zeroed before the first commit.
    std::atomic<std::uint64_t> commit_size_{small_commit};
};

}  // namespace mainstem::log
