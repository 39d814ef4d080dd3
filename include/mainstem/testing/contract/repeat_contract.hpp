// Repeats: a request is known for ever by the id of its first event.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class RepeatContract : public StoreContract<Backend> {
protected:
    /// Fails unless `request` is answered as the repeat of `first`, and nothing is written.
    void expect_repeat(const AppendRequest& request, const Appended& first) {
        const auto head = this->store().head().value();
        const auto answer = this->store().append(request);
        ASSERT_TRUE(answer) << answer.error();
        EXPECT_TRUE(answer->repeated);
        EXPECT_EQ(answer->first, first.first);
        EXPECT_EQ(answer->position, first.position);
        EXPECT_EQ(answer->versions, first.versions);
        if (request.durability == Durability::flushed) {
            EXPECT_EQ(answer->durability, Durability::flushed);
        }
        EXPECT_EQ(this->store().head().value(), head);
        expect_found(request, first);
    }

    /// Fails unless the request is found by its id, with the answer that it was given.
    void expect_found(const AppendRequest& request, const Appended& first) {
        const auto found = this->store().find_request(request.events.front().event.id);
        ASSERT_TRUE(found) << found.error();
        ASSERT_TRUE(*found) << "not found";
        EXPECT_TRUE((*found)->repeated);
        EXPECT_EQ((*found)->first, first.first);
        EXPECT_EQ((*found)->position, first.position);
        EXPECT_EQ((*found)->versions, first.versions);
        if (first.durability == Durability::flushed) {
            EXPECT_EQ((*found)->durability, Durability::flushed);
        }
    }
    void expect_not_found(const EventId& id, std::string_view why) {
        const auto found = this->store().find_request(id);
        ASSERT_TRUE(found) << found.error();
        EXPECT_FALSE(*found) << why;
    }

    /// Fails unless `request` is refused because its id belongs to another one.
    void expect_reused(const AppendRequest& request, std::string_view why) {
        const auto head = this->store().head().value();
        const auto answer = this->store().append(request);
        ASSERT_EQ(code_of(answer), "id_reused") << why;
        EXPECT_FALSE(answer.error().retryable());
        EXPECT_EQ(this->store().head().value(), head) << why;
    }
};
TYPED_TEST_SUITE_P(RepeatContract);

