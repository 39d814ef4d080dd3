// Subscriptions: each event that matches once, in order, from any position on; the signal that all
// was delivered; waiting, and every kind of end. What threads do to each other is in
// following_contract.hpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/subscriber.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class SubscriptionContract : public StoreContract<Backend> {
protected:
    Subscription subscribe(const SubscribeOptions& options = {}) {
        return this->store().subscribe(options).value();
    }
    Subscription caught_up(const SubscribeOptions& options = {}) {
        auto subscription = subscribe(options);
        take_until_caught_up(subscription);
        return subscription;
    }
    /// Orders that are paid in part, among noise.
    void fill() {
        for (int i = 0; i < 60; ++i) {
            auto request = request_for({"order-" + std::to_string(i % 7), "noise", "noise"});
            request.events[0].event.type = i % 3 == 0 ? "Paid" : "Placed";
            if (i % 5 == 0) request.events[0].event.tags = {"colour:red"};
            if (i % 10 == 0) request.events[1].event.tags = {"colour:red"};
            request.events[2].event.data = std::string(500, 'x');
            this->store().append(request).value();
        }
    }
    static std::vector<EventQuery> queries() {
        return {{},
                QueryItem{.types = {"Paid"}},
                QueryItem{.tags = {"colour:red"}},
                QueryItem{.stream_prefix = "order-3"},
                {{.types = {"Paid"}, .tags = {"colour:red"}}, {.stream_prefix = "order-1"}},
                QueryItem{.types = {"Never"}}};
    }
};
TYPED_TEST_SUITE_P(SubscriptionContract);

TYPED_TEST_P(SubscriptionContract, delivers_what_comes_after_any_position) {
    this->fill();
    const auto history = history_of(this->store());
    for (std::uint64_t after = 0; after <= history.size(); after += after % 7 == 0 ? 1 : 6) {
        auto subscription = this->subscribe({.after = Position{after}});
        EXPECT_EQ(take_until_caught_up(subscription), matching(history, Position{after}, {}));
        EXPECT_EQ(subscription.position().value, history.size());
    }
}

TYPED_TEST_P(SubscriptionContract, refuses_what_makes_no_sense) {
    add_many(this->store(), "a", 3);
    const auto code = [&](const SubscribeOptions& options) {
        return code_of(this->store().subscribe(options));
    };
    EXPECT_EQ(code({.after = Position{3}}), "");
    EXPECT_EQ(code({.after = Position{4}}), "out_of_range");
    EXPECT_EQ(code({.after = Position{~0ULL}}), "out_of_range");
    EXPECT_EQ(code({.page_events = 0}), "invalid");
    EXPECT_EQ(code({.page_events = limits::page_events_most + 1}), "invalid");
    EXPECT_EQ(code({.query = QueryItem{.types = {""}}}), "invalid");
}

TYPED_TEST_P(SubscriptionContract, delivers_what_matches) {
    this->fill();
    const auto history = history_of(this->store());
    for (const auto& query : this->queries()) {
        for (const std::size_t page : {1U, 2U, 100U}) {
            SCOPED_TRACE(to_string(query) + ", page " + std::to_string(page));
            auto subscription =
                this->subscribe({.after = Position{11}, .query = query, .page_events = page});
            EXPECT_EQ(take_until_caught_up(subscription), matching(history, Position{11}, query));
        }
    }
}

TYPED_TEST_P(SubscriptionContract, tells_once_that_all_was_delivered) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    auto subscription = this->subscribe();
    for (int i = 0; i < 21; ++i) EXPECT_EQ(next_kind(subscription), Kind::event);
    const auto told = subscription.next().value();
    EXPECT_EQ(told.kind, Kind::caught_up);
    EXPECT_EQ(told.position, Position{21});
    EXPECT_EQ(subscription.next(at_once)->kind, Kind::nothing);
    for (int i = 0; i < 3; ++i) {
        add(this->store(), "a");
        EXPECT_EQ(next_kind(subscription), Kind::event);
        EXPECT_EQ(subscription.next(at_once)->kind, Kind::nothing);
    }
}

