// Decides about requests, one after the other: is it a repeat, do its expectations and its
// condition hold against all that was decided before it, does it fit? Then it is staged: versions,
// positions and time are assigned, and the index in memory gets its events, which nobody sees
// before they are published. One thread at a time decides, also while a group that was decided
// before is on its way to the disk; nothing here locks.
#pragma once

#include <memory>

#include <mainstem/core/clock.hpp>

#include "log/group.hpp"
#include "log/segments.hpp"

namespace mainstem::log {

enum class Decided : std::uint8_t {
    yes,         ///< staged, or its outcome is set
    no_room,     ///< not in this segment
    not_stored,  ///< rests on a request that is on its way to the disk: not yet
};

class Decider {
public:
    /// `next` is the first free position.
    Decider(const Clock& clock, std::uint64_t segment_size, Position next,
            Timestamp last_recorded_at)
        : clock_(&clock),
          segment_size_(segment_size),
          next_(next),
          last_recorded_at_(last_recorded_at) {}

    /// Goes on with the last segment of the list, whose frames end at `end`.
    void start(std::shared_ptr<const SegmentList> list, std::uint64_t end);

    /// Asks the processor to fetch what deciding will touch.
    void prefetch(std::span<Pending* const> requests) const noexcept;
    /// Decides about a request and adds it to the group. `durable_end`: what is known to be on the
    /// disk of the segment.
    Decided decide(Pending& pending, Group& group, std::uint64_t durable_end);

    /// True if the request may have been stored or given to the disk before. In the last segment
    /// its id's hash decides alone: what a failed disk holds is not to be trusted. Changes nothing.
    [[nodiscard]] bool may_be_repeat(const Pending& pending) const;
    [[nodiscard]] Timestamp last_recorded_at() const noexcept { return last_recorded_at_; }

private:
    /// nullopt: it rests on a request that is on its way to the disk.
    std::optional<Result<std::optional<Result<Appended>>>> find_repeat(const Pending& pending,
                                                                       const Group& group);
    Decided answer_repeat(Pending& pending, const Group& group);
    Decided decide_alone(Pending& pending, Group& group, std::uint64_t durable_end);
    bool builds_on_stored(Pending& pending);
    bool meets_expectations(Pending& pending);
    bool meets_condition(Pending& pending);
    Result<Position> newer_match(const TermQuery& query, Position after);
    Result<StreamHead> head_of(const Pending& pending, RequestStream& stream);
    void stage(Pending& pending, Group& group, std::uint64_t durable_end);

    const Clock* clock_;
    std::uint64_t segment_size_;
    std::shared_ptr<const SegmentList> list_;
    Segment* active_ = nullptr;     ///< the last of them
    std::uint64_t staged_end_ = 0;  ///< in it
    Position next_;
    Timestamp last_recorded_at_;
};

}  // namespace mainstem::log
