// The terms of a segment's events in memory. One writer adds; any number of readers look at the
// same time without a lock, and see events below the count that was published for the segment.
//
// A term leads to its last posting, and each posting to the one before it of the same term; an
// event's own postings stand next to each other, so that it can be asked for its terms.
#pragma once

#include <atomic>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>

#include "log/name_store.hpp"
#include "log/reference_table.hpp"
#include "log/stable_array.hpp"
#include "log/term.hpp"

namespace mainstem::log {

class MemoryTerms {
public:
    /// Adds the terms of the next event. Returns about how much memory that takes. The writer's.
    std::size_t add(std::span<const TermKey> terms);
    void prefetch(std::uint64_t hash) const noexcept { table_.prefetch(hash); }

    // Any thread.

    /// At least as many events as match the item, by the lengths of its terms' postings.
    [[nodiscard]] std::uint64_t estimate(const TermItem& item) const;
    /// Appends the events in `range` that match, ascending or descending, at most `limit`. All that
    /// it finds match. O(postings in and after the range of the item's rarest term).
    void find(const TermItem& item, OrdinalRange range, Direction direction, std::size_t limit,
              std::vector<Ordinal>& out) const;

    /// What an index file is made of: call once nothing is added any more.
    [[nodiscard]] std::uint32_t size() const noexcept {
        return term_count_.load(std::memory_order_acquire);
    }
    [[nodiscard]] std::uint64_t hash(std::uint32_t term) const noexcept {
        return terms_[term].hash;
    }
    /// Sets `out` to all events of a term, ascending.
    void all(std::uint32_t term, std::vector<Ordinal>& out) const;

private:
    static constexpr std::uint32_t none = ReferenceTable::none;

    struct Term {
        std::uint64_t hash = 0;
        std::string_view text;
        TermKind kind = TermKind::type;
        /// Number of postings in the upper half, the last of them in the lower.
        std::atomic<std::uint64_t> tail{0};
    };
    struct Posting {
        Ordinal ordinal;
        std::uint32_t previous;  ///< of the same term
        std::uint32_t term;
    };
    /// Where an event's postings stand.
    struct EventTerms {
        std::uint32_t first;
        std::uint32_t count;
    };
    /// The terms of an item, as far as there are such.
    struct Wanted {
        std::vector<std::uint32_t> types;
        std::vector<std::uint32_t> tags;
        bool any_type = false;
    };
    class Walk;

    [[nodiscard]] bool may_match(const TermItem& item, Ordinal begin) const noexcept;
    [[nodiscard]] std::uint32_t lookup(const TermKey& key) const noexcept;
    std::uint32_t lookup_or_add(const TermKey& key);
    [[nodiscard]] std::uint64_t count(std::uint32_t term) const noexcept;
    [[nodiscard]] bool wanted(const TermItem& item, Wanted& wanted) const;
    [[nodiscard]] std::vector<std::uint32_t> rarest(const Wanted& wanted) const;
    [[nodiscard]] bool has(Ordinal ordinal, const Wanted& wanted) const noexcept;

    // A tag takes three bytes of a segment at least, an event about fifty.
    StableArray<Term, 1 << 10, 19> terms_;
    StableArray<Posting, 1 << 10, 19> postings_;
    StableArray<EventTerms, 1 << 10, 15> events_;
    std::atomic<std::uint32_t> term_count_{0};
    std::uint32_t posting_count_ = 0;
    Ordinal event_count_ = 0;
    ReferenceTable table_;
    NameStore texts_;
};

}  // namespace mainstem::log
