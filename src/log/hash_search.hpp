// Finding a hash among sorted ones that stand in blocks, where to look at a block is what costs.
// Hashes are spread evenly, so the block is guessed by proportion: one look or two, however many
// blocks there are. Where they are not spread evenly, guessing ends and the blocks are halved.
//
// This decides, and reads nothing: who uses it looks at `block()` and reports what stands there,
// until it is `done()`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "log/format.hpp"

namespace mainstem::log {

/// Sorted hashes in blocks: all of them full but the last.
struct HashBlocks {
    std::uint64_t hashes = 0;
    std::uint64_t in_block = 1;                 ///< hashes in a full block
    std::uint64_t highest = ~std::uint64_t{0};  ///< that a hash can be
};

class HashSearch {
public:
    /// What a look at a block finds.
    struct Look {
        std::uint64_t first = 0;  ///< hash
        std::uint64_t last = 0;
        std::uint64_t below = 0;  ///< how many of its hashes are below the one that is looked for
    };

    HashSearch(const HashBlocks& blocks, std::uint64_t hash);

    [[nodiscard]] bool done() const noexcept { return low_ == high_; }
    /// The block to look at next, unless it is done.
    [[nodiscard]] std::uint64_t block() const noexcept { return block_; }
    void looked(const Look& look) noexcept;
    /// When it is done: how many hashes are below the one that is looked for.
    [[nodiscard]] std::uint64_t below() const noexcept { return below_; }

private:
    void choose() noexcept;
    [[nodiscard]] std::uint64_t guess() const noexcept;

    HashBlocks blocks_;
    std::uint64_t hash_;
    std::uint64_t low_ = 0;  ///< all blocks before it are below
    std::uint64_t high_;     ///< this block and all after it are not below
    std::uint64_t low_hash_ = 0;
    std::uint64_t high_hash_;
    std::uint64_t block_ = 0;
    std::uint64_t below_ = 0;
    int looks_ = 0;
};

/// How many of `count` sorted entries, each beginning with its hash, have one below `hash`. By
/// proportion, too; bounded by `count` if they are not spread evenly.
template <class Entry>
HashSearch::Look look_for_hash(const std::byte* entries, std::size_t count, std::uint64_t hash) {
    using Hash = decltype(Entry::hash);
    const auto hash_at = [entries](std::size_t at) -> std::uint64_t {
        return load<Hash>(entries + at * sizeof(Entry));
    };
    HashSearch::Look look{.first = hash_at(0), .last = hash_at(count - 1), .below = 0};
    if (hash <= look.first) return look;
    if (hash > look.last) {
        look.below = count;
        return look;
    }
    const double share =
        static_cast<double>(hash - look.first) / static_cast<double>(look.last - look.first);
    auto at = static_cast<std::size_t>(share * static_cast<double>(count - 1));
    while (at > 0 && hash_at(at - 1) >= hash) --at;
    while (at < count && hash_at(at) < hash) ++at;
    look.below = at;
    return look;
}

}  // namespace mainstem::log
