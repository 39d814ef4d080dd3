// When the requests in sealed segments were made, all of them together: a request whose id is
// younger than all is no repeat of any, however many segments there are.
#pragma once

#include <mutex>

#include "log/segment.hpp"

namespace mainstem::log {

/// Thread-safe.
class RequestHistory {
public:
    /// False if no request in the first `segments` of the list has this id. Asks each segment once.
    /// Errors: those of the segments.
    Result<bool> may_hold(const SegmentList& list, std::size_t segments, const EventId& id);

private:
    std::mutex mutex_;
    std::size_t asked_ = 0;  ///< segments
    RequestTimes times_;     ///< of their requests
};

}  // namespace mainstem::log
