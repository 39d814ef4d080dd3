// Adds segments as they are sealed.
#include "log/request_history.hpp"

namespace mainstem::log {

Result<bool> RequestHistory::may_hold(const SegmentList& list, std::size_t segments,
                                      const EventId& id) {
    const std::lock_guard lock{mutex_};
    for (; asked_ < segments; ++asked_) {
        const auto times = list[asked_]->with_index(
            [](const SegmentIndex& index) { return index.request_times(); });
        if (!times) return times.error();
        times_.add(*times);
    }
    return times_.may_hold(id);
}

}  // namespace mainstem::log
