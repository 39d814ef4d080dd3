// Adding and finding the terms of events in memory.
#include "log/memory_terms.hpp"

#include <algorithm>
#include <optional>

#include <mainstem/core/assert.hpp>

namespace mainstem::log {

/// Walks the postings of some terms together, from the last event back.
class MemoryTerms::Walk {
public:
    /// Begins with the last events before `end`.
    Walk(const MemoryTerms& terms, std::span<const std::uint32_t> wanted, Ordinal end)
        : terms_(&terms) {
        for (const std::uint32_t term : wanted) {
            const std::uint64_t tail = terms.terms_[term].tail.load(std::memory_order_acquire);
            auto posting = static_cast<std::uint32_t>(tail);
            while (posting != none && terms.postings_[posting].ordinal >= end) {
                posting = terms.postings_[posting].previous;
            }
            if (posting != none) next_.push_back(posting);
        }
        std::ranges::make_heap(next_, {}, ByOrdinal{terms_});
    }

    /// The next event, if it is not before `begin`; no event comes twice.
    std::optional<Ordinal> next(Ordinal begin) {
        if (next_.empty()) return {};
        const Ordinal found = terms_->postings_[next_.front()].ordinal;
        if (found < begin) return {};
        while (!next_.empty() && terms_->postings_[next_.front()].ordinal == found) step();
        return found;
    }

private:
    struct ByOrdinal {
        const MemoryTerms* terms;
        Ordinal operator()(std::uint32_t posting) const {
            return terms->postings_[posting].ordinal;
        }
    };
    void step() {
        std::ranges::pop_heap(next_, {}, ByOrdinal{terms_});
        next_.back() = terms_->postings_[next_.back()].previous;
        if (next_.back() == none) {
            next_.pop_back();
        } else {
            std::ranges::push_heap(next_, {}, ByOrdinal{terms_});
        }
    }

