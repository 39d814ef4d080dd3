// Groups: requests that were decided on what the ones before them would store. Who builds on a
// request that was not stored must not be stored by chance.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

/// A request of one event for `stream`, which must have this version.
inline AppendRequest expecting(const std::string& stream, ExpectedVersion expected) {
    auto request = request_for({stream});
    request.expect = {{stream, expected}};
    return request;
}

using Texts = std::vector<std::string>;

template <ContractBackend Backend>
class GroupContract : public StoreContract<Backend> {
protected:
    using Answers = std::vector<Result<Appended>>;

    /// What became of each request of a group: "stored", "repeated", "held" (checks alone), or the
    /// name of the error.
    static Texts outcomes(const Answers& answers) {
        Texts texts;
        for (const auto& answer : answers) {
            if (!answer) {
                texts.emplace_back(answer.error().code_name());
            } else if (answer->repeated) {
                texts.emplace_back("repeated");
            } else {
                texts.emplace_back(answer->position.value == 0 ? "held" : "stored");
            }
        }
        return texts;
    }
    Texts outcomes_of(const std::vector<AppendRequest>& requests) {
        const auto head = this->store().head().value().value;
        const auto answers = this->store().append_group(requests);
        EXPECT_EQ(answers.size(), requests.size());
        std::uint64_t stored = 0;
        for (const auto& answer : answers) {
            if (answer && !answer->repeated && answer->position.value != 0) {
                stored += answer->position.value - answer->first.value + 1;
            }
        }
        EXPECT_EQ(this->store().head().value().value, head + stored);
        return outcomes(answers);
    }
};
TYPED_TEST_SUITE_P(GroupContract);

TYPED_TEST_P(GroupContract, of_nothing_has_no_answers) {
    EXPECT_TRUE(this->store().append_group({}).empty());
    EXPECT_EQ(this->store().head().value(), Position{0});
}

TYPED_TEST_P(GroupContract, each_request_sees_those_before_it) {
    std::vector<AppendRequest> requests;
    for (std::uint64_t version = 0; version < 10; ++version) {
        requests.push_back(request_for({"a", "b"}));
        requests.back().expect = {{"a", Version{version}}, {"b", Version{version}}};
        if (version % 3 == 1) requests.back().durability = Durability::buffered;
    }
    requests.push_back(checks({{"a", Version{10}}, {"b", Version{10}}, {"c", Expect::none}}));
    const auto answers = this->store().append_group(requests);
    ASSERT_EQ(answers.size(), 11U);
    for (std::uint64_t i = 0; i < 10; ++i) {
        ASSERT_TRUE(answers[i]) << answers[i].error();
        EXPECT_EQ(answers[i]->first, Position{2 * i + 1});
        EXPECT_EQ(answers[i]->position, Position{2 * i + 2});
        EXPECT_EQ(answers[i]->versions,
                  (std::vector<StreamVersion>{{"a", Version{i + 1}}, {"b", Version{i + 1}}}));
        EXPECT_FALSE(answers[i]->repeated);
        if (i % 3 != 1) {
            EXPECT_EQ(answers[i]->durability, Durability::flushed);
        }
    }
    EXPECT_TRUE(answers[10]) << "checks alone see them, too";
    const auto history = history_of(this->store());
    expect_history(history);
    ASSERT_EQ(history.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_EQ(history[i].id, requests[i / 2].events[i % 2].event.id);
    }
}

TYPED_TEST_P(GroupContract, a_request_that_builds_on_a_refused_one_is_not_stored_by_chance) {
    add(this->store(), "a");
    const auto answers = this->store().append_group(
        {expecting("a", Expect::none), expecting("a", Version{1}), request_for({"b"})});
    EXPECT_EQ(this->outcomes(answers), (Texts{"conflict", "conflict", "stored"}));
    const auto conflict = conflict_of(answers[1]);
    EXPECT_EQ(conflict.stream, "a");
    EXPECT_EQ(conflict.expected, ExpectedVersion{Version{1}});
    EXPECT_EQ(conflict.actual, Version{1}) << "it would have been met";
    EXPECT_EQ(conflict.position, Position{1});
    EXPECT_FALSE(answers[1].error().retryable());
    EXPECT_EQ(answers[1].error().message(),
              "a: an earlier request of the group names it, too, and was not stored; read it "
              "again, then decide again");
    EXPECT_EQ(this->store().stream_info("a").value().version, Version{1});
}

