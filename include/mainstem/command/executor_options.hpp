// How an executor works, and what it counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <mainstem/command/retry.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/event/codec.hpp>

namespace mainstem {

/// How much an executor keeps of the states that it has folded. Either at 0 keeps nothing.
struct StateCacheOptions {
    std::size_t entries = 1000;
    /// Of all states together, as far as they can be measured: containers of the standard library
    /// and plain structs are followed, a type may say it by `bytes()`.
    Bytes memory{64ULL << 20};
};

/// Where and how often states are written down. Only those of types that have a name
/// (`state_type`); see docs/manual/commands.md.
struct SnapshotOptions {
    /// A directory of their own, made if it is missing; one for each store.
    std::string directory;
    /// Events folded since the last snapshot of a state; at least 1.
    std::uint64_t every = 100;
};

struct ExecutorOptions {
    RetryPolicy retry = {};
    StateCacheOptions state_cache = {};
    std::optional<SnapshotOptions> snapshots = {};
    OnUnreadable unreadable = OnUnreadable::stop;
    /// How often a command may discover streams, at most.
    std::uint32_t discovery_rounds = 10;
    /// Of the jitter; 0: the operating system chooses one.
    std::uint64_t seed = 0;
    Waiter* waiter = nullptr;  ///< default: the machine's; must outlive the executor
};

/// What an executor has done since it was made.
struct ExecutorStats {
    std::uint64_t accepted = 0;   ///< commands, repeats and those without events too
    std::uint64_t rejected = 0;   ///< by the domain
    std::uint64_t failed = 0;     ///< with an error
    std::uint64_t repeated = 0;   ///< accepted before, known by their id
    std::uint64_t conflicts = 0;  ///< attempts that ran into one
    std::uint64_t cache_hits = 0;
    std::uint64_t cache_misses = 0;
    std::uint64_t snapshots_read = 0;
    std::uint64_t snapshots_written = 0;
    std::uint64_t snapshots_dropped = 0;  ///< not written: 100 waited for the disk
    std::uint64_t folded_events = 0;      ///< read from the store and applied
    std::uint64_t skipped_events = 0;     ///< that could not be read; see OnUnreadable
    std::size_t cached_states = 0;
    std::size_t cached_bytes = 0;
};

}  // namespace mainstem
