// What a state is kept under: its type and the streams that it was folded from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <mainstem/command/state_type.hpp>
#include <mainstem/core/types.hpp>

namespace mainstem::command {

/// Each name once, in order.
inline std::vector<StreamId> sorted_once(std::vector<StreamId> streams) {
    if (streams.size() < 2) return streams;
    std::ranges::sort(streams);
    const auto same = std::ranges::unique(streams);
    streams.erase(same.begin(), same.end());
    return streams;
}

/// Does not own the names.
struct StateKey {
    const detail::StateType* type;
    std::span<const StreamId> streams;  ///< sorted, each once
    std::size_t hash;

    StateKey(const detail::StateType& of, std::span<const StreamId> names)
        : type(&of), streams(names), hash(std::hash<const void*>{}(&of)) {
        for (const auto& stream : streams) {
            hash = hash * 0x9E3779B97F4A7C15 + std::hash<StreamId>{}(stream);
        }
    }
    /// With the hash that it had before.
    StateKey(const detail::StateType& of, std::span<const StreamId> names, std::size_t hashed)
        : type(&of), streams(names), hash(hashed) {}

    bool operator==(const StateKey& other) const noexcept {
        return hash == other.hash && type == other.type &&
               std::ranges::equal(streams, other.streams);
    }

    struct Hash {
        std::size_t operator()(const StateKey& key) const noexcept { return key.hash; }
    };
};

}  // namespace mainstem::command
