// When a batch is processed, and how many items it takes: a state machine without threads, clock or
// items. It knows how many items wait and since when; its owner holds the items, in the same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include <mainstem/command/batch_options.hpp>

namespace mainstem {

/// What to do next.
struct BatchStep {
    enum class Kind : std::uint8_t {
        process,  ///< the `items` oldest, now
        wait,     ///< until something changes, or until `until`
        idle,     ///< until something changes: no item waits
        end,      ///< it was stopped and no item waits
    };
    Kind kind = Kind::idle;
    std::size_t items = 0;
    BatchTimer::Time until = {};

    bool operator==(const BatchStep&) const = default;
};

/// A batch is due when it is full, when its oldest item has waited for the delay, when it was asked
/// for, when no more items can come because the queue is full, and when there will be no more.
class BatchSchedule {
public:
    using Time = BatchTimer::Time;

    explicit BatchSchedule(const BatchOptions& options);

    [[nodiscard]] bool full() const noexcept { return arrivals_.size() >= queue_; }
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }
    /// An item was put behind the others. True: the next step may be another one now. Neither full
    /// nor stopped. Times do not go back.
    bool add(Time now);
    /// Everything that waits is due. Answers the number of items until now: when as many are
    /// answered, those are.
    std::uint64_t flush() noexcept { return due_ = added(); }
    /// There will be no more items.
    void stop() noexcept { stopped_ = true; }

    [[nodiscard]] BatchStep next(Time now) const;
    /// The oldest items are being processed.
    void take(std::size_t items);
    /// As many as were taken have their answers.
    void answer(std::size_t items) noexcept { answered_ += items; }
    /// Items that have their answers, which they get in the order of arrival.
    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }

private:
    [[nodiscard]] std::uint64_t added() const noexcept { return taken_ + arrivals_.size(); }

    std::size_t queue_;
    std::size_t items_;
    std::chrono::nanoseconds delay_;
    std::deque<Time> arrivals_;  ///< of the items that wait
    std::uint64_t taken_ = 0;
    std::uint64_t answered_ = 0;
    std::uint64_t due_ = 0;  ///< items up to this number were asked for
    bool stopped_ = false;
};

}  // namespace mainstem
