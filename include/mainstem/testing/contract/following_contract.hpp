// Following: subscriptions on threads of their own while others write, cancel and close. Nothing
// here depends on how the threads are interleaved; the more they are, the more it shows.
#pragma once

#include <atomic>
#include <future>
#include <latch>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/subscriber.hpp>
#include <mainstem/testing/contract/threads.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class FollowingContract : public StoreContract<Backend> {
protected:
    static constexpr std::size_t writers = 4;
    static constexpr std::size_t requests = 60;
    static constexpr std::size_t subscribers = 6;

    /// Appends requests of one to three events, flushed or buffered.
    void write(std::size_t writer) {
        for (std::size_t i = 0; i < requests; ++i) {
            AppendRequest request{.durability = i % 3 == writer % 3 ? Durability::flushed
                                                                    : Durability::buffered};
            for (std::size_t n = 0; n <= i % 3; ++n) {
                const auto stream = "stream-" + std::to_string((writer + n) % 3);
                auto made = event(i % 7 == 0 ? "Rare" : "Usual", std::string(400, 'x'));
                request.events.push_back({stream, std::move(made)});
            }
            this->store().append(request).value();
        }
    }

    static EventQuery query(std::size_t subscriber) {
        if (subscriber % 3 == 1) return QueryItem{.types = {"Rare", "End"}};
        if (subscriber % 3 == 2) return {{.stream_prefix = "stream-1"}, {.types = {"End"}}};
        return {};
    }

    /// Takes everything up to the event of type "End"; every other subscriber begins anew at times.
    std::vector<Event> follow(std::size_t subscriber) {
        SubscribeOptions options{.query = query(subscriber), .page_events = 1 + 9 * subscriber};
        std::vector<Event> seen;
        while (seen.empty() || seen.back().type != "End") {
            auto subscription = this->store().subscribe(options).value();
            do {
                seen.push_back(take(subscription, 1).at(0));
            } while (seen.back().type != "End" && (subscriber % 2 == 0 || seen.size() % 20 != 0));
            options.after = subscription.position();
        }
        return seen;
    }
};
TYPED_TEST_SUITE_P(FollowingContract);

TYPED_TEST_P(FollowingContract, each_sees_the_whole_history_in_order) {
    std::vector<std::vector<Event>> seen(this->subscribers);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < this->subscribers; ++i) {
            threads.emplace_back([&, i] { seen[i] = this->follow(i); });
        }
        run_together(this->writers, [&](std::size_t writer) { this->write(writer); });
        this->store().append("end", event("End")).value();
    }
    const auto history = history_of(this->store());
    expect_history(history);
    for (std::size_t i = 0; i < this->subscribers; ++i) {
        EXPECT_EQ(seen[i], matching(history, {}, this->query(i))) << "subscriber " << i;
    }
}

TYPED_TEST_P(FollowingContract, one_that_waits_is_woken_by_each_event) {
    auto subscription = this->store().subscribe().value();
    std::binary_semaphore delivered{0};
    constexpr int rounds = 200;
    std::jthread subscriber{[&] {
        for (int i = 0; i < rounds; ++i) {
            take(subscription, 1);
            delivered.release();
        }
    }};
    for (int i = 0; i < rounds; ++i) {
        const auto durability = i % 20 == 0 ? Durability::buffered : Durability::flushed;
        this->store().append("a", event(), {.durability = durability}).value();
        delivered.acquire();
    }
}

TYPED_TEST_P(FollowingContract, many_that_wait_are_all_woken) {
    constexpr std::size_t count = 32;
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        std::latch delivered{count};
        std::vector<std::jthread> threads;
        const auto head = this->store().head().value();
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back(
                [&, subscription = this->store().subscribe({.after = head}).value()]() mutable {
                    take(subscription, 1);
                    delivered.count_down();
                });
        }
        add(this->store(), "a");
        delivered.wait();
    }
}

TYPED_TEST_P(FollowingContract, one_that_waits_can_be_cancelled) {
    for (int round = 0; round < 50; ++round) {
        auto cancelled = this->store().subscribe().value();
        auto other = this->store().subscribe().value();
        std::jthread waiting{[&] { EXPECT_EQ(end_of(cancelled), StoreError::cancelled); }};
        std::jthread staying{[&] { take(other, 1); }};
        cancelled.cancel();
        waiting.join();
        add(this->store(), "a");
    }
}

TYPED_TEST_P(FollowingContract, one_that_waits_ends_with_the_store) {
    for (int round = 0; round < 10; ++round) {
        add(this->store(), "a");
        auto subscription = this->store().subscribe().value();
        std::jthread waiting{[&] { EXPECT_EQ(end_of(subscription), StoreError::closed); }};
        this->start_over();
    }
}

TYPED_TEST_P(FollowingContract, handlers_are_called_for_everything) {
    add_many(this->store(), "a", 20);
    add(this->store(), "a");
    std::vector<std::uint64_t> events;
    std::vector<std::uint64_t> heads;
    std::promise<void> caught_up;
    std::promise<void> followed;
    std::string end;
    auto subscription = this->store()
                            .subscribe({.after = Position{1}},
                                       {.event =
                                            [&](const EventView& event) {
                                                events.push_back(event.position.value);
                                                if (event.position == Position{22})
                                                    followed.set_value();
                                            },
                                        .caught_up =
                                            [&](Position head) {
                                                heads.push_back(head.value);
                                                caught_up.set_value();
                                            },
                                        .ended = [&](const Error& why) { end = why.code_name(); }})
                            .value();
    caught_up.get_future().wait();
    add(this->store(), "a");
    followed.get_future().wait();
    this->start_over();
    subscription.wait();
    ASSERT_EQ(events.size(), 21U);
    for (std::uint64_t i = 0; i < 21; ++i) EXPECT_EQ(events[i], i + 2);
    EXPECT_EQ(heads, std::vector<std::uint64_t>{21});
    EXPECT_EQ(end, "closed");
}

TYPED_TEST_P(FollowingContract, no_handler_is_called_after_its_subscription_is_gone) {
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> gone = false;
        {
            const auto running =
                this->store().subscribe({}, {.event = [&](const EventView&) { EXPECT_FALSE(gone); },
                                             .caught_up = [&](Position) { EXPECT_FALSE(gone); },
                                             .ended = [](const Error&) { ADD_FAILURE(); }});
            add(this->store(), "a");
        }
        gone = true;
        add(this->store(), "a");
    }
}

REGISTER_TYPED_TEST_SUITE_P(FollowingContract, each_sees_the_whole_history_in_order,
                            one_that_waits_is_woken_by_each_event, many_that_wait_are_all_woken,
                            one_that_waits_can_be_cancelled, one_that_waits_ends_with_the_store,
                            handlers_are_called_for_everything,
                            no_handler_is_called_after_its_subscription_is_gone);

}  // namespace mainstem::testing::contract
