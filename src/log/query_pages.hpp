// Filtered reads of the global order: segment after segment, by the index or event by event, with
// every event verified and compared with the query before it is shown. A step looks at a bounded
// number of events, whether it finds one or not, and memory does not grow with what is read.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "log/event_reader.hpp"
#include "log/page_source.hpp"
#include "log/query_plan.hpp"
#include "log/segment_walk.hpp"

namespace mainstem::log {

class QueryPages final : public PageSource {
public:
    /// Looks at positions in `range` for what `read` asks for.
    QueryPages(std::shared_ptr<const SegmentList> list, PositionRange range,
               const PositionRead& read, PlanChoice choice, std::shared_ptr<const void> keep_open);

    bool next(EventPage& page) override;
    [[nodiscard]] Position looked_at() const noexcept override { return looked_at_; }

private:
    [[nodiscard]] bool forward() const noexcept { return direction_ == Direction::forward; }
    [[nodiscard]] bool ended() const noexcept;
    Result<void> look();
    Result<void> begin_segment();
    [[nodiscard]] bool go_to_next_segment();
    Result<void> look_by_index();
    Result<void> look_by_scan();
    Result<void> find_candidates(OrdinalRange range);
    void pass(Position upto);
    void take(EventPage& page);

    std::shared_ptr<const SegmentList> list_;
    PositionRange range_;  ///< not looked at yet
    EventQuery query_;
    TermQuery terms_;
    Direction direction_;
    std::uint64_t left_;  ///< events to yield, at most
    std::size_t page_events_;
    PlanChoice choice_;
    std::shared_ptr<const void> keep_open_;

    std::optional<SegmentWalk> walk_;
    std::shared_ptr<Segment> segment_;  ///< being looked through; null: the next is to be begun
    ReadPlan::Way way_ = ReadPlan::Way::scan;
    Position segment_end_;  ///< the last position of the range in it, in the direction of reading
    std::vector<Ordinal> candidates_;
    std::vector<Ordinal> of_item_;
    std::size_t candidate_ = 0;  ///< the next
    Position candidates_end_;    ///< there is no other candidate up to here
    std::optional<PositionPages> scan_;
    EventReader reader_;

    EventPage looked_;  ///< events that are to be compared with the query
    std::size_t at_ = 0;
    Position looked_end_;  ///< when these are compared, everything up to here is done
    Position looked_at_;
    std::uint64_t work_ = 0;  ///< done in this step, in events of a scan
    bool failed_ = false;
};

}  // namespace mainstem::log
