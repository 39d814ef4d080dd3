// The terms of a sealed segment's events, read from its index file: for each hash of a term the
// ordinals of the events that may have it. Any error means that the file should be made anew.
#pragma once

#include <array>
#include <vector>

#include <mainstem/core/types.hpp>

#include "log/index_filter.hpp"
#include "log/term.hpp"

namespace mainstem::log {

/// Thread-safe.
class IndexTerms {
public:
    IndexTerms() = default;
    IndexTerms(const IndexFilter& filter, const SectionReader& terms, const SectionReader& skips,
               const SectionReader& postings, Ordinal event_count)
        : filter_(filter),
          terms_(terms),
          skips_(skips),
          postings_(postings),
          event_count_(event_count) {}

    /// See SegmentIndex::find_few and SegmentIndex::find_terms.
    Result<std::uint64_t> find_few(const TermItem& item, OrdinalRange range, std::uint64_t few,
                                   std::vector<Ordinal>& out) const;
    Result<void> find(const TermItem& item, OrdinalRange range, Direction direction,
                      std::size_t limit, std::vector<Ordinal>& out) const;

private:
    class Postings;
    class Matches;

    /// False if no event has the term.
    Result<bool> open(const TermKey& key, bool passed_filter, Postings& postings) const;

    IndexFilter filter_;
    SectionReader terms_;
    SectionReader skips_;
    SectionReader postings_;
    Ordinal event_count_ = 0;
};

}  // namespace mainstem::log
