// What can be asked of a segment's index, wherever it stands: in memory for the segment that is
// being written, in a file for sealed ones. An index only speeds reads up: it is made from the log
// and can be made again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/event_store.hpp>

#include "log/term.hpp"

namespace mainstem::log {

class IndexFilter;

/// A stream's name with its hash, computed once.
struct StreamKey {
    std::uint64_t hash = 0;
    std::string_view name;
    bool passed_filter = false;  ///< a joined one: that of the segment would say the same

    explicit StreamKey(std::string_view name_in) : hash(hash_of(name_in)), name(name_in) {}
    StreamKey(std::uint64_t hash_in, std::string_view name_in) : hash(hash_in), name(name_in) {}
};

/// A stream's events in one segment: versions `first` to `last`, without gap.
struct StreamSpan {
    Version first;
    Version last;
    Ordinal last_ordinal = 0;
    std::uint64_t where = 0;  ///< the index's own note of where the ordinals stand
};

/// The span of times in the UUIDv7 ids of requests, so that a fresh id need not be looked up.
struct RequestTimes {
    std::uint64_t earliest = ~std::uint64_t{0};  ///< milliseconds since 1970
    std::uint64_t latest = 0;
    bool others = false;  ///< there are ids of other kinds

    void add(const EventId& id) noexcept {
        const auto time = id.unix_milliseconds();
        if (!time) {
            others = true;
            return;
        }
        earliest = *time < earliest ? *time : earliest;
        latest = *time > latest ? *time : latest;
    }
    void add(const RequestTimes& more) noexcept {
        earliest = more.earliest < earliest ? more.earliest : earliest;
        latest = more.latest > latest ? more.latest : latest;
        others = others || more.others;
    }
    [[nodiscard]] bool may_hold(const EventId& id) const noexcept {
        const auto time = id.unix_milliseconds();
        return time ? earliest <= *time && *time <= latest : others;
    }
};

/// Thread-safe for any number of readers, beside one writer where there is one. `count` bounds
/// what is seen: events at `count` and after do not exist for the caller.
class SegmentIndex {
public:
    SegmentIndex() = default;
    SegmentIndex(const SegmentIndex&) = delete;
    SegmentIndex& operator=(const SegmentIndex&) = delete;
    virtual ~SegmentIndex() = default;

    /// The stream's events before `count`; nullopt if there are none.
    virtual Result<std::optional<StreamSpan>> find(const StreamKey& key, Ordinal count) const = 0;

    /// Appends the ordinals of versions `from` to `to` of a span to `out`, ascending.
    virtual Result<void> ordinals(const StreamSpan& span, Version from, Version to,
                                  std::vector<Ordinal>& out) const = 0;

    /// Appends the offsets in the segment of events `first` to `last` to `out`.
    virtual Result<void> offsets(Ordinal first, Ordinal last,
                                 std::vector<std::uint32_t>& out) const = 0;

    /// Appends the first events of requests whose id may be the one with this hash. Each must be
    /// verified.
    virtual Result<void> requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const = 0;
    [[nodiscard]] virtual Result<RequestTimes> request_times() const = 0;

    /// How many events it takes to look at for `find_terms` of the whole segment, at most. If these
    /// are no more than `few`, it appends those in `range` that may match, ascending: a plan for
    /// little is its answer, too.
    virtual Result<std::uint64_t> find_few(const TermItem& item, OrdinalRange range,
                                           std::uint64_t few, std::vector<Ordinal>& out) const = 0;
    /// Appends the events in `range` that may match the item, ascending or descending, at most
    /// `limit`; it leaves none out between those. Each must be verified unless `exact`.
    virtual Result<void> find_terms(const TermItem& item, OrdinalRange range, Direction direction,
                                    std::size_t limit, std::vector<Ordinal>& out) const = 0;
    /// True if what `find_terms` finds matches.
    [[nodiscard]] virtual bool exact() const noexcept = 0;

    /// What the segment may have, in its file; null in memory.
    [[nodiscard]] virtual const IndexFilter* filter() const noexcept { return nullptr; }

    /// Appends streams before `count` whose name begins with `prefix` and is beyond `after`,
    /// sorted by name, at most `limit`. Positions are relative: last_position is the ordinal.
    virtual Result<void> list(std::string_view prefix, std::string_view after, std::size_t limit,
                              Ordinal count, std::vector<StreamInfo>& out) const = 0;
};

}  // namespace mainstem::log
