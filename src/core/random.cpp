// xoshiro256**, after the public-domain reference of Blackman and Vigna.
#include <mainstem/core/random.hpp>

#include <bit>

#include <unistd.h>

#include <mainstem/core/assert.hpp>

namespace mainstem {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) noexcept {
    state += 0x9E3779B97F4A7C15U;
    auto z = state;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
}

}  // namespace

Random::Random(std::uint64_t seed) noexcept {
    for (auto& word : state_) word = splitmix64(seed);
}

Random Random::from_system() noexcept {
    Random random{0};
    const bool seeded = ::getentropy(random.state_, sizeof random.state_) == 0;
    MAINSTEM_ASSERT(seeded, "the operating system gives no random bytes");
    return random;
}

std::uint64_t Random::operator()() noexcept {
    const auto result = std::rotl(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound) noexcept {
    MAINSTEM_ASSERT(bound > 0, "a random number below zero");
    // Lemire, "Fast Random Integer Generation in an Interval", 2019, without its rejection step.
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>((*this)()) * bound >> 64U);
}

}  // namespace mainstem