TYPED_TEST_P(SubscriptionContract, tells_of_an_empty_store_that_it_was_all) {
    auto subscription = this->subscribe();
    const auto told = subscription.next(at_once).value();
    EXPECT_EQ(told.kind, Kind::caught_up);
    EXPECT_EQ(told.position, Position{});
    EXPECT_EQ(subscription.next(at_once)->kind, Kind::nothing);
    add(this->store(), "a", "first");
    EXPECT_EQ(take(subscription, 1).at(0).data, "first");
}

TYPED_TEST_P(SubscriptionContract, tells_again_after_more_than_a_page_behind) {
    auto subscription = this->caught_up({.page_events = 10});
    for (const std::uint64_t behind : {10U, 11U}) {
        add_many(this->store(), "a", behind - 1);
        add(this->store(), "a");
        EXPECT_EQ(take(subscription, behind).size(), behind);
        const auto kind = behind > 10 ? Kind::caught_up : Kind::nothing;
        EXPECT_EQ(subscription.next(at_once)->kind, kind);
    }
}

TYPED_TEST_P(SubscriptionContract, delivers_each_event_when_its_append_is_answered) {
    auto subscription = this->caught_up();
    for (std::uint64_t i = 1; i <= 300; ++i) {
        const auto appended = add(this->store(), "a", std::string(i, 'x'));
        const auto delivery = subscription.next(at_once).value();
        ASSERT_EQ(delivery.kind, Kind::event);
        EXPECT_EQ(delivery.event.position, appended.position);
        EXPECT_EQ(delivery.event.data.size(), i);
        EXPECT_EQ(delivery.position, appended.position);
    }
}

TYPED_TEST_P(SubscriptionContract, delivers_buffered_events_by_and_by) {
    auto subscription = this->caught_up();
    for (std::uint64_t i = 1; i <= 3; ++i) {
        this->store().append("a", event(), {.durability = Durability::buffered}).value();
        EXPECT_EQ(take(subscription, 1).at(0).position, Position{i});
    }
}

TYPED_TEST_P(SubscriptionContract, a_slow_one_misses_nothing_and_holds_nobody_up) {
    auto slow = this->subscribe({.page_events = 5});
    auto quick = this->caught_up();
    std::vector<Event> of_slow;
    std::vector<Event> of_quick;
    for (int i = 0; i < 100; ++i) {
        this->store().append(request_for({"a", "b", "c"})).value();
        const auto three = take(quick, 3);
        of_quick.insert(of_quick.end(), three.begin(), three.end());
        of_slow.push_back(take(slow, 1).at(0));
    }
    const auto rest = take_until_caught_up(slow);
    of_slow.insert(of_slow.end(), rest.begin(), rest.end());
    EXPECT_EQ(of_quick, history_of(this->store()));
    EXPECT_EQ(of_slow, of_quick);
}

TYPED_TEST_P(SubscriptionContract, waits_no_longer_than_it_was_told_to) {
    add(this->store(), "a");
    auto subscription = this->caught_up();
    for (const auto timeout :
         {at_once, std::chrono::nanoseconds{1}, std::chrono::nanoseconds{-1},
          std::chrono::nanoseconds::min(), std::chrono::nanoseconds{2'000'000}}) {
        const auto delivery = subscription.next(timeout).value();
        EXPECT_EQ(delivery.kind, Kind::nothing);
        EXPECT_EQ(delivery.position, Position{1});
    }
    add(this->store(), "a");
    EXPECT_EQ(subscription.next(std::chrono::nanoseconds::max())->kind, Kind::event);
}

TYPED_TEST_P(SubscriptionContract, goes_on_after_its_position) {
    this->fill();
    const auto history = history_of(this->store());
    for (const auto& query : this->queries()) {
        for (const std::size_t at_a_time : {1U, 3U, 7U}) {
            SCOPED_TRACE(to_string(query) + ", " + std::to_string(at_a_time) + " at a time");
            const auto expected = matching(history, {}, query);
            std::vector<Event> seen;
            Position position;
            while (seen.size() < expected.size()) {
                auto subscription =
                    this->subscribe({.after = position, .query = query, .page_events = 4});
                const auto some =
                    take(subscription, std::min(at_a_time, expected.size() - seen.size()));
                ASSERT_FALSE(some.empty());
                seen.insert(seen.end(), some.begin(), some.end());
                position = subscription.position();
            }
            EXPECT_EQ(seen, expected);
            auto rest = this->subscribe({.after = position, .query = query});
            EXPECT_TRUE(take_until_caught_up(rest).empty());
        }
    }
}