    const MemoryTerms* terms_;
    std::vector<std::uint32_t> next_;  ///< a posting of each term, as a heap
};

std::uint32_t MemoryTerms::lookup(const TermKey& key) const noexcept {
    return table_.find(key.hash, [&](std::uint32_t reference) {
        const Term& term = terms_[reference];
        return term.hash == key.hash && term.kind == key.kind && term.text == key.text;
    });
}

std::uint32_t MemoryTerms::lookup_or_add(const TermKey& key) {
    const std::uint32_t known = lookup(key);
    if (known != none) return known;
    const std::uint32_t added = term_count_.load(std::memory_order_relaxed);
    MAINSTEM_ASSERT(added < decltype(terms_)::capacity, "a segment holds too many terms");
    Term& term = terms_.grow(added);
    term.hash = key.hash;
    term.text = texts_.keep(key.text);
    term.kind = key.kind;
    term.tail.store(none, std::memory_order_relaxed);
    table_.add(added, [this](std::uint32_t reference) { return terms_[reference].hash; });
    term_count_.store(added + 1, std::memory_order_release);
    return added;
}

std::size_t MemoryTerms::add(std::span<const TermKey> terms) {
    std::size_t bytes = sizeof(EventTerms);
    const Ordinal ordinal = event_count_++;
    EventTerms& event = events_.grow(ordinal);
    event.first = posting_count_;
    for (const TermKey& key : terms) {
        const std::uint32_t reference = lookup_or_add(key);
        Term& term = terms_[reference];
        const std::uint64_t tail = term.tail.load(std::memory_order_relaxed);
        const auto previous = static_cast<std::uint32_t>(tail);
        // A tag may be given twice.
        if (previous != none && postings_[previous].ordinal == ordinal) continue;
        bytes += sizeof(Posting);
        if (previous == none) bytes += sizeof(Term) + key.text.size() + ReferenceTable::bytes_each;
        MAINSTEM_ASSERT(posting_count_ < decltype(postings_)::capacity, "too many postings");
        postings_.grow(posting_count_) = {ordinal, previous, reference};
        term.tail.store(((tail >> 32) + 1) << 32 | posting_count_, std::memory_order_release);
        ++posting_count_;
    }
    event.count = posting_count_ - event.first;
    return bytes;
}

std::uint64_t MemoryTerms::count(std::uint32_t term) const noexcept {
    return terms_[term].tail.load(std::memory_order_acquire) >> 32;
}

/// A look at the last event of each term, which is all that most conditions need.
bool MemoryTerms::may_match(const TermItem& item, Ordinal begin) const noexcept {
    const auto is_recent = [&](const TermKey& key) {
        const std::uint32_t term = lookup(key);
        if (term == none) return false;
        const std::uint64_t tail = terms_[term].tail.load(std::memory_order_acquire);
        const auto last = static_cast<std::uint32_t>(tail);
        return last != none && postings_[last].ordinal >= begin;
    };
    return std::ranges::all_of(item.tags, is_recent) &&
           (item.types.empty() || std::ranges::any_of(item.types, is_recent));
}

/// Looks the item's terms up. False: no event can match.
bool MemoryTerms::wanted(const TermItem& item, Wanted& wanted) const {
    for (const TermKey& key : item.tags) {
        const std::uint32_t tag = lookup(key);
        if (tag == none) return false;
        wanted.tags.push_back(tag);
    }
    wanted.any_type = item.types.empty();
    for (const TermKey& key : item.types) {
        const std::uint32_t type = lookup(key);
        if (type != none) wanted.types.push_back(type);
    }
    return wanted.any_type || !wanted.types.empty();
}

/// The terms of which an event that matches has one, with as few events as possible.
std::vector<std::uint32_t> MemoryTerms::rarest(const Wanted& wanted) const {
    std::uint64_t types = 0;
    for (const std::uint32_t type : wanted.types) types += count(type);
    const auto by_count = [this](std::uint32_t term) { return count(term); };
    const auto tag = std::ranges::min_element(wanted.tags, {}, by_count);
    const bool use_tag = tag != wanted.tags.end() && (wanted.any_type || count(*tag) <= types);
    return use_tag ? std::vector{*tag} : wanted.types;
}

std::uint64_t MemoryTerms::estimate(const TermItem& item) const {
    Wanted terms;
    if (!wanted(item, terms)) return 0;
    std::uint64_t events = 0;
    for (const std::uint32_t term : rarest(terms)) events += count(term);
    return events;
}

bool MemoryTerms::has(Ordinal ordinal, const Wanted& wanted) const noexcept {
    const EventTerms event = events_[ordinal];
    const auto has_term = [&](std::uint32_t term) {
        for (std::uint32_t i = 0; i < event.count; ++i) {
            if (postings_[event.first + i].term == term) return true;
        }
        return false;
    };
    return std::ranges::all_of(wanted.tags, has_term) &&
           (wanted.any_type || std::ranges::any_of(wanted.types, has_term));
}

void MemoryTerms::find(const TermItem& item, OrdinalRange range, Direction direction,
                       std::size_t limit, std::vector<Ordinal>& out) const {
    if (range.empty() || limit == 0 || !may_match(item, range.begin)) return;
    Wanted terms;
    if (!wanted(item, terms)) return;
    const std::size_t begin = out.size();
    const bool forward = direction == Direction::forward;
    const std::vector<std::uint32_t> driver = rarest(terms);
    Walk walk{*this, driver, range.end};
    while (const auto ordinal = walk.next(range.begin)) {
        if (!has(*ordinal, terms)) continue;
        out.push_back(*ordinal);
        if (!forward && out.size() - begin == limit) return;
    }
    if (!forward) return;
    std::ranges::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
    if (out.size() - begin > limit) out.resize(begin + limit);
}

void MemoryTerms::all(std::uint32_t term, std::vector<Ordinal>& out) const {
    out.clear();
    auto posting = static_cast<std::uint32_t>(terms_[term].tail.load(std::memory_order_acquire));
    for (; posting != none; posting = postings_[posting].previous) {
        out.push_back(postings_[posting].ordinal);
    }
    std::ranges::reverse(out);
}

}  // namespace mainstem::log
