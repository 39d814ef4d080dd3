// States of earlier commands, so that the next one folds only what is new. What is kept here may be
// old: who takes it reads what came after, and the append checks versions. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include <boost/container/small_vector.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <mainstem/command/executor_options.hpp>
#include <mainstem/command/state_type.hpp>
#include <mainstem/core/block_memory.hpp>
#include <mainstem/core/types.hpp>

#include "command/state_key.hpp"
#include "core/s3_fifo.hpp"

namespace mainstem::command {

/// A state and the versions of the streams that it was folded up to. It counts its holders itself:
/// who finds to be the only one must see all that the others did before they let go, which a
/// std::shared_ptr's use_count() does not promise.
struct FoldedState : detail::InBlock {
    /// Most states are of one stream.
    template <class T>
    using ForEachStream = boost::container::small_vector<T, 1>;

    const ForEachStream<StreamId> streams;  ///< as in the key
    detail::AnyState state;
    ForEachStream<Version> versions;  ///< of the streams, in their order
    std::uint64_t events = 0;         ///< folded since the beginning
    std::uint64_t saved_at = 0;       ///< `events` when it was last kept as a snapshot
    std::uint64_t measured_at = 0;    ///< `events` when `bytes` was measured
    std::size_t bytes = 0;            ///< of the state
    bool skipped = false;             ///< it lacks events that could not be read

    explicit FoldedState(const StateKey& key)
        : streams(key.streams.begin(), key.streams.end()),
          state(*key.type),
          versions(streams.size()),
          hash_(key.hash) {}

    [[nodiscard]] StateKey key() const noexcept { return {state.type(), streams, hash_}; }

    friend void intrusive_ptr_add_ref(FoldedState* held) noexcept {
        held->holders_.count.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(FoldedState* held) noexcept {
        if (held->holders_.count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete held;
    }

private:
    friend class StateCache;
    /// A copy begins with holders of its own.
    struct Holders {
        std::atomic<std::uint32_t> count{0};
        bool taken =
            false;  ///< it is in the cache, but somebody changes it; under the cache's lock
        Holders() = default;
        Holders(const Holders&) noexcept {}
        Holders& operator=(const Holders&) = delete;
    };
    std::size_t hash_;
    Holders holders_;
};

/// A state that others may hold, too: it changes only while it has one holder.
using SharedState = boost::intrusive_ptr<FoldedState>;

/// True if it is time to keep a state as a snapshot, from which time on it counts as kept. While it
/// has one holder.
[[nodiscard]] bool take_for_snapshot(FoldedState& state, const ExecutorOptions& options);

class StateCache {
public:
    explicit StateCache(const StateCacheOptions& options)
        : states_({options.entries, options.memory.value}) {}

    /// nullptr if there is none.
    SharedState find(const StateKey& key);
    /// True if nobody else holds the state, the cache aside, where nobody finds it from now on: the
    /// caller may change it, and put it back. False: the caller must copy it to change it.
    [[nodiscard]] bool take(const SharedState& state);
    void put(SharedState state);
    void drop(const StateKey& key);

    struct Size {
        std::size_t entries;
        std::size_t bytes;
    };
    [[nodiscard]] Size size() const;

private:
    struct KeyOf {
        StateKey operator()(const SharedState& state) const noexcept { return state->key(); }
    };
    mutable std::mutex mutex_;
    S3Fifo<SharedState, KeyOf, StateKey::Hash> states_;
};

}  // namespace mainstem::command