TYPED_TEST_P(SubscriptionContract, its_position_passes_what_does_not_match) {
    auto subscription = this->caught_up({.query = QueryItem{.types = {"Rare"}}});
    for (std::uint64_t round = 1; round <= 3; ++round) {
        add_many(this->store(), "noise", 99);
        const auto last = add(this->store(), "noise").position;
        while (subscription.position() < last) {
            const auto delivery = subscription.next(at_once).value();
            EXPECT_NE(delivery.kind, Kind::event);
            EXPECT_EQ(delivery.position, subscription.position());
        }
        EXPECT_EQ(subscription.position(), last);
        const auto rare = this->store().append("rare", event("Rare")).value();
        EXPECT_EQ(take(subscription, 1).at(0).position, rare.position);
    }
}

TYPED_TEST_P(SubscriptionContract, ends_when_it_is_cancelled) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    auto other = this->subscribe();
    auto unused = this->subscribe();
    auto begun = this->subscribe();
    auto waiting = this->caught_up();
    take(begun, 5);
    for (Subscription* subscription : {&unused, &begun, &waiting}) {
        subscription->cancel();
        subscription->cancel();
        EXPECT_EQ(end_of(*subscription), StoreError::cancelled);
    }
    EXPECT_EQ(unused.position(), Position{0});
    EXPECT_EQ(begun.position(), Position{5});
    EXPECT_EQ(waiting.position(), Position{21});
    EXPECT_EQ(take_until_caught_up(other).size(), 21U);
}

TYPED_TEST_P(SubscriptionContract, ends_when_the_store_is_closed) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    auto unused = this->subscribe();
    auto waiting = this->caught_up();
    this->start_over();
    for (Subscription* subscription : {&unused, &waiting}) {
        EXPECT_EQ(end_of(*subscription), StoreError::closed);
    }
    EXPECT_EQ(unused.position(), Position{0});
    EXPECT_EQ(waiting.position(), Position{21});
}

TYPED_TEST_P(SubscriptionContract, keeps_the_store_open_for_what_it_has_in_hand) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    auto subscription = this->subscribe({.page_events = 5});
    take(subscription, 1);
    this->start_over();
    EXPECT_EQ(take(subscription, 20).back().position, Position{21});
    EXPECT_EQ(end_of(subscription), StoreError::closed);
    EXPECT_EQ(subscription.position(), Position{21});
}

TYPED_TEST_P(SubscriptionContract, can_be_moved) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    auto first = this->subscribe();
    auto events = take(first, 5);
    auto second = std::move(first);
    const auto rest = take_until_caught_up(second);
    events.insert(events.end(), rest.begin(), rest.end());
    EXPECT_EQ(events, history_of(this->store()));
    first = std::move(second);
    first.cancel();
    EXPECT_EQ(end_of(first), StoreError::cancelled);
}

REGISTER_TYPED_TEST_SUITE_P(
    SubscriptionContract, delivers_what_comes_after_any_position, refuses_what_makes_no_sense,
    delivers_what_matches, tells_once_that_all_was_delivered,
    tells_of_an_empty_store_that_it_was_all, tells_again_after_more_than_a_page_behind,
    delivers_each_event_when_its_append_is_answered, delivers_buffered_events_by_and_by,
    a_slow_one_misses_nothing_and_holds_nobody_up, waits_no_longer_than_it_was_told_to,
    goes_on_after_its_position, its_position_passes_what_does_not_match, ends_when_it_is_cancelled,
    ends_when_the_store_is_closed, keeps_the_store_open_for_what_it_has_in_hand, can_be_moved);

}  // namespace mainstem::testing::contract
