// The cache of states: a bounded table under a lock, and the size of what it holds.
#include "command/state_cache.hpp"

#include <utility>

namespace mainstem::command {
namespace {

/// Of an entry besides its state: key, links, the table's node.
constexpr std::size_t entry_bytes = 256;

std::size_t bytes_of(FoldedState& state) {
    // A state that owns containers is measured again when it has grown by half: measuring takes as
    // long as it is large.
    if (state.bytes == 0 || state.events > state.measured_at + state.measured_at / 2) {
        state.bytes = state.state.type().bytes(state.state.get());
        state.measured_at = state.events;
    }
    auto bytes = entry_bytes + state.bytes;
    for (const auto& stream : state.streams) bytes += sizeof(StreamId) + 32 + stream.view().size();
    return bytes;
}

}  // namespace

bool take_for_snapshot(FoldedState& state, const ExecutorOptions& options) {
    if (!options.snapshots || state.skipped || state.state.type().name.empty()) return false;
    if (state.events - state.saved_at < options.snapshots->every) return false;
    state.saved_at = state.events;
    return true;
}

SharedState StateCache::find(const StateKey& key) {
    const std::lock_guard lock{mutex_};
    const SharedState* found = states_.find(key);
    return found && !(*found)->holders_.taken ? *found : nullptr;
}

bool StateCache::take(const SharedState& state) {
    const std::lock_guard lock{mutex_};
    const SharedState* found = states_.find(state->key());
    const bool kept = found && *found == state;
    if (state->holders_.count.load(std::memory_order_acquire) != (kept ? 2U : 1U)) return false;
    state->holders_.taken = kept;
    return true;
}

void StateCache::put(SharedState state) {
    std::size_t bytes = 0;
    try {
        bytes = bytes_of(*state);
    } catch (...) {
        // The application's `bytes()`: a command that is stored must not fail by it.
        return drop(state->key());
    }
    const std::lock_guard lock{mutex_};
    state->holders_.taken = false;
    states_.put(std::move(state), bytes);
}

void StateCache::drop(const StateKey& key) {
    const std::lock_guard lock{mutex_};
    states_.erase(key);
}

StateCache::Size StateCache::size() const {
    const std::lock_guard lock{mutex_};
    return {states_.size(), states_.bytes()};
}

}  // namespace mainstem::command
