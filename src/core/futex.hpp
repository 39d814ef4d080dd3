// Sleeping until a number in memory changes (futex(2)). std::atomic::wait of libstdc++ 12 gives the
// processor away several times before it sleeps, which costs a third of it when many threads wait.
#pragma once

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdint>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <unistd.h>

namespace mainstem {

/// Sleeps while `word` holds `value`. May return early: look again.
inline void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

/// Sleeps while `word` holds `value`, at most for `most`. True if a wake-up ended it.
inline bool futex_wait_for(const std::atomic<std::uint32_t>& word, std::uint32_t value,
                           std::chrono::nanoseconds most) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(most);
    const std::timespec time{seconds.count(), (most - seconds).count()};
    return ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, &time, nullptr, 0) == 0;
}

/// Wakes all threads that sleep on `word`.
inline void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

/// Wakes one thread that sleeps on `word`, which is only a name here: it may be gone already.
inline void futex_wake_one(const std::atomic<std::uint32_t>* word) noexcept {
    ::syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace mainstem
