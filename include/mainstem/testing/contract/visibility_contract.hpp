// Visibility: what an answered append shows at once, and the times that are recorded.
#pragma once

#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class VisibilityContract : public StoreContract<Backend> {
protected:
    Appended add_with(Durability durability, const StreamId& stream) {
        return this->store().append(stream, event(), {.durability = durability}).value();
    }

    /// Fails unless the event that was just answered is seen by every kind of read.
    void expect_visible(const Appended& appended, const StreamId& stream) {
        const Position position = appended.position;
        const StreamInfo info{stream, appended.version(), position};
        EXPECT_EQ(this->store().head().value(), position);
        EXPECT_EQ(this->store().stream_info(stream).value(), info);
        EXPECT_EQ(this->store().streams(stream.view(), "", 1).value(), std::vector{info});
        EXPECT_EQ(this->store().stats().value().head, position);
        EXPECT_EQ(all_of(this->store().read(stream)).back().position, position);
        EXPECT_EQ(all_of(this->store().read_all()).back().position, position);
        EXPECT_EQ(
            all_of(this->store().read_all({.direction = Direction::backward})).front().position,
            position);
    }
};
TYPED_TEST_SUITE_P(VisibilityContract);

TYPED_TEST_P(VisibilityContract, a_flushed_append_is_visible_when_it_is_answered) {
    for (int i = 0; i < 5; ++i) {
        const auto appended = this->add_with(Durability::flushed, "a");
        EXPECT_EQ(appended.durability, Durability::flushed);
        this->expect_visible(appended, "a");
    }
}

TYPED_TEST_P(VisibilityContract, a_buffered_append_is_visible_when_it_is_answered) {
    for (int i = 0; i < 5; ++i) {
        this->expect_visible(this->add_with(Durability::buffered, "a"), "a");
    }
}

TYPED_TEST_P(VisibilityContract, flushed_and_buffered_appends_share_one_order) {
    for (int i = 0; i < 20; ++i) {
        const auto durability = i % 3 == 0 ? Durability::flushed : Durability::buffered;
        const auto appended = this->add_with(durability, i % 2 == 0 ? "a" : "b");
        EXPECT_EQ(appended.position.value, static_cast<std::uint64_t>(i) + 1);
        if (durability == Durability::flushed) {
            EXPECT_EQ(appended.durability, Durability::flushed);
        }
    }
    expect_history(history_of(this->store()));
}

TYPED_TEST_P(VisibilityContract, expectations_and_repeats_see_buffered_appends) {
    const NewEvent once = event("Once");
    const AppendOptions options{.expect = Expect::none, .durability = Durability::buffered};
    const auto first = this->store().append("a", once, options).value();
    EXPECT_FALSE(this->store().append("a", event(), options));
    const auto again = this->store().append("a", once, {.durability = Durability::flushed}).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.durability, Durability::flushed);
    EXPECT_EQ(again.position, first.position);
}

TYPED_TEST_P(VisibilityContract, buffered_appends_survive_closing_and_opening) {
    for (int i = 0; i < 20; ++i) this->add_with(Durability::buffered, "a");
    const auto before = history_of(this->store());
    this->reopen();
    expect_holds(this->store(), before);
}

TYPED_TEST_P(VisibilityContract, a_flushed_request_without_events_is_a_barrier) {
    this->add_with(Durability::buffered, "a");
    const auto barrier = this->store().append(AppendRequest{}).value();
    EXPECT_EQ(barrier.durability, Durability::flushed);
    EXPECT_EQ(this->store().head().value(), Position{1});
}

TYPED_TEST_P(VisibilityContract, a_cursor_sees_at_least_what_was_visible_when_it_was_made) {
    add_many(this->store(), "a", 250);
    auto of_stream = this->store().read("a", {.page_events = 10});
    auto of_all = this->store().read_all({.page_events = 10});
    add_many(this->store(), "a", 5);
    for (auto events : {all_of(std::move(of_stream)), all_of(std::move(of_all))}) {
        EXPECT_GE(events.size(), 250U);
        expect_history(events);
    }
}

TYPED_TEST_P(VisibilityContract, events_are_recorded_at_the_time_of_the_clock) {
    this->add_with(Durability::flushed, "a");
    this->clock().advance(std::chrono::microseconds{1});
    this->store().append(request_for({"a", "b"})).value();
    this->clock().advance(std::chrono::hours{24 * 365});
    this->add_with(Durability::buffered, "b");

    const auto history = history_of(this->store());
    const auto later = this->start + std::chrono::microseconds{1};
    EXPECT_EQ(history.at(0).recorded_at, this->start);
    EXPECT_EQ(history.at(1).recorded_at, later);
    EXPECT_EQ(history.at(2).recorded_at, later);
    EXPECT_EQ(history.at(3).recorded_at, later + std::chrono::hours{24 * 365});
}

TYPED_TEST_P(VisibilityContract, recorded_time_never_goes_back) {
    this->add_with(Durability::flushed, "a");
    this->clock().set(this->start - std::chrono::hours{1});
    this->add_with(Durability::flushed, "b");
    this->clock().set(this->start - std::chrono::microseconds{1});
    this->add_with(Durability::buffered, "a");
    for (const auto& event : history_of(this->store())) {
        EXPECT_EQ(event.recorded_at, this->start);
        EXPECT_EQ(event.occurred_at, this->start);
    }
    this->clock().set(this->start + std::chrono::microseconds{1});
    this->add_with(Durability::flushed, "a");
    EXPECT_EQ(history_of(this->store()).back().recorded_at, this->clock().now());
}

TYPED_TEST_P(VisibilityContract, recorded_time_does_not_go_back_by_closing_and_opening) {
    this->add_with(Durability::flushed, "a");
    this->clock().set(this->start - std::chrono::hours{1});
    this->reopen();
    this->add_with(Durability::flushed, "a");
    add_many(this->store(), "noise", 1'000);
    this->reopen();
    this->add_with(Durability::flushed, "a");
    const auto history = history_of(this->store());
    expect_history(history);
    EXPECT_EQ(history.back().recorded_at, this->start);
}

REGISTER_TYPED_TEST_SUITE_P(VisibilityContract, a_flushed_append_is_visible_when_it_is_answered,
                            a_buffered_append_is_visible_when_it_is_answered,
                            flushed_and_buffered_appends_share_one_order,
                            expectations_and_repeats_see_buffered_appends,
                            buffered_appends_survive_closing_and_opening,
                            a_flushed_request_without_events_is_a_barrier,
                            a_cursor_sees_at_least_what_was_visible_when_it_was_made,
                            events_are_recorded_at_the_time_of_the_clock,
                            recorded_time_never_goes_back,
                            recorded_time_does_not_go_back_by_closing_and_opening);

}  // namespace mainstem::testing::contract
