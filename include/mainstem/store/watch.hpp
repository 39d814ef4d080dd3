// Watch: what a store tells those who wait for events. A backend moves it on; subscriptions wait on
// it. It outlives the store, whose end it tells, too.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>

namespace mainstem {

/// Thread-safe. Neither moving it on nor waiting takes a lock, and to wake any number of those who
/// wait costs the store one wake-up: who was woken wakes the others.
class Watch {
public:
    using Clock = std::chrono::steady_clock;

    /// Events up to here are flushed and visible. Never goes back.
    [[nodiscard]] Position position() const noexcept { return {position_.load()}; }
    /// Why there will be no more events: the store was closed or has failed.
    [[nodiscard]] std::optional<Error> ended() const;

    /// Returns when there is something after `after`, when the store has ended, when `stop` is set
    /// and `wake` was called, or at `until`, whichever comes first.
    void wait(Position after, const std::atomic<bool>& stop, Clock::time_point until);
    /// Makes those who wait look again at what they wait for.
    void wake() noexcept;

    // The store's.

    /// Tells of events up to `position`; nothing happens if they were told of before.
    void advance(Position position) noexcept;
    /// The first call tells why it ended; others do nothing.
    void end(Error why);

private:
    void wake_others() noexcept;

    std::atomic<std::uint64_t> position_{0};
    std::atomic<std::uint32_t> changes_{0};  ///< what waiting threads sleep on
    std::atomic<std::uint32_t> waiting_{0};
    std::atomic<std::uint32_t> told_all_{0};  ///< the change for which all were woken
    std::atomic<bool> ended_{false};          ///< set after `end_`
    mutable std::mutex mutex_;
    std::optional<Error> end_;
};

}  // namespace mainstem
