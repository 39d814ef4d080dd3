// Append conditions: what a query matches, what each part of a condition asks, and that requests
// that are decided together see each other. After the public specification of dynamic consistency
// boundaries (dcb.events): types OR, tags AND, items OR, `after` exclusive.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <mainstem/testing/contract/answers.hpp>
#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/threads.hpp>

namespace mainstem::testing::contract {

inline NewEvent tagged(std::string type, std::vector<Tag> tags) {
    NewEvent made = event(std::move(type));
    made.tags = std::move(tags);
    return made;
}

/// A request of one event to the stream "s".
inline AppendRequest conditional(NewEvent event, AppendCondition unless) {
    AppendRequest request;
    request.events.push_back({"s", std::move(event)});
    request.unless = std::move(unless);
    return request;
}

template <ContractBackend Backend>
class ConditionContract : public StoreContract<Backend> {
protected:
    Appended add(std::string type, std::vector<Tag> tags = {}) {
        return this->store().append("s", tagged(std::move(type), std::move(tags))).value();
    }

    /// The position that refuses a check of `unless`; 0 if it holds.
    std::uint64_t refused_at(AppendCondition unless) {
        AppendRequest request;
        request.unless = std::move(unless);
        const auto answer = this->store().append(request);
        return answer ? 0 : conflict_of(answer).position.value;
    }
    std::uint64_t last(EventQuery query) { return refused_at({.exists = std::move(query)}); }
    std::uint64_t last_after(EventQuery query, Position after) {
        return refused_at({.changed = std::move(query), .after = after});
    }
};
TYPED_TEST_SUITE_P(ConditionContract);

TYPED_TEST_P(ConditionContract, an_empty_store_matches_nothing) {
    EXPECT_EQ(this->last({}), 0U);
    EXPECT_EQ(this->last(QueryItem{.types = {"A"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"a"}}), 0U);
    EXPECT_EQ(this->last_after({}, {}), 0U);
}

TYPED_TEST_P(ConditionContract, types_of_an_item_are_alternatives) {
    this->add("A");
    this->add("B");
    this->add("C");
    EXPECT_EQ(this->last(QueryItem{.types = {"A"}}), 1U);
    EXPECT_EQ(this->last(QueryItem{.types = {"B", "A"}}), 2U);
    EXPECT_EQ(this->last(QueryItem{.types = {"A", "D"}}), 1U);
    EXPECT_EQ(this->last(QueryItem{.types = {"D", "E"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.types = {"a"}}), 0U) << "case counts";
}

TYPED_TEST_P(ConditionContract, tags_of_an_item_are_all_asked_for) {
    this->add("A", {"x", "y"});
    this->add("A", {"x"});
    this->add("A", {"y", "z", "x"});
    this->add("A", {"z"});
    EXPECT_EQ(this->last(QueryItem{.tags = {"x"}}), 3U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"y", "x"}}), 3U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"x", "y", "z"}}), 3U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"x", "unknown"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"z"}}), 4U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"x", "x"}}), 3U) << "twice is once";
}

