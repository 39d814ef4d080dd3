// Which seeds a simulation runs: MAINSTEM_SEED=n only that one, MAINSTEM_SIM_SEEDS=n the first n.
#pragma once

#include <cstdint>
#include <optional>

namespace mainstem::support {

/// A number from the environment; nullopt if it is not set.
[[nodiscard]] std::optional<std::uint64_t> environment_number(const char* name);

struct SeedRange {
    std::uint64_t first = 1;
    std::uint64_t last = 0;
};

/// The seeds of one of several `shards` that run beside each other. `usual` seeds in all unless the
/// environment says otherwise.
[[nodiscard]] SeedRange seeds_of_shard(std::uint64_t shard, std::uint64_t shards,
                                       std::uint64_t usual);

}  // namespace mainstem::support
