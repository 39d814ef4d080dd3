// The seam to time: what a store asks for the time of day, so that tests can set it.
#pragma once

#include <atomic>

#include <mainstem/core/types.hpp>

namespace mainstem {

/// Any thread may call it. It may go back; stores keep their recorded time from doing so.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Timestamp now() const noexcept = 0;

    /// The machine's clock.
    static const Clock& system() noexcept;
};

/// A clock that stands still until it is set.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start = {}) : now_(start) {}
    [[nodiscard]] Timestamp now() const noexcept override { return now_.load(); }
    void set(Timestamp time) noexcept { now_.store(time); }
    void advance(std::chrono::microseconds by) noexcept { now_.store(now_.load() + by); }

private:
    std::atomic<Timestamp> now_;
};

}  // namespace mainstem