TYPED_TEST_P(ConditionContract, an_item_asks_for_a_type_and_all_its_tags) {
    this->add("A", {"x"});
    this->add("B", {"x", "y"});
    this->add("C", {"y"});
    EXPECT_EQ(this->last(QueryItem{.types = {"A", "B"}, .tags = {"x"}}), 2U);
    EXPECT_EQ(this->last(QueryItem{.types = {"A", "C"}, .tags = {"x"}}), 1U);
    EXPECT_EQ(this->last(QueryItem{.types = {"A"}, .tags = {"y"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.types = {"B"}, .tags = {"y", "x"}}), 2U);
}

TYPED_TEST_P(ConditionContract, a_type_is_no_tag) {
    this->add("x", {"A"});
    EXPECT_EQ(this->last(QueryItem{.types = {"A"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.tags = {"x"}}), 0U);
    EXPECT_EQ(this->last(QueryItem{.types = {"x"}, .tags = {"A"}}), 1U);
}

TYPED_TEST_P(ConditionContract, items_of_a_query_are_alternatives) {
    this->add("A", {"x"});
    this->add("B", {"y"});
    const QueryItem a{.types = {"A"}};
    const QueryItem y{.tags = {"y"}};
    const QueryItem none{.types = {"A"}, .tags = {"y"}};
    EXPECT_EQ(this->last({a, none}), 1U);
    EXPECT_EQ(this->last({y, a}), 2U);
    EXPECT_EQ(this->last(EventQuery{none} | y), 2U);
    EXPECT_EQ(this->last({none, none}), 0U);
}

TYPED_TEST_P(ConditionContract, what_asks_for_nothing_matches_every_event) {
    this->add("A");
    this->add("B", {"x"});
    EXPECT_EQ(this->last({}), 2U);
    EXPECT_EQ(this->last(QueryItem{}), 2U);
    EXPECT_EQ(this->last({QueryItem{.types = {"none"}}, QueryItem{}}), 2U);
    EXPECT_EQ(this->last_after({}, {1}), 2U);
    EXPECT_EQ(this->last_after({}, {2}), 0U);
}

TYPED_TEST_P(ConditionContract, events_up_to_and_at_after_do_not_count) {
    this->add("A");
    this->add("B");
    this->add("A");
    this->add("B");
    const EventQuery a = QueryItem{.types = {"A"}};
    EXPECT_EQ(this->last_after(a, {0}), 3U);
    EXPECT_EQ(this->last_after(a, {1}), 3U);
    EXPECT_EQ(this->last_after(a, {2}), 3U);
    EXPECT_EQ(this->last_after(a, {3}), 0U);
    EXPECT_EQ(this->last_after(a, {4}), 0U);
}

TYPED_TEST_P(ConditionContract, after_beyond_the_head_is_out_of_range) {
    this->add("A");
    const auto refused = this->store().append(
        conditional(event(), {.changed = EventQuery{QueryItem{.types = {"B"}}}, .after = {2}}));
    EXPECT_EQ(code_of(refused), "out_of_range");
    EXPECT_EQ(this->store().head().value(), Position{1});
}

TYPED_TEST_P(ConditionContract, a_conflict_names_the_query_and_the_last_match) {
    this->add("A", {"x"});
    this->add("A", {"x"});
    this->add("A", {"y"});
    const EventQuery query = QueryItem{.types = {"A", "B"}, .tags = {"x"}};
    const auto exists = this->store().append(conditional(event(), {.exists = query}));
    const auto conflict = conflict_of(exists);
    EXPECT_EQ(conflict.stream, "");
    EXPECT_EQ(conflict.query, "type=A,B tag=x");
    EXPECT_EQ(conflict.position, Position{2});
    EXPECT_TRUE(exists.error() == StoreError::conflict);
    EXPECT_FALSE(exists.error().retryable());
    EXPECT_EQ(exists.error().message(),
              "events match type=A,B tag=x, the last at position 2; read them, then decide again");
    const auto changed =
        this->store().append(conditional(event(), {.changed = query, .after = {1}}));
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().message(),
              "events match type=A,B tag=x after position 1, the last at position 2; read them, "
              "then decide again");
}

TYPED_TEST_P(ConditionContract, an_event_of_the_request_itself_is_no_conflict) {
    const EventQuery query = QueryItem{.tags = {"email:ada"}};
    auto request = conditional(tagged("Registered", {"email:ada"}), {.exists = query});
    request.events.push_back({"t", tagged("Registered", {"email:ada"})});
    EXPECT_EQ(this->store().append(request).value().position, Position{2});
    const auto second =
        this->store().append(conditional(tagged("Registered", {"email:ada"}), {.exists = query}));
    EXPECT_EQ(conflict_of(second).position, Position{2});
}

TYPED_TEST_P(ConditionContract, the_repeat_of_an_accepted_request_gets_its_first_answer) {
    const EventQuery query = QueryItem{.tags = {"email:ada"}};
    const auto request = conditional(tagged("Registered", {"email:ada"}),
                                     {.changed = EventQuery{}, .after = {0}, .exists = query});
    const auto first = this->store().append(request).value();
    const auto again = this->store().append(request).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.position, first.position);
    this->reopen();
    EXPECT_TRUE(this->store().append(request).value().repeated);
}

TYPED_TEST_P(ConditionContract, a_refused_request_writes_nothing_and_is_not_remembered) {
    this->add("A", {"x"});
    auto request = conditional(event(), {.exists = EventQuery{QueryItem{.tags = {"x"}}}});
    EXPECT_FALSE(this->store().append(request));
    EXPECT_EQ(this->store().head().value(), Position{1});
    request.unless.exists = EventQuery{QueryItem{.tags = {"y"}}};
    const auto accepted = this->store().append(request).value();
    EXPECT_FALSE(accepted.repeated);
    EXPECT_EQ(accepted.position, Position{2});
}

