// Numbers of threads: a bit for each number that is taken. All state is trivially destructible, so
// that threads may still ask while the process ends.
#include "core/thread_slot.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace mainstem {
namespace {

constexpr std::size_t bits = 64;
constexpr std::size_t not_asked_yet = thread_slots + 1;

constinit std::array<std::atomic<std::uint64_t>, thread_slots / bits> taken{};
constinit thread_local std::size_t slot_of_this_thread = not_asked_yet;

/// The lowest free number of a word, or `bits`.
std::size_t take_from(std::atomic<std::uint64_t>& word) noexcept {
    auto seen = word.load(std::memory_order_relaxed);
    while (~seen != 0) {
        const auto bit = static_cast<std::size_t>(std::countr_one(seen));
        const auto wanted = seen | std::uint64_t{1} << bit;
        if (word.compare_exchange_weak(seen, wanted, std::memory_order_acquire,
                                       std::memory_order_relaxed))
            return bit;
    }
    return bits;
}

std::size_t take_slot() noexcept {
    for (std::size_t i = 0; i < taken.size(); ++i) {
        const auto bit = take_from(taken[i]);
        if (bit < bits) return i * bits + bit;
    }
    return thread_slots;
}

/// Gives the number back when its thread ends. What still runs in the thread shares from then on.
struct Lease {
    Lease() noexcept { slot_of_this_thread = take_slot(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        const auto slot = slot_of_this_thread;
        slot_of_this_thread = thread_slots;
        if (slot == thread_slots) return;
        taken[slot / bits].fetch_and(~(std::uint64_t{1} << slot % bits), std::memory_order_release);
    }
};

}  // namespace

std::size_t thread_slot() noexcept {
    if (slot_of_this_thread == not_asked_yet) [[unlikely]] {
        thread_local const Lease lease;
    }
    return slot_of_this_thread;
}

}  // namespace mainstem
