// Which seeds a random test runs.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace mainstem::testing::contract {

/// The seeds of a random test: the one in the environment variable MAINSTEM_SEED if it is set,
/// else 1 to `count`.
inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
    if (const char* given = std::getenv("MAINSTEM_SEED")) {
        return {std::strtoull(given, nullptr, 10)};
    }
    std::vector<std::uint64_t> all;
    for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
    return all;
}

}  // namespace mainstem::testing::contract