TYPED_TEST_P(ConditionContract, expectations_are_checked_first_then_changes_then_existence) {
    this->add("A", {"x"});
    this->add("B", {"y"});
    auto request = conditional(event(), {.changed = EventQuery{QueryItem{.types = {"B"}}},
                                         .after = {1},
                                         .exists = EventQuery{QueryItem{.tags = {"x"}}}});
    request.expect = {{"s", Version{1}}};
    EXPECT_EQ(conflict_of(this->store().append(request)).stream, "s");
    request.expect = {{"s", Version{2}}};
    EXPECT_EQ(conflict_of(this->store().append(request)).query, "type=B");
    request.unless.after = {2};
    EXPECT_EQ(conflict_of(this->store().append(request)).query, "tag=x");
    request.unless.exists = EventQuery{QueryItem{.tags = {"z"}}};
    EXPECT_EQ(this->store().append(request).value().position, Position{3});
}

TYPED_TEST_P(ConditionContract, conditions_of_prefixes_times_or_bad_names_are_misuse) {
    const auto code = [&](QueryItem item) {
        return code_of(this->store().append(conditional(event(), {.exists = EventQuery{item}})));
    };
    EXPECT_EQ(code({.stream_prefix = "s"}), "invalid");
    EXPECT_EQ(code({.types = {"A"}, .since = Timestamp{}}), "invalid");
    EXPECT_EQ(code({.types = {"A"}, .until = Timestamp{}}), "invalid");
    EXPECT_EQ(code({.types = {""}}), "invalid");
    EXPECT_EQ(code({.tags = {""}}), "invalid");
    EXPECT_EQ(code({.tags = {std::string(256, 'x')}}), "invalid");
    EXPECT_EQ(code({.types = {"line\nbreak"}}), "invalid");
    const EventQuery large{std::vector(limits::query_items + 1, QueryItem{.types = {"A"}})};
    EXPECT_EQ(code_of(this->store().append(conditional(event(), {.changed = large}))), "invalid");
    EXPECT_EQ(this->store().head().value(), Position{});
}

