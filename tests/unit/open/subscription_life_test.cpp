// The life of a running subscription and of what it rests on: who may be gone first.
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

/// Says when the last copy of what a handler holds is gone, and so its thread is done with it.
class Token {
public:
    Token() : token_(nullptr, [this](void*) { gone_.set_value(); }) {}
    std::shared_ptr<void> take() { return std::exchange(token_, nullptr); }
    void wait() { gone_.get_future().wait(); }

private:
    std::promise<void> gone_;
    std::shared_ptr<void> token_;
};

class SubscriptionLife : public ::testing::Test {
protected:
    Store open() { return Store::open(folder_.path("store")).value(); }
    static void append(Store& store) { store.append("a", {"Happened"}).value(); }

    support::TemporaryFolder folder_;
};

TEST_F(SubscriptionLife, can_be_destroyed_by_its_own_handler) {
    Store store = open();
    for (int i = 0; i < 5; ++i) append(store);
    Token token;
    int events = 0;
    std::promise<void> begun;
    std::optional<RunningSubscription> running;
    running = store
                  .subscribe({}, {.event =
                                      [&, held = token.take()](const EventView&) {
                                          begun.get_future().wait();
                                          running.reset();
                                          ++events;
                                      },
                                  .ended = [](const Error&) { ADD_FAILURE(); }})
                  .value();
    begun.set_value();
    token.wait();
    EXPECT_EQ(events, 1);
}

TEST_F(SubscriptionLife, can_be_moved_while_it_runs) {
    Store store = open();
    std::promise<void> delivered;
    auto first =
        store.subscribe({}, {.event = [&](const EventView&) { delivered.set_value(); }}).value();
    std::vector<RunningSubscription> moved;
    moved.push_back(std::move(first));
    append(store);
    delivered.get_future().wait();
}

TEST_F(SubscriptionLife, is_ended_by_the_one_that_replaces_it) {
    Store store = open();
    Token token;
    auto running =
        store.subscribe({}, {.event = [held = token.take()](const EventView&) { ADD_FAILURE(); }})
            .value();
    std::promise<void> delivered;
    running =
        store.subscribe({}, {.event = [&](const EventView&) { delivered.set_value(); }}).value();
    token.wait();
    append(store);
    delivered.get_future().wait();
}

TEST_F(SubscriptionLife, needs_no_handlers) {
    Store store = open();
    append(store);
    auto running = store.subscribe({}, SubscriptionHandlers{}).value();
    store = Store::open("memory:").value();
    running.wait();
    running.wait();
}

TEST_F(SubscriptionLife, ends_when_its_handler_drops_the_last_handle_of_the_store) {
    std::optional<Store> store = open();
    for (int i = 0; i < 5; ++i) append(*store);
    std::promise<void> begun;
    int events = 0;
    std::optional<Error> end;
    auto running = store
                       ->subscribe({}, {.event =
                                            [&](const EventView&) {
                                                if (events++ > 0) return;
                                                begun.get_future().wait();
                                                store.reset();
                                            },
                                        .ended = [&](const Error& why) { end = why; }})
                       .value();
    begun.set_value();
    running.wait();
    EXPECT_EQ(events, 5);
    EXPECT_EQ(end.value(), StoreError::closed);
    EXPECT_TRUE(Store::open(folder_.path("store"))) << "the store is still open";
}

TEST_F(SubscriptionLife, whose_store_is_closed_can_open_it_again) {
    for (int round = 0; round < 20; ++round) {
        std::optional<Store> store = open();
        append(*store);
        std::promise<bool> opened;
        auto running =
            store
                ->subscribe(
                    {}, {.ended =
                             [&](const Error&) {
                                 opened.set_value(Store::open(folder_.path("store")).has_value());
                             }})
                .value();
        store.reset();
        EXPECT_TRUE(opened.get_future().get());
    }
}

TEST_F(SubscriptionLife, a_watch_outlives_its_store) {
    for (const char* address : {"memory:", "store"}) {
        std::optional<Store> store =
            Store::open(address[0] == 'm' ? address : folder_.path(address)).value();
        append(*store);
        const auto watch = store->backend().watch().value();
        EXPECT_EQ(watch->position(), Position{1});
        EXPECT_FALSE(watch->ended().has_value());
        store.reset();
        EXPECT_EQ(watch->ended().value(), StoreError::closed);
        EXPECT_EQ(watch->position(), Position{1});
    }
}

}  // namespace
}  // namespace mainstem
