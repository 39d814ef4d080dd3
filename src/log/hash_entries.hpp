// The entries of a section that have a hash. The section holds entries sorted by their hashes; each
// begins with its hash.
#pragma once

#include <limits>
#include <optional>

#include "log/hash_search.hpp"
#include "log/index_block.hpp"

namespace mainstem::log {

/// Yields them in their order. The first takes a look at one block or two.
template <class Entry>
class EntriesWithHash {
public:
    using Hash = decltype(Entry::hash);

    EntriesWithHash(const SectionReader& section, Hash hash)
        : section_(&section), count_(section.size() / sizeof(Entry)), hash_(hash) {}

    /// Nothing after the last one. Errors: damaged, io.
    Result<std::optional<Entry>> next() {
        const auto found = begun_ ? read() : search();
        if (!found) return found.error();
        ++at_;
        return entry_ && entry_->hash == hash_ ? entry_ : std::optional<Entry>{};
    }

private:
    /// Finds the first entry that is not below, mostly on the same look.
    Result<void> search() {
        begun_ = true;
        HashSearch search{{.hashes = count_,
                           .in_block = section_->in_block() / sizeof(Entry),
                           .highest = std::numeric_limits<Hash>::max()},
                          hash_};
        while (!search.done()) {
            HashSearch::Look found;
            const auto looked = section_->look(search.block(), [&](ByteSpan content) {
                const std::size_t count = content.size() / sizeof(Entry);
                found = look_for_hash<Entry>(content.data(), count, hash_);
                entry_.reset();
                if (found.below == count) return;
                entry_ = load<Entry>(content.data() + found.below * sizeof(Entry));
            });
            if (!looked) return looked;
            search.looked(found);
        }
        at_ = search.below();
        return entry_ ? Result<void>{} : read();
    }

    Result<void> read() {
        entry_.reset();
        if (at_ >= count_) return {};
        const auto entry = section_->entry<Entry>(at_);
        if (!entry) return entry.error();
        entry_ = *entry;
        return {};
    }

    const SectionReader* section_;
    std::uint64_t count_;
    Hash hash_;
    bool begun_ = false;
    std::uint64_t at_ = 0;        ///< of the entry that is read next
    std::optional<Entry> entry_;  ///< the one before it
};

}  // namespace mainstem::log
