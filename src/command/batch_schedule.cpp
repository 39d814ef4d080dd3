// The rules by which batches are due.
#include "command/batch_schedule.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

namespace mainstem {
namespace {

/// Longer delays than this mean never; more would overflow the clock.
constexpr std::chrono::nanoseconds longest_delay = std::chrono::hours{24 * 365};

}  // namespace

BatchSchedule::BatchSchedule(const BatchOptions& options)
    : queue_(std::max<std::size_t>(options.queue, 1)),
      items_(std::clamp<std::size_t>(options.items, 1, queue_)),
      delay_(std::clamp(options.delay, std::chrono::nanoseconds::zero(), longest_delay)) {}

bool BatchSchedule::add(Time now) {
    MAINSTEM_ASSERT(!full() && !stopped_, "an item for which there is no room");
    arrivals_.push_back(now);
    return arrivals_.size() == 1 || arrivals_.size() == items_;
}

BatchStep BatchSchedule::next(Time now) const {
    const auto waiting = arrivals_.size();
    if (waiting == 0) return {.kind = stopped_ ? BatchStep::Kind::end : BatchStep::Kind::idle};
    const Time until = arrivals_.front() + delay_;
    if (waiting >= items_ || due_ > taken_ || stopped_ || now >= until) {
        return {.kind = BatchStep::Kind::process, .items = std::min(waiting, items_)};
    }
    return {.kind = BatchStep::Kind::wait, .until = until};
}

void BatchSchedule::take(std::size_t items) {
    MAINSTEM_ASSERT(items <= arrivals_.size(), "a batch of more items than there are");
    arrivals_.erase(arrivals_.begin(), arrivals_.begin() + static_cast<std::ptrdiff_t>(items));
    taken_ += items;
}

}  // namespace mainstem
