// Expectations: what each kind asks of a stream, and that an unmet one stops the whole request.
#pragma once

#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class ExpectationContract : public StoreContract<Backend> {
protected:
    /// Appends one event to `stream` under an expectation.
    Result<Appended> expecting(const StreamId& stream, ExpectedVersion expected) {
        return this->store().append(stream, event(), {.expect = expected});
    }

    /// Fails unless `answer` is a conflict that says exactly this, in words and in values.
    void expect_conflict(const Result<Appended>& answer, const Conflict& wanted,
                         std::string_view message) {
        const auto conflict = conflict_of(answer);
        EXPECT_EQ(conflict.stream, wanted.stream);
        EXPECT_EQ(conflict.expected, wanted.expected);
        EXPECT_EQ(conflict.actual, wanted.actual);
        EXPECT_EQ(conflict.position, wanted.position);
        ASSERT_EQ(code_of(answer), "conflict");
        EXPECT_FALSE(answer.error().retryable());
        EXPECT_EQ(answer.error().message(), message);
    }
};
TYPED_TEST_SUITE_P(ExpectationContract);

TYPED_TEST_P(ExpectationContract, any_is_met_by_every_stream) {
    EXPECT_TRUE(this->expecting("a", Expect::any));
    EXPECT_TRUE(this->expecting("a", Expect::any));
    EXPECT_EQ(this->store().stream_info("a").value().version, Version{2});
}

TYPED_TEST_P(ExpectationContract, none_is_met_before_the_first_event_only) {
    EXPECT_TRUE(this->expecting("a", Expect::none));
    EXPECT_FALSE(this->expecting("a", Expect::none));
    EXPECT_TRUE(this->expecting("b", Version{0})) << "version 0 means none";
    EXPECT_FALSE(this->expecting("b", Version{0}));
}

TYPED_TEST_P(ExpectationContract, exists_is_met_after_the_first_event_only) {
    EXPECT_FALSE(this->expecting("a", Expect::exists));
    add(this->store(), "a");
    EXPECT_TRUE(this->expecting("a", Expect::exists));
    EXPECT_TRUE(this->expecting("a", Expect::exists));
}

TYPED_TEST_P(ExpectationContract, a_version_is_met_by_that_version_only) {
    EXPECT_FALSE(this->expecting("a", Version{1}));
    add_many(this->store(), "a", 3);
    EXPECT_FALSE(this->expecting("a", Version{1}));
    EXPECT_FALSE(this->expecting("a", Version{2}));
    EXPECT_FALSE(this->expecting("a", Version{4}));
    EXPECT_FALSE(this->expecting("a", Version{~std::uint64_t{0}}));
    EXPECT_TRUE(this->expecting("a", Version{3}));
    EXPECT_TRUE(this->expecting("a", Version{4}));
    EXPECT_FALSE(this->expecting("a", Version{4}));
}

TYPED_TEST_P(ExpectationContract, a_conflict_names_stream_versions_and_position) {
    add_many(this->store(), "other", 85);
    add_many(this->store(), "shelf-1", 8);
    add(this->store(), "other");
    this->expect_conflict(
        this->expecting("shelf-1", Version{7}), {"shelf-1", Version{7}, Version{8}, Position{93}},
        "shelf-1: expected version 7, found version 8 (position 93); read it again, then decide "
        "again");
    this->expect_conflict(
        this->expecting("shelf-1", Expect::none),
        {"shelf-1", Expect::none, Version{8}, Position{93}},
        "shelf-1: expected no stream, found version 8 (position 93); read it again, then decide "
        "again");
}

TYPED_TEST_P(ExpectationContract, a_conflict_over_a_missing_stream_says_so) {
    add(this->store(), "other");
    this->expect_conflict(
        this->expecting("shelf-1", Expect::exists), {"shelf-1", Expect::exists, {}, {}},
        "shelf-1: expected the stream to exist, found none; read it again, then decide again");
    this->expect_conflict(
        this->expecting("shelf-1", Version{2}), {"shelf-1", Version{2}, {}, {}},
        "shelf-1: expected version 2, found none; read it again, then decide again");
}