/// A request with something in every field.
inline AppendRequest full_request() {
    auto request = request_for({"a", "b", "a"});
    auto& first = request.events.front().event;
    first.tags = {"x:1", "y:2"};
    first.metadata = {.correlation = "k", .causation = "u", .actor = "a", .json = "{}"};
    first.content_type = "text/plain";
    first.occurred_at = Timestamp{std::chrono::microseconds{1'700'000'000'000'000}};
    return request;
}

/// Every way in which a request with the same first id can differ from `full_request`.
inline std::vector<std::pair<std::string, std::function<void(std::vector<StreamEvent>&)>>>
content_changes() {
    using Events = std::vector<StreamEvent>;
    const auto on_first = [](auto change) {
        return [change](Events& events) { change(events.front().event); };
    };
    return {
        {"stream", [](Events& events) { events[0].stream = "z"; }},
        {"stream of a later event", [](Events& events) { events[1].stream = "a"; }},
        {"type", on_first([](NewEvent& e) { e.type += '2'; })},
        {"data", on_first([](NewEvent& e) { e.data += '2'; })},
        {"data of the last event", [](Events& events) { events[2].event.data = ""; }},
        {"tag", on_first([](NewEvent& e) { e.tags[1] = "y:3"; })},
        {"order of tags", on_first([](NewEvent& e) { std::swap(e.tags[0], e.tags[1]); })},
        {"tag too many", on_first([](NewEvent& e) { e.tags.emplace_back("z:1"); })},
        {"no tags", on_first([](NewEvent& e) { e.tags.clear(); })},
        {"correlation", on_first([](NewEvent& e) { e.metadata.correlation = "l"; })},
        {"causation", on_first([](NewEvent& e) { e.metadata.causation = ""; })},
        {"actor", on_first([](NewEvent& e) { e.metadata.actor = "b"; })},
        {"metadata", on_first([](NewEvent& e) { e.metadata.json = "{ }"; })},
        {"content type", on_first([](NewEvent& e) { e.content_type = ""; })},
        {"time", on_first([](NewEvent& e) { *e.occurred_at += std::chrono::microseconds{1}; })},
        {"no time", on_first([](NewEvent& e) { e.occurred_at.reset(); })},
        {"id of a later event", [](Events& events) { events[1].event.id = EventId::generate(); }},
        {"time given to a later event",
         [](Events& events) { events[1].event.occurred_at = Timestamp{}; }},
        {"an event less", [](Events& events) { events.pop_back(); }},
        {"an event more", [](Events& events) { events.push_back({"a", event()}); }},
        {"order of events", [](Events& events) { std::swap(events[1], events[2]); }},
    };
}

TYPED_TEST_P(RepeatContract, the_same_request_gets_the_first_answer) {
    add(this->store(), "a");
    const auto request = full_request();
    const auto first = this->store().append(request).value();
    EXPECT_FALSE(first.repeated);
    this->expect_repeat(request, first);
    this->expect_repeat(request, first);

    this->store().append(request_for({"a", "b", "c"})).value();
    this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, a_repeat_is_found_before_expectations_are_compared) {
    auto request = request_for({"a"});
    request.expect = {{"a", Expect::none}};
    const auto first = this->store().append(request).value();
    this->expect_repeat(request, first);

    request.expect = {{"a", Version{17}}, {"b", Expect::exists}};
    this->expect_repeat(request, first);
    request.expect.clear();
    this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, any_does_not_make_a_repeat_a_second_append) {
    const NewEvent once = event("Once");
    const auto first = this->store().append("a", once, {.expect = Expect::any}).value();
    const auto again = this->store().append("a", once, {.expect = Expect::any}).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.position, first.position);
    EXPECT_EQ(again.versions, first.versions);
    EXPECT_EQ(history_of(this->store()).size(), 1U);
}

TYPED_TEST_P(RepeatContract, other_content_under_the_same_id_is_refused) {
    const auto request = full_request();
    this->store().append(request).value();
    const auto before = history_of(this->store());
    for (const auto& [what, change] : content_changes()) {
        auto other = request;
        change(other.events);
        this->expect_reused(other, what);
    }
    expect_holds(this->store(), before);
}

TYPED_TEST_P(RepeatContract, other_content_is_refused_before_expectations_are_compared) {
    const auto request = request_for({"a"});
    this->store().append(request).value();
    auto other = request;
    other.events[0].event.data = "other";
    other.expect = {{"a", Version{9}}};
    this->expect_reused(other, "unmet expectation");
}

TYPED_TEST_P(RepeatContract, a_time_that_equals_the_recorded_one_is_still_a_given_time) {
    const auto request = request_for({"a"});
    this->store().append(request).value();
    auto timed = request;
    timed.events[0].event.occurred_at = this->clock().now();
    this->expect_reused(timed, "time given");
}

TYPED_TEST_P(RepeatContract, no_content_type_is_the_same_as_json) {
    auto request = request_for({"a", "a"});
    request.events[0].event.content_type = json_content_type;
    const auto first = this->store().append(request).value();
    request.events[0].event.content_type = "";
    request.events[1].event.content_type = json_content_type;
    this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, repeats_are_known_after_closing_and_opening) {
    const auto request = full_request();
    const auto first = this->store().append(request).value();
    add(this->store(), "a");
    this->reopen();
    this->expect_repeat(request, first);
    for (const auto& [what, change] : content_changes()) {
        auto other = request;
        change(other.events);
        this->expect_reused(other, what);
    }
}

TYPED_TEST_P(RepeatContract, repeats_are_known_however_far_back) {
    const auto request = full_request();
    const auto first = this->store().append(request).value();
    add_many(this->store(), "noise", 3'000);
    this->expect_repeat(request, first);
    this->reopen();
    this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, ids_need_not_be_fresh_or_of_version_seven) {
    const std::vector<std::string> ids{
        "00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "ffffffff-ffff-7fff-bfff-ffffffffffff"};
    std::vector<std::pair<AppendRequest, Appended>> stored;
    for (const auto& id : ids) {
        auto request = request_for({"a", "b"});
        request.events.front().event.id = EventId::parse(id).value();
        stored.emplace_back(request, this->store().append(request).value());
        add_many(this->store(), "noise", 400);
    }
    for (const auto& [request, first] : stored) this->expect_repeat(request, first);
    this->reopen();
    for (const auto& [request, first] : stored) this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, the_id_of_a_later_event_names_no_request) {
    const auto pair = request_for({"a", "a"});
    const auto first = this->store().append(pair).value();
    AppendRequest second;
    second.events = {pair.events[1]};
    const auto alone = this->store().append(second).value();
    EXPECT_FALSE(alone.repeated);
    EXPECT_EQ(alone.position, Position{3});
    this->expect_repeat(second, alone);
    this->expect_repeat(pair, first);
}

TYPED_TEST_P(RepeatContract, ids_of_later_events_need_not_be_unique) {
    auto request = request_for({"a", "a", "b"});
    request.events[1].event.id = request.events[0].event.id;
    request.events[2].event.id = request.events[0].event.id;
    const auto first = this->store().append(request).value();
    EXPECT_EQ(first.position, Position{3});
    this->expect_repeat(request, first);

    auto other = request_for({"c"});
    other.events.push_back(request.events[0]);
    EXPECT_FALSE(this->store().append(other).value().repeated);
}

TYPED_TEST_P(RepeatContract, a_refused_request_is_decided_anew) {
    auto request = request_for({"a"});
    request.expect = {{"gate", Expect::exists}};
    EXPECT_FALSE(this->store().append(request));
    EXPECT_FALSE(this->store().append(request));
    add(this->store(), "gate");
    const auto first = this->store().append(request).value();
    EXPECT_FALSE(first.repeated);
    this->expect_repeat(request, first);

    auto changed = request_for({"b"});
    changed.expect = {{"gate", Expect::none}};
    EXPECT_FALSE(this->store().append(changed));
    changed.expect.clear();
    changed.events[0].event.data = "changed after it was refused";
    EXPECT_FALSE(this->store().append(changed).value().repeated);
}

TYPED_TEST_P(RepeatContract, a_repeat_may_ask_for_another_durability) {
    auto request = request_for({"a"});
    request.durability = Durability::buffered;
    const auto first = this->store().append(request).value();
    request.durability = Durability::flushed;
    this->expect_repeat(request, first);
    request.durability = Durability::buffered;
    this->expect_repeat(request, first);
}

TYPED_TEST_P(RepeatContract, the_rules_are_checked_before_the_repeat) {
    auto request = request_for({"a"});
    this->store().append(request).value();
    request.expect = {{"", Expect::any}};
    const auto answer = this->store().append(request);
    EXPECT_EQ(code_of(answer), "invalid");
}

TYPED_TEST_P(RepeatContract, the_system_repeats_as_users_do) {
    const auto request = request_for({"a", "$import-a"});
    auto& backend = this->store().backend();
    const auto first = backend.append_system(request).value();
    const auto again = backend.append_system(request).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.versions, first.versions);
}

TYPED_TEST_P(RepeatContract, requests_of_checks_alone_are_never_repeats) {
    const auto request = checks({{"a", Expect::none}});
    EXPECT_FALSE(this->store().append(request).value().repeated);
    EXPECT_FALSE(this->store().append(request).value().repeated);
    add(this->store(), "a");
    EXPECT_FALSE(this->store().append(request));
}

TYPED_TEST_P(RepeatContract, a_request_is_found_by_the_id_of_its_first_event_alone) {
    this->expect_not_found(EventId::generate(), "nothing is stored");
    const auto request = full_request();
    this->expect_not_found(request.events[0].event.id, "it is not stored yet");
    const auto first = this->store().append(request).value();
    this->expect_found(request, first);
    this->expect_not_found(request.events[1].event.id, "the id of a later event");
    this->expect_not_found(EventId::generate(), "a fresh id");
    this->expect_not_found({}, "a nil id");

    auto other = request;
    other.events.pop_back();
    this->expect_reused(other, "an event less");
    this->expect_found(request, first);
}

TYPED_TEST_P(RepeatContract, a_refused_request_is_not_found) {
    auto request = request_for({"a"});
    const auto id = request.events[0].event.id;
    request.expect = {{"gate", Expect::exists}};
    EXPECT_FALSE(this->store().append(request));
    this->expect_not_found(id, "a conflict");
    request.expect.clear();
    request.events[0].event.type = "";
    EXPECT_FALSE(this->store().append(request));
    this->expect_not_found(id, "against the rules");
}

TYPED_TEST_P(RepeatContract, a_found_request_has_each_stream_with_its_version_after_it) {
    add_many(this->store(), "b", 7);
    const auto request = request_for({"a", "b", "a", "c", "b"});
    const auto first = this->store().append(request).value();
    add(this->store(), "a");
    add(this->store(), "b");
    const auto found = this->store().find_request(request.events[0].event.id).value().value();
    EXPECT_EQ(found.versions, (std::vector<StreamVersion>{
                                  {"a", Version{2}}, {"b", Version{9}}, {"c", Version{1}}}));
    this->expect_found(request, first);
}

TYPED_TEST_P(RepeatContract, a_buffered_request_is_found_before_it_is_flushed_and_after) {
    auto request = request_for({"a"});
    request.durability = Durability::buffered;
    const auto first = this->store().append(request).value();
    this->expect_found(request, first);
    add(this->store(), "b");  // flushed, with all before it
    const auto found = this->store().find_request(request.events[0].event.id).value().value();
    EXPECT_EQ(found.durability, Durability::flushed);
}

REGISTER_TYPED_TEST_SUITE_P(
    RepeatContract, the_same_request_gets_the_first_answer,
    a_repeat_is_found_before_expectations_are_compared, any_does_not_make_a_repeat_a_second_append,
    other_content_under_the_same_id_is_refused,
    other_content_is_refused_before_expectations_are_compared,
    a_time_that_equals_the_recorded_one_is_still_a_given_time, no_content_type_is_the_same_as_json,
    repeats_are_known_after_closing_and_opening, repeats_are_known_however_far_back,
    ids_need_not_be_fresh_or_of_version_seven, the_id_of_a_later_event_names_no_request,
    ids_of_later_events_need_not_be_unique, a_refused_request_is_decided_anew,
    a_repeat_may_ask_for_another_durability, the_rules_are_checked_before_the_repeat,
    the_system_repeats_as_users_do, requests_of_checks_alone_are_never_repeats,
    a_request_is_found_by_the_id_of_its_first_event_alone, a_refused_request_is_not_found,
    a_found_request_has_each_stream_with_its_version_after_it,
    a_buffered_request_is_found_before_it_is_flushed_and_after);

}  // namespace mainstem::testing::contract
