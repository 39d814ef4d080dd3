// Choosing the block to look at.
#include "log/hash_search.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

/// Among evenly spread hashes the second guess, or the third, is right.
constexpr int guesses = 3;

}  // namespace

HashSearch::HashSearch(const HashBlocks& blocks, std::uint64_t hash)
    : blocks_(blocks),
      hash_(hash),
      high_((blocks.hashes + blocks.in_block - 1) / blocks.in_block),
      high_hash_(blocks.highest) {
    choose();
}

void HashSearch::looked(const Look& look) noexcept {
    ++looks_;
    if (hash_ > look.last) {
        low_ = block_ + 1;
        low_hash_ = look.last;
    } else if (hash_ <= look.first) {
        high_ = block_;
        high_hash_ = look.first;
    } else {
        low_ = high_ = block_;
    }
    below_ = std::min(low_ * blocks_.in_block, blocks_.hashes);
    if (done()) {
        if (low_ == block_) below_ += look.below;
    } else {
        choose();
    }
}

void HashSearch::choose() noexcept {
    block_ = looks_ < guesses ? guess() : low_ + (high_ - low_) / 2;
}

/// The block where the hash stands if those between what is known are spread evenly.
std::uint64_t HashSearch::guess() const noexcept {
    if (low_ == high_) return low_;
    // Blocks that contradict each other may leave any order here.
    const std::uint64_t beyond = hash_ > low_hash_ ? hash_ - low_hash_ : 0;
    const std::uint64_t between = high_hash_ > low_hash_ ? high_hash_ - low_hash_ : 0;
    const double share =
        std::min(1.0, static_cast<double>(beyond) / (static_cast<double>(between) + 1));
    const std::uint64_t begin = low_ * blocks_.in_block;
    const std::uint64_t end = std::min(high_ * blocks_.in_block, blocks_.hashes);
    const auto at = static_cast<std::uint64_t>(share * static_cast<double>(end - begin));
    return std::clamp((begin + at) / blocks_.in_block, low_, high_ - 1);
}

}  // namespace mainstem::log
