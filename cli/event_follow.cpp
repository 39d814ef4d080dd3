// Events that are at hand are passed on together, before it waits for the next.
#include "cli/event_follow.hpp"

#include <chrono>

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// A subscription has no filter for one stream: its prefix and a second look are one.
EventQuery query_of(const EventSearch& search) {
    if (!search.stream || !search.query.matches_all()) return search.query;
    return QueryItem{.stream_prefix = *search.stream};
}

}  // namespace

Result<void> follow_events(const Store& store, const EventSearch& search, Position after,
                           std::uint64_t shown, EventSink& sink) {
    auto subscription = store.subscribe({.after = after, .query = query_of(search)});
    if (!subscription) return subscription.error();
    const EndOfInterest end{[&] { subscription->cancel(); }};
    while (sink.wanted()) {
        auto delivery = subscription->next(std::chrono::nanoseconds{0});
        if (delivery && delivery->kind == Delivery::Kind::nothing) {
            sink.pause();
            delivery = subscription->next();
        }
        if (!delivery && delivery.error() != StoreError::cancelled) return delivery.error();
        if (!delivery) break;
        if (delivery->kind != Delivery::Kind::event) continue;
        if (search.stream && delivery->event.stream != *search.stream) continue;
        sink.take(delivery->event);
        ++shown;
    }
    if (!interrupt_requested()) return {};
    return interrupted(fmt::format("interrupted after {}", counted(shown, "event")));
}

}  // namespace mainstem::cli
