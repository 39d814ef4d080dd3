// Intersections of posting lists: each list is asked for its first event at or beyond a place, in
// the direction of the search, until all of them name the same.
#include "log/index_terms.hpp"

#include <algorithm>
#include <optional>

#include "log/hash_entries.hpp"
#include "log/varint.hpp"

namespace mainstem::log {

/// The events of one term; one block of them is decoded at a time.
class IndexTerms::Postings {
public:
    Result<void> open(const IndexTerms& terms, std::uint32_t where) {
        terms_ = &terms;
        loaded_ = 0;
        if ((where & single_posting) != 0) {
            count_ = loaded_ = 1;
            block_ = 0;
            ordinals_[0] = where & ~single_posting;
            return ordinals_[0] < terms.event_count_ ? Result<void>{} : terms.postings_.beyond();
        }
        SectionCursor cursor{terms.postings_, where};
        const auto next = [&] { return cursor.next(); };
        const bool whole = take_varint(next, count_) && take_varint(next, first_skip_);
        if (cursor.error()) return *cursor.error();
        return whole && count_ <= terms.event_count_ ? Result<void>{} : terms.postings_.beyond();
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// The event nearest to `target` at or beyond it.
    Result<std::optional<Ordinal>> seek(Ordinal target, Direction direction) {
        return direction == Direction::forward ? at_or_after(target) : at_or_before(target);
    }

private:
    using Found = std::optional<Ordinal>;

    [[nodiscard]] std::uint64_t blocks() const noexcept {
        return (count_ + postings_in_block - 1) / postings_in_block;
    }
    [[nodiscard]] std::span<const Ordinal> ordinals() const noexcept {
        return std::span{ordinals_}.first(loaded_);
    }
    [[nodiscard]] bool is_within(Ordinal target) const noexcept {
        return loaded_ > 0 && ordinals_[0] <= target && target <= ordinals_[loaded_ - 1];
    }

    /// Loads the last block that begins at or before `target`, or the first one.
    Result<void> load_for(Ordinal target) {
        if (is_within(target) || (loaded_ > 0 && blocks() == 1)) return {};
        std::uint64_t low = 0;
        std::uint64_t high = blocks();
        while (high - low > 1) {
            const std::uint64_t middle = low + (high - low) / 2;
            const auto skip = terms_->skips_.entry<SkipEntry>(first_skip_ + middle);
            if (!skip) return skip.error();
            (skip->first <= target ? low : high) = middle;
        }
        return load(low);
    }

    Result<void> load(std::uint64_t block) {
        if (loaded_ > 0 && block_ == block) return {};
        loaded_ = 0;
        const auto skip = terms_->skips_.entry<SkipEntry>(first_skip_ + block);
        if (!skip) return skip.error();
        const std::uint64_t here =
            std::min<std::uint64_t>(postings_in_block, count_ - block * postings_in_block);
        SectionCursor cursor{terms_->postings_, skip->where};
        const auto next = [&] { return cursor.next(); };
        std::uint64_t ordinal = skip->first;
        for (std::size_t i = 0; i < here; ++i) {
            std::uint64_t step = 0;
            if (i > 0 && !take_varint(next, step)) {
                return cursor.error() ? *cursor.error() : terms_->postings_.beyond();
            }
            ordinal += step;
            if (ordinal >= terms_->event_count_) return terms_->postings_.beyond();
            ordinals_[i] = static_cast<Ordinal>(ordinal);
        }
        block_ = block;
        loaded_ = here;
        return {};
    }

    Result<Found> at_or_after(Ordinal target) {
        const auto loaded = load_for(target);
        if (!loaded) return loaded.error();
        if (target > ordinals().back()) {
            if (block_ + 1 == blocks()) return Found{};
            const auto next = load(block_ + 1);
            if (!next) return next.error();
        }
        const auto at = std::ranges::lower_bound(ordinals(), target);
        if (at == ordinals().end()) return terms_->postings_.beyond();
        return Found{*at};
    }

    Result<Found> at_or_before(Ordinal target) {
        const auto loaded = load_for(target);
        if (!loaded) return loaded.error();
        const auto after = std::ranges::upper_bound(ordinals(), target);
        if (after == ordinals().begin()) return Found{};
        return Found{*(after - 1)};
    }

    const IndexTerms* terms_ = nullptr;
    std::uint64_t count_ = 0;
    std::uint64_t first_skip_ = 0;
    std::uint64_t block_ = 0;
    std::size_t loaded_ = 0;  ///< ordinals of that block
    std::array<Ordinal, postings_in_block> ordinals_;
};

/// The events that match an item, found by its terms together.
class IndexTerms::Matches {
public:
    /// False if there are none.
    Result<bool> open(const IndexTerms& terms, const TermItem& item) {
        tags_.resize(item.tags.size());
        for (std::size_t i = 0; i < item.tags.size(); ++i) {
            auto opened = terms.open(item.tags[i], item.passed_filter, tags_[i]);
            if (!opened || !*opened) return opened;
        }
        for (const TermKey& key : item.types) {
            Postings type;
            const auto opened = terms.open(key, item.passed_filter, type);
            if (!opened) return opened.error();
            if (*opened) types_.push_back(type);
        }
        any_type_ = item.types.empty();
        std::ranges::sort(tags_, {}, &Postings::count);
        return any_type_ || !types_.empty();
    }

