// A small number for each thread, so that counters can give every thread a place of its own.
#pragma once

#include <cstddef>

namespace mainstem {

/// How many threads at once can have a number of their own.
inline constexpr std::size_t thread_slots = 128;

/// The calling thread's number, below `thread_slots`, which no other thread has while it lives. A
/// later thread may get it, and then sees everything that its former owner did. `thread_slots`
/// itself is shared by all threads that found no number free. About a nanosecond; never blocks.
std::size_t thread_slot() noexcept;

}  // namespace mainstem
