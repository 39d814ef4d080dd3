// Subscriptions: events from a position on, first those that are there, then each as it comes.
// Catching up and following are one loop; who is slow catches up again and costs the others
// nothing. What is delivered is on the disk: no crash takes it back.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include <mainstem/store/event_store.hpp>

namespace mainstem {

/// What to subscribe to.
struct SubscribeOptions {
    Position after = {};  ///< the first event delivered is the first that matches after it
    EventQuery query = {};
    std::size_t page_events = limits::page_events_default;  ///< read ahead; 1 to 10,000
};

/// One step of a subscription.
struct Delivery {
    enum class Kind : std::uint8_t {
        event,      ///< the next event
        caught_up,  ///< everything up to `position` was delivered: from now on they come live
        nothing,    ///< the time was over
    };
    Kind kind = Kind::nothing;
    EventView event = {};  ///< valid until the next step
    /// Everything up to here was delivered or does not match: where to go on after a restart.
    Position position;
};

/// Delivers to who asks for the next event. Each event that matches comes exactly once, in order.
/// One thread at a time, but for `cancel`. While it shows an event or has more of them in hand, it
/// keeps the store open as a cursor does; else the store closes with its last handle. One that was
/// moved from can only be destroyed or assigned to.
class Subscription {
public:
    static constexpr std::chrono::nanoseconds forever = std::chrono::hours{24 * 365};

    /// Errors: out_of_range (`after` is beyond the head), invalid, and those of opening a watch.
    static Result<Subscription> begin(const std::shared_ptr<EventStore>& store,
                                      const SubscribeOptions& options);

    /// The next event or signal; waits for at most `timeout`, without polling. A search for few
    /// among many events goes on in the next call when the time is over, 0 included.
    ///
    /// An error is the end, and stays: cancelled; closed, when the store was
    /// and can be opened again; stopped, when it has
    /// failed for appends and all that it had flushed was delivered; or what a read, or watching
    /// the writer's process, ran into. What comes after `position` can be asked for anew.
    ///
    /// `caught_up` comes when the head is reached: first, and again after having been behind by
    /// more than a page.
    Result<Delivery> next(std::chrono::nanoseconds timeout = forever);

    /// Ends it with `cancelled`, also a call of `next` that waits. Any thread.
    void cancel() noexcept;

    /// Everything up to here was delivered or does not match.
    [[nodiscard]] Position position() const noexcept { return position_; }

private:
    Subscription(const std::shared_ptr<EventStore>& store, std::shared_ptr<Watch> watch,
                 const SubscribeOptions& options);

    std::optional<Delivery> from_cursor(Watch::Clock::time_point until);
    std::optional<Delivery> from_watch(Watch::Clock::time_point until);
    bool read_on(Position head);
    void end(Error why);

    std::weak_ptr<EventStore> store_;
    std::shared_ptr<Watch> watch_;
    std::unique_ptr<std::atomic<bool>> cancelled_;
    SubscribeOptions options_;
    Position position_;
    std::optional<EventCursor> cursor_;
    Position cursor_end_;  ///< the last position that the cursor looks at
    bool live_ = false;    ///< it has told that it is at the head
    std::optional<Error> end_;
};

/// What a running subscription calls, on its own thread, one call at a time. They must not throw.
struct SubscriptionHandlers {
    std::function<void(const EventView&)> event = {};
    std::function<void(Position head)> caught_up = {};
    /// The last call, unless it was cancelled: why there are no more events.
    std::function<void(const Error&)> ended = {};
};

/// Delivers by calls on a thread of its own. Movable; its destructor cancels and waits for the call
/// that is under way, unless it is destroyed by that: then what the handlers refer to must outlive
/// this call. A handler that holds a handle of the store keeps it open.
class RunningSubscription {
public:
    RunningSubscription(Subscription subscription, SubscriptionHandlers handlers);
    ~RunningSubscription() { stop(); }
    RunningSubscription(RunningSubscription&&) noexcept = default;
    RunningSubscription& operator=(RunningSubscription&& other) noexcept;

    /// Returns when the subscription has ended; why, is told to the handler. Not for handlers.
    void wait();

private:
    void stop() noexcept;

    std::shared_ptr<Subscription> subscription_;
    std::thread thread_;
};

}  // namespace mainstem
