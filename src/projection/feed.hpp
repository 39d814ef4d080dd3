// One read of the log for several builds that are at the same place in it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <mainstem/store/store.hpp>

#include "projection/member.hpp"

namespace mainstem::projection {

/// What can end a wait from another thread.
class Interrupt {
public:
    /// Ends the wait that is under way, or the next one.
    void raise();
    /// What was raised since the last call.
    bool take();
    /// `subscription` is waited for from now on; null: nothing is. False: it was raised.
    void watch(Subscription* subscription);

private:
    std::mutex mutex_;
    Subscription* watched_ = nullptr;
    bool raised_ = false;
};

class Feed {
public:
    using Members = std::vector<std::shared_ptr<Member>>;

    /// At least one; from the least position of all, those who are further pass over what they
    /// have. Store and options must outlive it.
    Feed(const Store& store, Members members, const RunnerOptions& options);

    /// Reads a batch and hands it to the members, each of which has then stored it, or has failed.
    /// Waits for the first event for at most `timeout`, or until interrupted. The error is one of
    /// the subscription, which ends the feed.
    Result<void> step(std::chrono::nanoseconds timeout, Interrupt& interrupt);

    [[nodiscard]] const Members& members() const noexcept { return members_; }
    /// Everything was read when it was last looked at.
    [[nodiscard]] bool at_head() const noexcept { return at_head_; }

private:
    /// Nothing: interrupted.
    Result<std::optional<Delivery>> next(std::chrono::nanoseconds timeout, Interrupt& interrupt);
    void apply(const EventView& event);
    void commit(Position to);

    const Store& store_;
    Members members_;
    const RunnerOptions& options_;
    std::shared_ptr<Watch> watch_;  ///< what the subscription follows
    std::optional<Subscription> subscription_;
    Position looked_at_;
    bool at_head_ = false;
    Member::TimePoint gathered_until_ = {};  ///< a batch at the head waits for more until then
};

}  // namespace mainstem::projection