TYPED_TEST_P(GroupContract, a_refused_request_counts_for_all_streams_that_it_names) {
    add(this->store(), "checked");
    auto refused = request_for({"a", "b"});
    refused.expect = {{"checked", Expect::none}, {"also", Expect::none}};
    EXPECT_EQ(this->outcomes_of({refused, request_for({"a"}), request_for({"b"}),
                                 expecting("checked", Version{1}), checks({{"also", Expect::none}}),
                                 request_for({"other"})}),
              (Texts{"conflict", "conflict", "conflict", "conflict", "conflict", "stored"}));
}

TYPED_TEST_P(GroupContract, who_is_refused_so_is_not_stored_either) {
    add(this->store(), "a");
    EXPECT_EQ(this->outcomes_of({expecting("a", Expect::none), request_for({"a", "b"}),
                                 request_for({"b", "c"}), checks({{"c", Expect::none}}),
                                 expecting("c", Expect::none), request_for({"d"})}),
              (Texts{"conflict", "conflict", "conflict", "conflict", "conflict", "stored"}));
    EXPECT_EQ(this->store().stream_info("c").value().version, Version{0});
}

TYPED_TEST_P(GroupContract, only_later_requests_are_concerned) {
    EXPECT_EQ(this->outcomes_of({expecting("a", Expect::none), expecting("a", Expect::none),
                                 expecting("a", Version{1})}),
              (Texts{"stored", "conflict", "conflict"}));
    EXPECT_EQ(this->outcomes_of({expecting("a", Version{1})}), (Texts{"stored"}))
        << "the next group begins anew";
}

TYPED_TEST_P(GroupContract, checks_alone_count_if_they_fail) {
    add(this->store(), "a");
    EXPECT_EQ(this->outcomes_of({checks({{"a", Version{1}}, {"b", Expect::none}}),
                                 request_for({"a", "b"}), checks({{"a", Version{1}}}),
                                 request_for({"a"}), request_for({"b"})}),
              (Texts{"held", "stored", "conflict", "conflict", "stored"}));
}

TYPED_TEST_P(GroupContract, a_repeat_counts_as_not_stored) {
    const auto first = expecting("a", Expect::none);
    this->store().append(first).value();
    EXPECT_EQ(this->outcomes_of({first, expecting("a", Version{1}), request_for({"b"})}),
              (Texts{"repeated", "conflict", "stored"}));
    const auto twice = request_for({"c"});
    EXPECT_EQ(this->outcomes_of({twice, twice, expecting("c", Version{1})}),
              (Texts{"stored", "repeated", "conflict"}));
}

TYPED_TEST_P(GroupContract, a_group_that_is_sent_again_gets_its_first_answers) {
    const std::vector<AppendRequest> requests{expecting("a", Expect::none),
                                              expecting("a", Version{1}), request_for({"b", "a"}),
                                              checks({{"b", Version{1}}})};
    const auto first = this->store().append_group(requests);
    EXPECT_EQ(this->outcomes(first), (Texts{"stored", "stored", "stored", "held"}));
    for (int round = 0; round < 2; ++round) {
        const auto again = this->store().append_group(requests);
        EXPECT_EQ(this->outcomes(again), (Texts{"repeated", "repeated", "repeated", "conflict"}));
        for (std::size_t i = 0; i < 3; ++i) {
            ASSERT_TRUE(again[i]) << again[i].error();
            EXPECT_EQ(again[i]->first, first[i]->first);
            EXPECT_EQ(again[i]->versions, first[i]->versions);
        }
        this->reopen();
    }
    auto other = requests;
    other[1].events[0].event.data = "other";
    EXPECT_EQ(this->outcomes_of(other), (Texts{"repeated", "id_reused", "repeated", "conflict"}));
}

