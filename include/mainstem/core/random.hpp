// The seam to chance: seeded generators, so that a seed replays a run.
#pragma once

#include <cstdint>

namespace mainstem {

/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021),
/// seeded by splitmix64. Fast, not for secrets. One thread at a time.
class Random {
public:
    using result_type = std::uint64_t;

    explicit Random(std::uint64_t seed) noexcept;
    /// Seeded by the operating system.
    static Random from_system() noexcept;

    std::uint64_t operator()() noexcept;
    /// Uniform in [0, bound); bound must be positive. Bias below 2^-32 for bounds below 2^32.
    std::uint64_t below(std::uint64_t bound) noexcept;
    /// True with probability `numerator / denominator`.
    bool chance(std::uint64_t numerator, std::uint64_t denominator) noexcept {
        return below(denominator) < numerator;
    }

    static constexpr std::uint64_t min() noexcept { return 0; }
    static constexpr std::uint64_t max() noexcept { return ~std::uint64_t{0}; }

private:
    std::uint64_t state_[4]{};
};

}  // namespace mainstem