TYPED_TEST_P(ConditionContract, conditions_hold_over_a_long_history_and_after_opening) {
    constexpr std::uint64_t count = 3'000;
    for (std::uint64_t i = 1; i <= count; i += 100) {
        NewEvents batch;
        for (std::uint64_t j = i; j < i + 100; ++j) {
            batch.add(tagged(j % 1000 == 0 ? "Rare" : "Common",
                             {"n:" + std::to_string(j), "m:" + std::to_string(j % 7)}));
        }
        this->store().append("s", std::move(batch), {.durability = Durability::buffered}).value();
    }
    for (int opened = 0; opened < 2; ++opened) {
        EXPECT_EQ(this->last(QueryItem{.tags = {"n:1"}}), 1U);
        EXPECT_EQ(this->last(QueryItem{.tags = {"n:2999", "m:3"}}), 2999U);
        EXPECT_EQ(this->last(QueryItem{.tags = {"n:2999", "m:4"}}), 0U);
        EXPECT_EQ(this->last(QueryItem{.types = {"Rare"}}), 3000U);
        EXPECT_EQ(this->last(QueryItem{.types = {"Rare"}, .tags = {"m:6"}}), 1000U);
        EXPECT_EQ(this->last(QueryItem{.types = {"Common"}, .tags = {"m:4"}}), 2993U);
        EXPECT_EQ(this->last_after(QueryItem{.types = {"Rare"}}, {2'999}), 3000U);
        EXPECT_EQ(this->last_after(QueryItem{.types = {"Rare"}}, {3'000}), 0U);
        EXPECT_EQ(this->last_after(QueryItem{.tags = {"n:1500"}}, {1'499}), 1500U);
        EXPECT_EQ(this->last_after(QueryItem{.tags = {"n:1500"}}, {1'500}), 0U);
        this->reopen();
    }
}

TYPED_TEST_P(ConditionContract, of_those_who_claim_a_name_at_once_exactly_one_gets_it) {
    constexpr std::size_t names = 40;
    std::vector<std::atomic<int>> winners(names);
    std::atomic<int> failures{0};
    run_together(fighters, [&](std::size_t fighter) {
        for (std::size_t name = 0; name < names; ++name) {
            const Tag tag{"name:" + std::to_string(name)};
            auto request = conditional(tagged("Claimed", {tag}),
                                       {.exists = EventQuery{QueryItem{.tags = {tag}}}});
            request.durability = fighter % 2 == 0 ? Durability::flushed : Durability::buffered;
            const auto answer = this->store().append(request);
            if (answer) ++winners[name];
            if (!answer && answer.error() != StoreError::conflict) ++failures;
        }
    });
    EXPECT_EQ(failures, 0);
    for (const auto& count : winners) EXPECT_EQ(count, 1);
    EXPECT_EQ(this->store().head().value().value, names);
}

TYPED_TEST_P(ConditionContract, those_who_claim_different_names_at_once_all_get_them) {
    run_together(fighters, [&](std::size_t fighter) {
        for (int i = 0; i < 40; ++i) {
            const Tag tag{"name:" + std::to_string(fighter) + "-" + std::to_string(i)};
            const auto answer = this->store().append(conditional(
                tagged("Claimed", {tag}), {.changed = EventQuery{QueryItem{.tags = {tag}}},
                                           .exists = EventQuery{QueryItem{.tags = {tag}}}}));
            EXPECT_TRUE(answer) << answer.error();
        }
    });
    EXPECT_EQ(this->store().head().value().value, fighters * 40);
}

TYPED_TEST_P(ConditionContract, nothing_that_matches_comes_between_a_read_and_what_rests_on_it) {
    struct Success {
        Position after;
        Position position;
    };
    std::vector<std::vector<Success>> successes(fighters);
    run_together(fighters, [&](std::size_t fighter) {
        const Tag tag{"account:" + std::to_string(fighter % 3)};
        for (int i = 0; i < 60; ++i) {
            const Position after = this->store().head().value();
            const auto answer = this->store().append(
                conditional(tagged("Changed", {tag}),
                            {.changed = EventQuery{QueryItem{.types = {"Changed"}, .tags = {tag}}},
                             .after = after}));
            if (answer) successes[fighter].push_back({after, answer->position});
        }
    });
    const auto history = history_of(this->store());
    for (std::size_t fighter = 0; fighter < fighters; ++fighter) {
        const Tag tag{"account:" + std::to_string(fighter % 3)};
        for (const auto& [after, position] : successes[fighter]) {
            for (auto between = after.next(); between < position; between = between.next()) {
                EXPECT_NE(history[between.value - 1].tags.front(), tag)
                    << between << " lies between " << after << " and " << position;
            }
        }
    }
}

TYPED_TEST_P(ConditionContract, asynchronous_requests_see_those_before_them) {
    constexpr std::size_t count = 200;
    Answers answers;
    for (std::size_t i = 0; i < count; ++i) {
        AppendCondition unless{.exists =
                                   EventQuery{QueryItem{.types = {"Claimed"}, .tags = {"a"}}}};
        this->store().async_append(conditional(tagged("Claimed", {"a"}), std::move(unless)),
                                   answers.slot(i));
    }
    const auto all = answers.wait_for(count);
    EXPECT_TRUE(all.front());
    for (std::size_t i = 1; i < count; ++i) EXPECT_EQ(conflict_of(all[i]).position, Position{1});
}

REGISTER_TYPED_TEST_SUITE_P(
    ConditionContract, an_empty_store_matches_nothing, types_of_an_item_are_alternatives,
    tags_of_an_item_are_all_asked_for, an_item_asks_for_a_type_and_all_its_tags, a_type_is_no_tag,
    items_of_a_query_are_alternatives, what_asks_for_nothing_matches_every_event,
    events_up_to_and_at_after_do_not_count, after_beyond_the_head_is_out_of_range,
    a_conflict_names_the_query_and_the_last_match, an_event_of_the_request_itself_is_no_conflict,
    the_repeat_of_an_accepted_request_gets_its_first_answer,
    a_refused_request_writes_nothing_and_is_not_remembered,
    expectations_are_checked_first_then_changes_then_existence,
    conditions_of_prefixes_times_or_bad_names_are_misuse,
    conditions_hold_over_a_long_history_and_after_opening,
    of_those_who_claim_a_name_at_once_exactly_one_gets_it,
    those_who_claim_different_names_at_once_all_get_them,
    nothing_that_matches_comes_between_a_read_and_what_rests_on_it,
    asynchronous_requests_see_those_before_them);

}  // namespace mainstem::testing::contract
