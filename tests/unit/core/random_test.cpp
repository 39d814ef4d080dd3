// The seeded generator: its reference sequence, its bounds, and that a seed replays a run.
#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/random.hpp>

namespace mainstem {
namespace {

/// The published algorithms, written down once more as they stand in their reference code.
class Reference {
public:
    explicit Reference(std::uint64_t seed) {
        for (auto& word : s_) {
            std::uint64_t z = (seed += 0x9e3779b97f4a7c15);
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word = z ^ (z >> 31);
        }
    }
    std::uint64_t next() {
        const std::uint64_t result = rotl(s_[1] * 5, 7) * 9;
        const std::uint64_t t = s_[1] << 17;
        s_[2] ^= s_[0];
        s_[3] ^= s_[1];
        s_[1] ^= s_[2];
        s_[0] ^= s_[3];
        s_[2] ^= t;
        s_[3] = rotl(s_[3], 45);
        return result;
    }

private:
    static std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    std::array<std::uint64_t, 4> s_{};
};

TEST(Random, first_word_of_seed_zero_is_the_published_one) {
    // splitmix64 seeded with 0 begins with 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4; the first
    // result of xoshiro256** is rotl(second word * 5, 7) * 9.
    EXPECT_EQ(Random{0}(), 0x99ec5f36cb75f2b4U);
}

RC_GTEST_PROP(Random, follows_the_reference, (std::uint64_t seed)) {
    Random random{seed};
    Reference reference{seed};
    for (int i = 0; i < 100; ++i) RC_ASSERT(random() == reference.next());
}

RC_GTEST_PROP(Random, stays_below_the_bound, (std::uint64_t seed)) {
    Random random{seed};
    const auto bound = *rc::gen::positive<std::uint64_t>();
    for (int i = 0; i < 100; ++i) RC_ASSERT(random.below(bound) < bound);
}

TEST(Random, reaches_every_value_about_equally_often) {
    Random random{42};
    std::array<int, 10> counts{};
    for (int i = 0; i < 100'000; ++i) ++counts.at(random.below(counts.size()));
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Random, chance_is_a_fraction) {
    Random random{42};
    int hits = 0;
    for (int i = 0; i < 100'000; ++i) hits += random.chance(1, 4) ? 1 : 0;
    EXPECT_NEAR(hits, 25'000, 1'000);
    EXPECT_FALSE(random.chance(0, 1));
    EXPECT_TRUE(random.chance(1, 1));
}

TEST(Random, of_the_system_differs_each_time) {
    EXPECT_NE(Random::from_system()(), Random::from_system()());
}

TEST(RandomDeathTest, bound_of_zero_is_a_mistake) {
    EXPECT_DEATH((void)Random{1}.below(0), "below zero");
}

}  // namespace
}  // namespace mainstem
