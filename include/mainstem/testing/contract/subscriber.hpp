// What the tests of subscriptions say often. One thread at a time.
#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>
#include <mainstem/testing/contract/model.hpp>

namespace mainstem::testing::contract {

using Kind = Delivery::Kind;
inline constexpr std::chrono::nanoseconds at_once{0};

/// Every event up to the signal that these were all; an end before that fails the test.
inline std::vector<Event> take_until_caught_up(Subscription& subscription) {
    std::vector<Event> events;
    for (;;) {
        const auto delivery = subscription.next();
        if (!delivery) {
            ADD_FAILURE() << "ended: " << delivery.error();
            return events;
        }
        if (delivery->kind == Kind::caught_up) return events;
        if (delivery->kind == Kind::event) events.push_back(delivery->event.to_owned());
    }
}

/// The next `count` events, waiting for those that are not there yet; signals between are passed
/// over.
inline std::vector<Event> take(Subscription& subscription, std::size_t count) {
    std::vector<Event> events;
    while (events.size() < count) {
        const auto delivery = subscription.next();
        if (!delivery) {
            ADD_FAILURE() << "ended: " << delivery.error();
            break;
        }
        if (delivery->kind == Kind::event) events.push_back(delivery->event.to_owned());
    }
    return events;
}

/// The kind of the next delivery, which is waited for; nullopt at the end.
inline std::optional<Kind> next_kind(Subscription& subscription) {
    const auto delivery = subscription.next();
    return delivery ? std::optional{delivery->kind} : std::nullopt;
}

/// The error that ends a subscription, after whatever is delivered until then. It must stay.
inline Error end_of(Subscription& subscription) {
    for (;;) {
        const auto delivery = subscription.next();
        if (delivery) continue;
        const auto again = subscription.next(at_once);
        EXPECT_TRUE(!again && again.error().message() == delivery.error().message());
        return delivery.error();
    }
}

/// The events of `history` after `after` that match.
inline std::vector<Event> matching(std::vector<Event> history, Position after,
                                   const EventQuery& query) {
    std::erase_if(history, [&](const Event& event) { return event.position <= after; });
    return Model::select(history, query, no_limit);
}

}  // namespace mainstem::testing::contract