    [[nodiscard]] std::uint64_t estimate() const noexcept {
        std::uint64_t types = 0;
        for (const Postings& type : types_) types += type.count();
        if (tags_.empty()) return types;
        return any_type_ ? tags_.front().count() : std::min(types, tags_.front().count());
    }

    /// The match nearest to `target` at or beyond it.
    Result<std::optional<Ordinal>> seek(Ordinal target, Direction direction) {
        for (;;) {
            const Ordinal before = target;
            for (Postings& tag : tags_) {
                const auto found = tag.seek(target, direction);
                if (!found || !*found) return found;
                target = **found;
            }
            if (any_type_) {
                if (target == before || tags_.size() == 1) return std::optional{target};
                continue;
            }
            const auto found = seek_type(target, direction);
            if (!found || !*found) return found;
            target = **found;
            if (target == before || tags_.empty()) return std::optional{target};
        }
    }

    /// Appends the matches in `range`, at most `limit`.
    Result<void> find(OrdinalRange range, Direction direction, std::size_t limit,
                      std::vector<Ordinal>& out) {
        if (range.empty()) return {};
        const bool forward = direction == Direction::forward;
        Ordinal target = forward ? range.begin : range.end - 1;
        for (std::size_t i = 0; i < limit; ++i) {
            const auto found = seek(target, direction);
            if (!found) return found.error();
            if (!*found || **found < range.begin || **found >= range.end) break;
            out.push_back(**found);
            if (!forward && **found == 0) break;
            target = forward ? **found + 1 : **found - 1;
        }
        return {};
    }

private:
    Result<std::optional<Ordinal>> seek_type(Ordinal target, Direction direction) {
        std::optional<Ordinal> nearest;
        for (Postings& type : types_) {
            const auto found = type.seek(target, direction);
            if (!found) return found;
            if (!*found) continue;
            if (!nearest) nearest = *found;
            nearest = direction == Direction::forward ? std::min(*nearest, **found)
                                                      : std::max(*nearest, **found);
        }
        return nearest;
    }

    std::vector<Postings> types_;
    std::vector<Postings> tags_;  ///< the rarest first
    bool any_type_ = false;
};

Result<bool> IndexTerms::open(const TermKey& key, bool passed_filter, Postings& postings) const {
    if (!passed_filter) {
        const auto may_hold = filter_.may_hold(key.hash);
        if (!may_hold || !*may_hold) return may_hold;
    }
    const auto entry = EntriesWithHash<HashEntry>{terms_, key.hash}.next();
    if (!entry) return entry.error();
    if (!*entry) return false;
    const auto opened = postings.open(*this, (*entry)->where);
    if (!opened) return opened.error();
    return postings.count() > 0;
}

Result<std::uint64_t> IndexTerms::find_few(const TermItem& item, OrdinalRange range,
                                           std::uint64_t few, std::vector<Ordinal>& out) const {
    Matches matches;
    const auto opened = matches.open(*this, item);
    if (!opened) return opened.error();
    const std::uint64_t most = *opened ? matches.estimate() : 0;
    if (most == 0 || most > few) return most;
    const auto found = matches.find(range, Direction::forward, most, out);
    if (!found) return found.error();
    return most;
}

Result<void> IndexTerms::find(const TermItem& item, OrdinalRange range, Direction direction,
                              std::size_t limit, std::vector<Ordinal>& out) const {
    Matches matches;
    const auto opened = matches.open(*this, item);
    if (!opened) return opened.error();
    return *opened ? matches.find(range, direction, limit, out) : Result<void>{};
}

}  // namespace mainstem::log
