// When to try a command again, and the seam to time that waiting needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace mainstem {

/// How conflicts are dealt with, and nothing else: no other error is overcome by trying again at
/// once. After attempt n it waits min(first * factor^(n-1), longest), of which chance takes off up
/// to the share `jitter`, so that those who ran into each other do not do so again.
struct RetryPolicy {
    std::uint32_t retries = 4;  ///< attempts after the first
    std::chrono::nanoseconds first = std::chrono::milliseconds{10};
    double factor = 2.0;  ///< at least 1
    std::chrono::nanoseconds longest = std::chrono::seconds{1};
    double jitter = 1.0;  ///< 0 (none) to 1 (anything from 0 to the wait)
    /// For all attempts together, from when it was submitted; a wait that would end later is not
    /// begun, nor is a command whose turn in a queue comes later.
    std::chrono::nanoseconds deadline = std::chrono::seconds{30};

    /// The wait after `attempts` attempts; `chance` is uniform in [0, 1). Never negative.
    [[nodiscard]] std::chrono::nanoseconds wait(std::uint32_t attempts,
                                                double chance) const noexcept;
};

/// The seam to the time of an executor, that of its asynchronous commands, too. Any thread.
class Waiter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    virtual ~Waiter() = default;

    [[nodiscard]] virtual TimePoint now() = 0;
    /// Returns at `until`, or as soon as `stop` is asked for. When it returns without a stop, the
    /// time has come, whatever `now` says.
    virtual void wait(TimePoint until, const std::stop_token& stop) = 0;

    /// The machine's.
    static Waiter& system();
};

}  // namespace mainstem
