// Waiting without a lock: each change counts up a number on which the threads sleep. All of these
// are in one order (seq_cst): a change that sees nobody waiting is seen by who waits next.
#include <mainstem/store/watch.hpp>

#include <utility>

#include "core/futex.hpp"

namespace mainstem {

void Watch::advance(Position position) noexcept {
    std::uint64_t before = position_.load();
    while (before < position.value && !position_.compare_exchange_weak(before, position.value)) {
    }
    if (before >= position.value) return;
    ++changes_;
    if (waiting_.load() != 0) futex_wake_one(&changes_);
}

void Watch::end(Error why) {
    {
        const std::lock_guard lock{mutex_};
        if (!end_) end_ = std::move(why);
    }
    ended_ = true;
    wake();
}

std::optional<Error> Watch::ended() const {
    if (!ended_) return {};
    const std::lock_guard lock{mutex_};
    return end_;
}

void Watch::wake() noexcept {
    ++changes_;
    futex_wake_all(changes_);
}

void Watch::wait(Position after, const std::atomic<bool>& stop, Clock::time_point until) {
    ++waiting_;
    for (;;) {
        const std::uint32_t seen = changes_.load();
        if (position() > after || ended_ || stop) break;
        const auto left = until - Clock::now();
        if (left <= std::chrono::nanoseconds::zero()) break;
        if (futex_wait_for(changes_, seen, left)) wake_others();
    }
    --waiting_;
}

/// Once for each change: who went back to sleep since then is left alone, else many that wait would
/// wake each other over and over.
void Watch::wake_others() noexcept {
    const std::uint32_t change = changes_.load();
    if (waiting_.load() > 1 && told_all_.exchange(change) != change) futex_wake_all(changes_);
}

}  // namespace mainstem