TYPED_TEST_P(ExpectationContract, the_first_unmet_expectation_is_named) {
    add(this->store(), "a");
    add(this->store(), "b");
    const auto answer = this->store().append(checks(
        {{"a", Version{1}}, {"c", Expect::exists}, {"b", Expect::none}, {"a2", Version{9}}}));
    EXPECT_EQ(conflict_of(answer).stream, "c");

    auto request = request_for({"b", "a", "d"});
    request.expect = {{"e", Expect::exists}, {"d", Version{3}}, {"a", Version{9}}};
    EXPECT_EQ(conflict_of(this->store().append(request)).stream, "e") << "not the events' order";
}

TYPED_TEST_P(ExpectationContract, one_stale_stream_of_several_stops_the_whole_request) {
    add(this->store(), "a");
    add(this->store(), "b");
    add(this->store(), "b");
    const auto before = history_of(this->store());

    auto request = request_for({"a", "b", "c"});
    request.expect = {{"a", Version{1}}, {"b", Version{1}}, {"c", Expect::none}};
    const auto answer = this->store().append(request);
    EXPECT_EQ(conflict_of(answer).stream, "b");
    expect_holds(this->store(), before);
    EXPECT_EQ(this->store().stream_info("c").value().version, Version{});

    request.expect[1].expected = Version{2};
    const auto appended = this->store().append(request).value();
    EXPECT_FALSE(appended.repeated) << "a refused request is not remembered";
    EXPECT_EQ(appended.first, Position{4});
}

TYPED_TEST_P(ExpectationContract, streams_that_are_only_checked_count_and_get_no_event) {
    add(this->store(), "shelf");
    auto request = request_for({"order"});
    request.expect = {{"shelf", Version{1}}, {"closing", Expect::none}};
    EXPECT_TRUE(this->store().append(request));
    EXPECT_EQ(this->store().stream_info("shelf").value().version, Version{1});
    EXPECT_EQ(this->store().stream_info("closing").value().version, Version{});

    add(this->store(), "closing");
    const auto before = history_of(this->store());
    auto late = request_for({"order"});
    late.expect = request.expect;
    const auto answer = this->store().append(late);
    EXPECT_EQ(conflict_of(answer).stream, "closing");
    expect_holds(this->store(), before);
}

TYPED_TEST_P(ExpectationContract, a_request_of_checks_alone_is_answered_and_writes_nothing) {
    add(this->store(), "a");
    const auto before = history_of(this->store());
    for (const auto durability : {Durability::flushed, Durability::buffered}) {
        auto met = checks({{"a", Version{1}}, {"b", Expect::none}});
        met.durability = durability;
        const auto answer = this->store().append(met).value();
        EXPECT_EQ(answer.first, Position{});
        EXPECT_EQ(answer.position, Position{});
        EXPECT_TRUE(answer.versions.empty());
        EXPECT_FALSE(answer.repeated);

        auto unmet = checks({{"a", Version{1}}, {"b", Expect::exists}});
        unmet.durability = durability;
        const auto refused = this->store().append(unmet);
        EXPECT_EQ(code_of(refused), "conflict");
    }
    expect_holds(this->store(), before);
}

TYPED_TEST_P(ExpectationContract, streams_are_compared_as_they_were_before_the_request) {
    auto request = request_for({"a", "a", "a"});
    request.expect = {{"a", Expect::none}};
    EXPECT_EQ(this->store().append(request).value().version(), Version{3});

    auto counts_itself = request_for({"a", "a"});
    counts_itself.expect = {{"a", Version{4}}};
    const auto answer = this->store().append(counts_itself);
    EXPECT_EQ(conflict_of(answer).actual, Version{3});
}

