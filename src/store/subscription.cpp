// The loop of a subscription: read what is there, tell that it was all, wait for more.
#include <mainstem/store/subscription.hpp>

#include <algorithm>
#include <utility>

#include <mainstem/core/assert.hpp>

#include "store/errors.hpp"

namespace mainstem {

Result<Subscription> Subscription::begin(const std::shared_ptr<EventStore>& store,
                                         const SubscribeOptions& options) {
    if (auto checked = check_query(options.query); !checked) return checked.error();
    if (auto checked = check_page_events(options.page_events); !checked) return checked.error();
    auto watch = store->watch();
    if (!watch) return watch.error();
    const auto head = store->head();
    if (!head) return head.error();
    if (auto checked = check_subscribe(options.after, *head); !checked) return checked.error();
    return Subscription{store, *std::move(watch), options};
}

Subscription::Subscription(const std::shared_ptr<EventStore>& store, std::shared_ptr<Watch> watch,
                           const SubscribeOptions& options)
    : store_(store),
      watch_(std::move(watch)),
      cancelled_(std::make_unique<std::atomic<bool>>(false)),
      options_(options),
      position_(options.after) {}

void Subscription::cancel() noexcept {
    MAINSTEM_ASSERT(watch_ != nullptr, "a subscription that was moved from");
    *cancelled_ = true;
    watch_->wake();
}

Result<Delivery> Subscription::next(std::chrono::nanoseconds timeout) {
    MAINSTEM_ASSERT(watch_ != nullptr, "a subscription that was moved from");
    const auto until = Watch::Clock::now() + std::min(timeout, forever);
    for (;;) {
        if (!end_ && *cancelled_) end({StoreError::cancelled, "the subscription was cancelled"});
        if (end_) return *end_;
        const auto delivery = cursor_ ? from_cursor(until) : from_watch(until);
        if (delivery) return *delivery;
    }
}

/// The next event, if a step of the cursor finds one. At its end, or when it fails, it goes.
std::optional<Delivery> Subscription::from_cursor(Watch::Clock::time_point until) {
    if (!cursor_->ready()) {
        position_ = std::max(position_, cursor_->looked_at());
        if (Watch::Clock::now() < until) return {};
        return Delivery{.position = position_};
    }
    const Result<EventView>* event = cursor_->next();
    if (event == nullptr) {
        position_ = cursor_end_;
        cursor_.reset();
        return {};
    }
    if (!*event) {
        end(event->error());
        return {};
    }
    position_ = (*event)->position;
    return Delivery{.kind = Delivery::Kind::event, .event = **event, .position = position_};
}

/// Begins to read if there is more; else tells that it was all, or waits once.
std::optional<Delivery> Subscription::from_watch(Watch::Clock::time_point until) {
    // In this order: what the store told of before its end is delivered before it.
    const auto store_end = watch_->ended();
    const Position head = watch_->position();
    const bool at_head = position_ >= head;
    if (!at_head && read_on(head)) return {};
    if (at_head && !std::exchange(live_, true)) {
        return Delivery{.kind = Delivery::Kind::caught_up, .position = position_};
    }
    if (store_end) {
        end(at_head ? *store_end : store_closed_error());
        return {};
    }
    if (Watch::Clock::now() >= until) return Delivery{.position = position_};
    watch_->wait(std::max(position_, head), *cancelled_, until);
    return {};
}

/// Begins to read up to `head`. False: the store is closing, and will tell its end.
bool Subscription::read_on(Position head) {
    const auto store = store_.lock();
    if (!store) return false;
    if (head.value - position_.value > options_.page_events) live_ = false;
    cursor_end_ = head;
    cursor_ = store->read_all({.from = position_.next(),
                               .to = head,
                               .query = options_.query,
                               .page_events = options_.page_events});
    return true;
}

void Subscription::end(Error why) {
    end_ = std::move(why);
    cursor_.reset();
}

RunningSubscription::RunningSubscription(Subscription subscription, SubscriptionHandlers handlers)
    : subscription_(std::make_shared<Subscription>(std::move(subscription))),
      thread_([shared = subscription_, handlers = std::move(handlers)] {
          for (;;) {
              const auto delivery = shared->next();
              if (!delivery) {
                  const bool cancelled = delivery.error() == StoreError::cancelled;
                  if (handlers.ended && !cancelled) handlers.ended(delivery.error());
                  return;
              }
              const bool is_event = delivery->kind == Delivery::Kind::event;
              if (is_event && handlers.event) handlers.event(delivery->event);
              const bool caught_up = delivery->kind == Delivery::Kind::caught_up;
              if (caught_up && handlers.caught_up) handlers.caught_up(delivery->position);
          }
      }) {}

RunningSubscription& RunningSubscription::operator=(RunningSubscription&& other) noexcept {
    stop();
    subscription_ = std::move(other.subscription_);
    thread_ = std::move(other.thread_);
    return *this;
}

void RunningSubscription::wait() {
    MAINSTEM_ASSERT(thread_.get_id() != std::this_thread::get_id(),
                    "a subscription that waits for its own end");
    if (thread_.joinable()) thread_.join();
}

void RunningSubscription::stop() noexcept {
    if (!thread_.joinable()) return;
    subscription_->cancel();
    if (thread_.get_id() == std::this_thread::get_id()) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

}  // namespace mainstem
