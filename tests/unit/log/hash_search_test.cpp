// The search for a hash among blocks of sorted ones: it finds what a plain search finds, with one
// look or two where hashes are spread evenly, and by halving wherever they are not.
#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>

#include "log/hash_search.hpp"

namespace mainstem::log {
namespace {

constexpr std::uint64_t highest = ~std::uint64_t{0};

struct [[gnu::packed]] Entry {
    std::uint64_t hash = 0;
    std::uint32_t rest = 0;
};

/// Sorted hashes, as entries in blocks.
class Blocks {
public:
    Blocks(std::vector<std::uint64_t> hashes, std::size_t in_block)
        : hashes_(std::move(hashes)), in_block_(in_block) {
        std::ranges::sort(hashes_);
        for (const std::uint64_t hash : hashes_) entries_.push_back({hash, 0});
    }

    /// Searches, holds the answer against a plain search, and says how many looks it took.
    std::uint64_t looks_for(std::uint64_t hash) const {
        HashSearch search{{.hashes = hashes_.size(), .in_block = in_block_, .highest = highest},
                          hash};
        std::uint64_t looks = 0;
        for (; !search.done(); ++looks) {
            const std::size_t begin = search.block() * in_block_;
            if (begin >= entries_.size()) {
                ADD_FAILURE() << "block " << search.block() << " is not there";
                return looks;
            }
            const auto* from = reinterpret_cast<const std::byte*>(&entries_[begin]);
            const std::size_t count = std::min(in_block_, entries_.size() - begin);
            search.looked(look_for_hash<Entry>(from, count, hash));
        }
        const auto expected = std::ranges::lower_bound(hashes_, hash) - hashes_.begin();
        EXPECT_EQ(search.below(), static_cast<std::uint64_t>(expected)) << "hash " << hash;
        return looks;
    }
    /// The most looks for any hash that is there, for its neighbours, and for both ends.
    std::uint64_t most_looks() const {
        std::uint64_t most = std::max(looks_for(0), looks_for(highest));
        for (const std::uint64_t hash : hashes_) {
            most = std::max({most, looks_for(hash), looks_for(hash - 1), looks_for(hash + 1)});
        }
        return most;
    }
    /// Three guesses, then halving.
    std::uint64_t bound() const {
        return 4 + std::bit_width((hashes_.size() + in_block_ - 1) / in_block_);
    }

private:
    std::vector<std::uint64_t> hashes_;
    std::size_t in_block_;
    std::vector<Entry> entries_;
};

std::vector<std::uint64_t> random_hashes(std::size_t count, std::uint64_t seed) {
    Random random{seed};
    std::vector<std::uint64_t> hashes(count);
    for (auto& hash : hashes) hash = random();
    return hashes;
}

TEST(HashSearch, among_none_needs_no_look) {
    const Blocks blocks{{}, 10};
    EXPECT_EQ(blocks.looks_for(0), 0U);
    EXPECT_EQ(blocks.looks_for(7), 0U);
    EXPECT_EQ(blocks.looks_for(highest), 0U);
}

TEST(HashSearch, among_one_needs_one_look) {
    for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{77}, highest}) {
        EXPECT_LE((Blocks{{hash}, 10}.most_looks()), 1U);
    }
}

TEST(HashSearch, finds_the_first_of_equal_ones) {
    for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{1} << 60, highest}) {
        const Blocks blocks{std::vector<std::uint64_t>(1000, hash), 7};
        EXPECT_LE(blocks.most_looks(), blocks.bound());
    }
    // A run of equal ones that begins and ends within blocks.
    auto hashes = random_hashes(1000, 3);
    std::fill_n(hashes.begin(), 40, hashes[0]);
    EXPECT_LE((Blocks{hashes, 7}.most_looks()), (Blocks{hashes, 7}.bound()));
}

TEST(HashSearch, finds_everything_in_blocks_of_any_size) {
    for (const std::size_t in_block : {1U, 2U, 3U, 341U}) {
        for (const std::size_t count : {2U, 3U, 340U, 341U, 342U, 682U, 2000U}) {
            const Blocks blocks{random_hashes(count, count), in_block};
            EXPECT_LE(blocks.most_looks(), blocks.bound()) << count << " in " << in_block;
        }
    }
}

TEST(HashSearch, takes_one_look_or_two_among_evenly_spread_ones) {
    constexpr int searches = 1000;
    for (const std::size_t count : {10'000U, 100'000U, 1'000'000U}) {
        const Blocks blocks{random_hashes(count, count), 341};
        Random random{9};
        std::uint64_t looks = 0;
        std::uint64_t most = 0;
        for (int i = 0; i < searches; ++i) {
            const std::uint64_t taken = blocks.looks_for(random());
            looks += taken;
            most = std::max(most, taken);
        }
        EXPECT_LT(looks, 2U * searches) << count;
        EXPECT_LE(most, 5U) << count;
    }
}

TEST(HashSearch, ends_up_halving_where_they_are_not_spread_evenly) {
    constexpr std::size_t count = 20'000;
    std::vector<std::vector<std::uint64_t>> skewed(5);
    for (std::size_t i = 0; i < count; ++i) {
        const auto share = static_cast<double>(i) / count;
        skewed[0].push_back(i);                                                  // all at 0
        skewed[1].push_back(highest - i);                                        // all at the end
        skewed[2].push_back(static_cast<std::uint64_t>(std::exp2(63 * share)));  // by magnitude
        skewed[3].push_back(highest - static_cast<std::uint64_t>(std::exp2(63 * share)));
        skewed[4].push_back(i % 2 == 0 ? i : highest - i);  // both ends
    }
    for (const auto& hashes : skewed) {
        const Blocks blocks{hashes, 4};
        ASSERT_LT(blocks.bound(), 20U);
        EXPECT_LE(blocks.most_looks(), blocks.bound());
        for (int bit = 0; bit < 64; ++bit) {
            EXPECT_LE(blocks.looks_for(std::uint64_t{1} << bit), blocks.bound());
        }
    }
}

TEST(HashSearch, ends_whatever_the_blocks_say) {
    Random random{11};
    for (int i = 0; i < 10'000; ++i) {
        const HashBlocks blocks{.hashes = random() >> random.below(64),
                                .in_block = 1 + random.below(500),
                                .highest = random() >> random.below(64)};
        HashSearch search{blocks, random() >> random.below(64)};
        int looks = 0;
        for (; !search.done(); ++looks) {
            ASSERT_LT(looks, 70);
            ASSERT_LT(search.block(), blocks.hashes / blocks.in_block + 1);
            search.looked({.first = random() >> random.below(64),
                           .last = random() >> random.below(64),
                           .below = random.below(2) * blocks.in_block});
        }
        ASSERT_LE(search.below(), blocks.hashes + blocks.in_block);
    }
}

}  // namespace
}  // namespace mainstem::log