TYPED_TEST_P(ExpectationContract, streams_without_expectation_are_not_checked) {
    add(this->store(), "b");
    auto request = request_for({"a", "b", "c"});
    request.expect = {{"a", Expect::none}};
    EXPECT_EQ(
        this->store().append(request).value().versions,
        (std::vector<StreamVersion>{{"a", Version{1}}, {"b", Version{2}}, {"c", Version{1}}}));
}

TYPED_TEST_P(ExpectationContract, two_expectations_for_one_stream_are_misuse) {
    add(this->store(), "a");
    const auto before = history_of(this->store());
    for (const ExpectedVersion second :
         {ExpectedVersion{Version{1}}, ExpectedVersion{Expect::any}}) {
        auto request = request_for({"a"});
        request.expect = {{"a", Version{1}}, {"b", Expect::any}, {"a", second}};
        const auto answer = this->store().append(request);
        EXPECT_EQ(code_of(answer), "invalid");
    }
    expect_holds(this->store(), before);
}

TYPED_TEST_P(ExpectationContract, a_thousand_streams_can_be_checked_at_once) {
    add_many(this->store(), "stream-500", 2);
    std::vector<Expectation> expect;
    for (int i = 0; i < 1'000; ++i) {
        expect.push_back({"stream-" + std::to_string(i), i == 500 ? Version{2} : Version{0}});
    }
    EXPECT_TRUE(this->store().append(checks(expect)));

    add(this->store(), "stream-999");
    const auto answer = this->store().append(checks(expect));
    EXPECT_EQ(conflict_of(answer).stream, "stream-999");
}

TYPED_TEST_P(ExpectationContract, users_may_check_streams_of_the_system) {
    EXPECT_TRUE(this->store().append(checks({{"$import-a", Expect::none}})));
    this->store().backend().append_system(request_for({"$import-a"})).value();
    EXPECT_TRUE(this->store().append(checks({{"$import-a", Version{1}}})));
    EXPECT_FALSE(this->store().append(checks({{"$import-a", Expect::none}})));
}

TYPED_TEST_P(ExpectationContract, expectations_hold_after_closing_and_opening) {
    add_many(this->store(), "a", 3);
    this->reopen();
    const auto stale = this->expecting("a", Version{2});
    EXPECT_EQ(conflict_of(stale).actual, Version{3});
    EXPECT_EQ(conflict_of(stale).position, Position{3});
    EXPECT_FALSE(this->expecting("a", Expect::none));
    EXPECT_TRUE(this->expecting("a", Version{3}));
    EXPECT_TRUE(this->expecting("b", Expect::none));
}

TYPED_TEST_P(ExpectationContract, expectations_hold_far_back_in_history) {
    this->store().append(request_for({"old", "old"})).value();
    add_many(this->store(), "noise", 3'000);
    EXPECT_FALSE(this->expecting("old", Expect::none));
    const auto stale = this->expecting("old", Version{1});
    EXPECT_EQ(conflict_of(stale).actual, Version{2});
    EXPECT_EQ(conflict_of(stale).position, Position{2});
    EXPECT_EQ(this->expecting("old", Version{2}).value().version(), Version{3});
}

REGISTER_TYPED_TEST_SUITE_P(
    ExpectationContract, any_is_met_by_every_stream, none_is_met_before_the_first_event_only,
    exists_is_met_after_the_first_event_only, a_version_is_met_by_that_version_only,
    a_conflict_names_stream_versions_and_position, a_conflict_over_a_missing_stream_says_so,
    the_first_unmet_expectation_is_named, one_stale_stream_of_several_stops_the_whole_request,
    streams_that_are_only_checked_count_and_get_no_event,
    a_request_of_checks_alone_is_answered_and_writes_nothing,
    streams_are_compared_as_they_were_before_the_request,
    streams_without_expectation_are_not_checked, two_expectations_for_one_stream_are_misuse,
    a_thousand_streams_can_be_checked_at_once, users_may_check_streams_of_the_system,
    expectations_hold_after_closing_and_opening, expectations_hold_far_back_in_history);

}  // namespace mainstem::testing::contract