TYPED_TEST_P(GroupContract, whatever_the_reason_what_builds_on_it_is_refused) {
    const auto known = request_for({"known"});
    this->store().append(known).value();
    auto reused = request_for({"reused"});
    reused.events[0].event.id = known.events[0].event.id;
    auto broken = request_for({"broken", ""});
    auto system = request_for({"system", "$system"});
    auto conditional = request_for({"conditional"});
    conditional.unless.exists = QueryItem{.types = {"Happened"}};
    auto ahead = request_for({"ahead"});
    ahead.unless = {.changed = QueryItem{.types = {"None"}}, .after = Position{1'000}};
    EXPECT_EQ(this->outcomes_of({reused, broken, system, conditional, ahead,
                                 request_for({"reused"}), request_for({"broken"}),
                                 request_for({"system"}), request_for({"conditional"}),
                                 request_for({"ahead"}), request_for({"fine"})}),
              (Texts{"id_reused", "invalid", "invalid", "conflict", "out_of_range", "conflict",
                     "conflict", "conflict", "conflict", "conflict", "stored"}));
}

TYPED_TEST_P(GroupContract, the_rules_are_checked_first) {
    add(this->store(), "a");
    auto broken = request_for({"a", ""});
    EXPECT_EQ(this->outcomes_of({expecting("a", Expect::none), broken, request_for({"a"})}),
              (Texts{"conflict", "invalid", "conflict"}));
}

TYPED_TEST_P(GroupContract, a_request_that_is_too_large_is_refused_alone) {
    auto large = request_for({"large"});
    for (std::uint64_t bytes = 0; bytes <= this->largest_request.value; bytes += 16'000'000) {
        large.events.push_back({"large", event("Large", std::string(16'000'000, 'x'))});
    }
    EXPECT_EQ(this->outcomes_of(
                  {request_for({"a"}), large, request_for({"large"}), expecting("a", Version{1})}),
              (Texts{"stored", "invalid", "conflict", "stored"}));
}

TYPED_TEST_P(GroupContract, a_condition_sees_what_the_group_has_stored_before) {
    auto claim = request_for({"a"});
    claim.events[0].event.tags = {"name:ada"};
    claim.unless.exists = QueryItem{.tags = {"name:ada"}};
    auto again = request_for({"b"});
    again.events[0].event.tags = {"name:ada"};
    again.unless = claim.unless;
    EXPECT_EQ(this->outcomes_of({claim, again, request_for({"b"}), request_for({"a"})}),
              (Texts{"stored", "conflict", "conflict", "stored"}));
}

TYPED_TEST_P(GroupContract, a_large_group_is_stored_whole_and_in_order) {
    constexpr std::uint64_t count = 3'000;
    std::vector<AppendRequest> requests;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto stream = "stream-" + std::to_string(i % 10);
        requests.push_back(expecting(stream, Version{i / 10}));
        requests.back().events[0].event.data = std::string(100, 'x');
    }
    requests[1'000].expect[0].expected = Version{7};
    const auto answers = this->store().append_group(requests);
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool builds_on_it = i >= 1'000 && i % 10 == 0;
        ASSERT_EQ(answers[i].has_value(), !builds_on_it) << i;
        if (builds_on_it) ++refused;
    }
    const auto history = history_of(this->store());
    expect_history(history);
    EXPECT_EQ(history.size(), count - refused);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!answers[i]) continue;
        ASSERT_EQ(history[answers[i]->position.value - 1].id, requests[i].events[0].event.id);
    }
    EXPECT_EQ(this->store().stream_info("stream-0").value().version, Version{100});
}

REGISTER_TYPED_TEST_SUITE_P(
    GroupContract, of_nothing_has_no_answers, each_request_sees_those_before_it,
    a_request_that_builds_on_a_refused_one_is_not_stored_by_chance,
    a_refused_request_counts_for_all_streams_that_it_names, who_is_refused_so_is_not_stored_either,
    only_later_requests_are_concerned, checks_alone_count_if_they_fail,
    a_repeat_counts_as_not_stored, a_group_that_is_sent_again_gets_its_first_answers,
    whatever_the_reason_what_builds_on_it_is_refused, the_rules_are_checked_first,
    a_request_that_is_too_large_is_refused_alone, a_condition_sees_what_the_group_has_stored_before,
    a_large_group_is_stored_whole_and_in_order);

}  // namespace mainstem::testing::contract
