// The list of segments that everybody shares: the writer replaces it at a roll-over, readers take a
// copy of the pointer and keep what they took.
#pragma once

#include <memory>
#include <mutex>

#include "log/request.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

class Segments {
public:
    explicit Segments(SegmentList list)
        : list_(std::make_shared<const SegmentList>(std::move(list))) {}

    [[nodiscard]] std::shared_ptr<const SegmentList> list() const {
        const std::lock_guard lock{mutex_};
        return list_;
    }
    void replace(SegmentList list) {
        auto next = std::make_shared<const SegmentList>(std::move(list));
        const std::lock_guard lock{mutex_};
        list_.swap(next);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const SegmentList> list_;
};

/// The number of the segment that holds `position`, or will: positions beyond its end are the last
/// one's.
[[nodiscard]] std::size_t number_of(const SegmentList& list, Position position);

[[nodiscard]] inline const std::shared_ptr<Segment>& segment_of(const SegmentList& list,
                                                                Position position) {
    return list[number_of(list, position)];
}

/// The stream's last event in segments `[begin, end)` of the list, the newest first.
Result<StreamHead> head_in(const SegmentList& list, std::size_t begin, std::size_t end,
                           const StreamKey& key);

/// The last event of the list after `after` that matches, which must ask for types and tags alone;
/// 0: there is none. Of the last segment, events before `count` are seen.
Result<Position> last_match_in(const SegmentList& list, Ordinal count, const TermQuery& query,
                               Position after);

}  // namespace mainstem::log
