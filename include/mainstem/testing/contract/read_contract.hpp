// Reading: what a cursor yields, where it begins and ends, and how it says that it cannot.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class ReadContract : public StoreContract<Backend> {
protected:
    /// Stream "a" at positions 1, 3, 5, stream "b" at 2, 4.
    void fill() { this->store().append(request_for({"a", "b", "a", "b", "a"})).value(); }

    std::vector<std::uint64_t> versions(const StreamRead& read) {
        return versions_of(all_of(this->store().read("a", read)));
    }
    std::vector<std::uint64_t> positions(const PositionRead& read) {
        return positions_of(all_of(this->store().read_all(read)));
    }
};
TYPED_TEST_SUITE_P(ReadContract);

using Numbers = std::vector<std::uint64_t>;
inline constexpr Direction backward = Direction::backward;

TYPED_TEST_P(ReadContract, an_empty_store_has_nothing_to_read) {
    EXPECT_EQ(this->store().head().value(), Position{});
    EXPECT_EQ(this->positions({}), Numbers{});
    EXPECT_EQ(this->positions({.from = Position{1}}), Numbers{});
    EXPECT_EQ(this->positions({.direction = backward}), Numbers{});
    EXPECT_EQ(this->versions({}), Numbers{});
    EXPECT_EQ(this->versions({.direction = backward}), Numbers{});
}

