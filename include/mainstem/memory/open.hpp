// The memory backend: the reference that every other backend is compared with. Simple, complete,
// gone with its last handle.
#pragma once

#include <memory>

#include <mainstem/store/event_store.hpp>

namespace mainstem {

class Clock;

/// An empty store in memory. `clock` must outlive it. Durability `flushed` is answered as asked
/// for: memory has nothing more durable.
std::shared_ptr<EventStore> open_memory_store(const Clock& clock);

}  // namespace mainstem
