// What a batch processor is told, how it fails, and the seam to the time that it waits for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <mainstem/command/when_full.hpp>

namespace mainstem {

/// Why an item has no answer of the processing function.
enum class BatchError : std::uint8_t {
    refused,    ///< not processed: the queue is full; try again later
    stopped,    ///< not processed: the processor was stopped
    no_answer,  ///< the processing function gave fewer answers than it got items
    failed,     ///< the processing function threw; the text is the exception's
};
[[nodiscard]] std::string_view name(BatchError code) noexcept;
[[nodiscard]] bool retryable(BatchError code) noexcept;

/// The seam to time: when it is, and waiting until then. Any thread.
class BatchTimer {
public:
    using Time = std::chrono::steady_clock::time_point;

    BatchTimer() = default;
    BatchTimer(const BatchTimer&) = delete;
    BatchTimer& operator=(const BatchTimer&) = delete;
    virtual ~BatchTimer() = default;

    [[nodiscard]] virtual Time now() const noexcept = 0;
    /// Returns when `changed` is notified or at `until`; it may return earlier.
    virtual void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                      Time until) = 0;

    /// The machine's time.
    static BatchTimer& system() noexcept;
};

/// Bounds of batches and of what waits for them. Zeros are taken as ones, where there must be one.
struct BatchOptions {
    std::size_t items = 100;  ///< of a batch, at most; more than `queue` are never waited for
    /// The oldest item waits for others no longer than this.
    std::chrono::nanoseconds delay = std::chrono::milliseconds{10};
    std::size_t queue = 10'000;  ///< items that wait, at most, beside the batch being processed
    WhenFull when_full = WhenFull::block;  ///< refused items are answered BatchError::refused
    BatchTimer* timer = nullptr;  ///< must outlive the processor; default: the machine's time
};

}  // namespace mainstem