TYPED_TEST_P(ReadContract, a_stream_that_does_not_exist_is_empty) {
    this->fill();
    const std::vector<std::string> missing{
        "c", "", "A", "aa", "a ", "$a", "\xff", std::string(1'000, 'a'), std::string{"a\0", 2}};
    for (const auto& stream : missing) {
        EXPECT_TRUE(all_of(this->store().read(stream)).empty()) << stream;
        EXPECT_TRUE(all_of(this->store().read(stream, {.direction = backward})).empty()) << stream;
        const auto info = this->store().stream_info(stream).value();
        EXPECT_EQ(info, (StreamInfo{stream, Version{}, Position{}}));
    }
}

TYPED_TEST_P(ReadContract, a_stream_is_read_forward_and_backward) {
    this->fill();
    const auto forward_events = all_of(this->store().read("a"));
    EXPECT_EQ(positions_of(forward_events), (Numbers{1, 3, 5}));
    EXPECT_EQ(versions_of(forward_events), (Numbers{1, 2, 3}));
    for (const auto& read : forward_events) EXPECT_EQ(read.stream, "a");

    auto backward_events = all_of(this->store().read("a", {.direction = backward}));
    EXPECT_EQ(versions_of(backward_events), (Numbers{3, 2, 1}));
    std::ranges::reverse(backward_events);
    EXPECT_EQ(backward_events, forward_events);
}

TYPED_TEST_P(ReadContract, everything_is_read_forward_and_backward) {
    this->fill();
    this->store().backend().append_system(request_for({"$log"})).value();
    EXPECT_EQ(this->positions({}), (Numbers{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(this->positions({.direction = backward}), (Numbers{6, 5, 4, 3, 2, 1}));
    auto backward_events = all_of(this->store().read_all({.direction = backward}));
    std::ranges::reverse(backward_events);
    EXPECT_EQ(backward_events, history_of(this->store()));
}

TYPED_TEST_P(ReadContract, a_stream_is_read_from_a_version) {
    this->fill();
    EXPECT_EQ(this->versions({.from = Version{1}}), (Numbers{1, 2, 3}));
    EXPECT_EQ(this->versions({.from = Version{2}}), (Numbers{2, 3}));
    EXPECT_EQ(this->versions({.from = Version{3}}), (Numbers{3}));
    EXPECT_EQ(this->versions({.from = Version{1}, .direction = backward}), (Numbers{1}));
    EXPECT_EQ(this->versions({.from = Version{2}, .direction = backward}), (Numbers{2, 1}));
    EXPECT_EQ(this->versions({.from = Version{3}, .direction = backward}), (Numbers{3, 2, 1}));
}

TYPED_TEST_P(ReadContract, beyond_the_last_version_forward_is_empty_and_backward_begins_at_it) {
    this->fill();
    for (const auto beyond : {Version{4}, Version{5}, Version{~std::uint64_t{0}}}) {
        EXPECT_EQ(this->versions({.from = beyond}), Numbers{});
        EXPECT_EQ(this->versions({.from = beyond, .direction = backward}), (Numbers{3, 2, 1}));
    }
}

TYPED_TEST_P(ReadContract, everything_is_read_from_a_position) {
    this->fill();
    EXPECT_EQ(this->positions({.from = Position{1}}), (Numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(this->positions({.from = Position{4}}), (Numbers{4, 5}));
    EXPECT_EQ(this->positions({.from = Position{6}}), Numbers{}) << "one beyond the head";
    EXPECT_EQ(this->positions({.from = Position{5}, .direction = backward}),
              (Numbers{5, 4, 3, 2, 1}));
    EXPECT_EQ(this->positions({.from = Position{1}, .direction = backward}), (Numbers{1}));
}

TYPED_TEST_P(ReadContract, a_position_that_is_not_there_is_an_error) {
    for (const bool filled : {false, true}) {
        if (filled) this->fill();
        const auto head = this->store().head().value().value;
        const std::vector<PositionRead> reads{
            {.from = Position{head + 2}},
            {.from = Position{~std::uint64_t{0}}},
            {.from = Position{head + 1}, .direction = backward},
            {.from = Position{~std::uint64_t{0}}, .direction = backward}};
        for (const auto& read : reads) {
            const auto error = only_error_of(this->store().read_all(read));
            ASSERT_TRUE(error);
            EXPECT_TRUE(*error == StoreError::out_of_range) << *error;
        }
    }
}

TYPED_TEST_P(ReadContract, a_limit_ends_a_read) {
    this->fill();
    EXPECT_EQ(this->versions({.limit = 0}), Numbers{});
    EXPECT_EQ(this->versions({.limit = 1}), (Numbers{1}));
    EXPECT_EQ(this->versions({.limit = 3}), (Numbers{1, 2, 3}));
    EXPECT_EQ(this->versions({.limit = 4}), (Numbers{1, 2, 3}));
    EXPECT_EQ(this->versions({.from = Version{2}, .limit = 1}), (Numbers{2}));
    EXPECT_EQ(this->versions({.limit = 2, .direction = backward}), (Numbers{3, 2}));
    EXPECT_EQ(this->positions({.limit = 0}), Numbers{});
    EXPECT_EQ(this->positions({.from = Position{2}, .limit = 3}), (Numbers{2, 3, 4}));
    EXPECT_EQ(this->positions({.limit = 2, .direction = backward}), (Numbers{5, 4}));
    EXPECT_EQ(this->positions({.from = Position{2}, .limit = 9, .direction = backward}),
              (Numbers{2, 1}));
}

TYPED_TEST_P(ReadContract, a_page_of_no_or_too_many_events_is_misuse) {
    this->fill();
    for (const std::size_t size : {std::size_t{0}, limits::page_events_most + 1}) {
        const auto of_stream = only_error_of(this->store().read("a", {.page_events = size}));
        const auto of_all = only_error_of(this->store().read_all({.page_events = size}));
        ASSERT_TRUE(of_stream && of_all);
        EXPECT_TRUE(*of_stream == StoreError::invalid) << *of_stream;
        EXPECT_TRUE(*of_all == StoreError::invalid) << *of_all;
    }
    EXPECT_EQ(this->versions({.page_events = limits::page_events_most}), (Numbers{1, 2, 3}));
}

TYPED_TEST_P(ReadContract, a_cursor_that_has_ended_stays_at_its_end) {
    this->fill();
    auto of_all = this->store().read_all();
    auto of_stream = this->store().read("a", {.page_events = 3});
    while (of_all.next() != nullptr) {
    }
    while (of_stream.next() != nullptr) {
    }
    add(this->store(), "a");
    EXPECT_EQ(of_all.next(), nullptr);
    EXPECT_EQ(of_stream.next(), nullptr);
}

TYPED_TEST_P(ReadContract, a_cursor_can_be_moved_while_it_reads) {
    this->fill();
    auto cursor = this->store().read_all({.page_events = 2});
    ASSERT_NE(cursor.next(), nullptr);
    EventCursor moved = std::move(cursor);
    EXPECT_EQ(positions_of(all_of(std::move(moved))), (Numbers{2, 3, 4, 5}));
}

TYPED_TEST_P(ReadContract, a_cursor_outlives_the_handle_that_made_it) {
    this->fill();
    std::optional<EventCursor> cursor = this->store().read_all({.page_events = 2});
    ASSERT_NE(cursor->next(), nullptr);
    this->close();
    Numbers rest;
    for (const auto& element : *cursor) rest.push_back((*element).position.value);
    EXPECT_EQ(rest, (Numbers{2, 3, 4, 5}));
    cursor.reset();
    this->open();
    EXPECT_EQ(this->positions({}), (Numbers{1, 2, 3, 4, 5}));
}

TYPED_TEST_P(ReadContract, two_cursors_do_not_disturb_each_other) {
    this->fill();
    auto one = this->store().read_all({.page_events = 1});
    auto two = this->store().read_all({.direction = backward, .page_events = 1});
    for (std::uint64_t i = 1; i <= 5; ++i) {
        EXPECT_EQ((*one.next())->position.value, i);
        EXPECT_EQ((*two.next())->position.value, 6 - i);
    }
}

TYPED_TEST_P(ReadContract, everything_reads_the_same_after_closing_and_opening) {
    this->fill();
    add_many(this->store(), "long", 500);
    const auto history = history_of(this->store());
    const auto of_stream = all_of(this->store().read("long", {.direction = backward}));
    this->reopen();
    EXPECT_EQ(history_of(this->store()), history);
    EXPECT_EQ(all_of(this->store().read("long", {.direction = backward})), of_stream);
    EXPECT_EQ(this->versions({}), (Numbers{1, 2, 3}));
}

REGISTER_TYPED_TEST_SUITE_P(
    ReadContract, an_empty_store_has_nothing_to_read, a_stream_that_does_not_exist_is_empty,
    a_stream_is_read_forward_and_backward, everything_is_read_forward_and_backward,
    a_stream_is_read_from_a_version,
    beyond_the_last_version_forward_is_empty_and_backward_begins_at_it,
    everything_is_read_from_a_position, a_position_that_is_not_there_is_an_error,
    a_limit_ends_a_read, a_page_of_no_or_too_many_events_is_misuse,
    a_cursor_that_has_ended_stays_at_its_end, a_cursor_can_be_moved_while_it_reads,
    a_cursor_outlives_the_handle_that_made_it, two_cursors_do_not_disturb_each_other,
    everything_reads_the_same_after_closing_and_opening);

}  // namespace mainstem::testing::contract
