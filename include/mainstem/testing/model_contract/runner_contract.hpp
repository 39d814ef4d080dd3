// What runners and users leave for each other: dead letters, wishes, failures.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

inline DeadLetter letter(std::uint64_t position, std::string error = "bad") {
    return {Position{position}, std::move(error),
            Timestamp{std::chrono::microseconds{1'700'000'000'000'000 + position}}};
}

template <ModelBackend Backend>
class DeadLetterContract : public ModelStoreContract<Backend> {
protected:
    /// Goes on to `to`, where these were set aside.
    void set_aside(Leader& leader, std::uint64_t to, std::vector<DeadLetter> letters) {
        auto commit = leader.next();
        commit.to = Position{to};
        commit.set_aside = std::move(letters);
        leader.commit(commit).value();
    }
    std::vector<DeadLetter> letters(std::uint64_t after = 0, std::size_t limit = 100) {
        return this->model().dead_letters("people", Position{after}, limit).value();
    }
};
TYPED_TEST_SUITE_P(DeadLetterContract);

using Letters = std::vector<DeadLetter>;

TYPED_TEST_P(DeadLetterContract, events_are_set_aside_and_listed) {
    Leader leader{this->model(), people()};
    EXPECT_EQ(this->letters(), Letters{});
    this->set_aside(leader, 5, {letter(4), letter(2, "said \"no\"\nand 'why', ß")});
    this->set_aside(leader, 9, {letter(9), letter(3)});
    EXPECT_EQ(this->letters(),
              (Letters{letter(2, "said \"no\"\nand 'why', ß"), letter(3), letter(4), letter(9)}));
    EXPECT_EQ(this->letters(3), (Letters{letter(4), letter(9)}));
    EXPECT_EQ(this->letters(0, 1).size(), 1U);
    EXPECT_EQ(this->letters(2, 2), (Letters{letter(3), letter(4)}));
    EXPECT_EQ(this->letters(9), Letters{});
    EXPECT_EQ(this->letters(0, 0), Letters{});
    EXPECT_EQ(serving(this->model()).dead_letters, 4U);
    EXPECT_EQ(serving(this->model()).position, Position{9});
}

TYPED_TEST_P(DeadLetterContract, the_last_error_of_an_event_counts) {
    Leader leader{this->model(), people()};
    this->set_aside(leader, 5, {letter(4, "first")});
    this->set_aside(leader, 5, {letter(4, "second")});
    EXPECT_EQ(this->letters(), Letters{letter(4, "second")});
    EXPECT_EQ(serving(this->model()).dead_letters, 1U);
}

TYPED_TEST_P(DeadLetterContract, replayed_ones_go_with_their_documents) {
    Leader leader{this->model(), people()};
    this->set_aside(leader, 5, {letter(2), letter(3), letter(4)});
    auto commit = leader.next({{"people", {"ada", Position{3}, "{}"}, false}});
    commit.to = commit.from;
    commit.replayed = {Position{3}, Position{2}};
    ASSERT_TRUE(leader.commit(commit));
    EXPECT_EQ(this->letters(), Letters{letter(4)});
    EXPECT_EQ(serving(this->model()).dead_letters, 1U);
    EXPECT_EQ(serving(this->model()).position, Position{5});
    EXPECT_TRUE(this->model().get("people", "ada", 0).value());
}

TYPED_TEST_P(DeadLetterContract, nothing_is_replayed_twice) {
    Leader leader{this->model(), people()};
    this->set_aside(leader, 5, {letter(3), letter(4)});
    auto commit = leader.next({{"people", {"ada", Position{3}, R"({"n":1})"}, false}});
    commit.to = commit.from;
    commit.replayed = {Position{3}};
    ASSERT_TRUE(leader.commit(commit));
    commit.changes[0].document.json = R"({"n":2})";
    EXPECT_EQ(code_of(leader.commit(commit)), "fenced");
    commit.replayed = {Position{4}, Position{1}};
    EXPECT_EQ(code_of(leader.commit(commit)), "fenced") << "one is no dead letter";
    EXPECT_EQ(this->letters(), Letters{letter(4)});
    EXPECT_EQ(this->model().get("people", "ada", 0).value()->json, R"({"n":1})");
}

TYPED_TEST_P(DeadLetterContract, what_is_refused_sets_nothing_aside) {
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    this->set_aside(leader, 5, {letter(3)});
    auto commit = leader.next({put("a", R"({"n":1})"), put("b", R"({"n":1})")});
    commit.set_aside = {letter(6)};
    commit.replayed = {Position{3}};
    EXPECT_EQ(code_of(leader.commit(commit)), "not_unique");
    EXPECT_EQ(this->letters(), Letters{letter(3)});
}

TYPED_TEST_P(DeadLetterContract, each_build_has_its_own) {
    Leader leader{this->model(), people()};
    this->set_aside(leader, 5, {letter(3), letter(4)});
    const auto build = this->model().begin_build(people({}, 2), leader.epoch()).value();
    leader.goes_on_with(build);
    this->set_aside(leader, 4, {letter(1)});
    EXPECT_EQ(this->letters(), (Letters{letter(3), letter(4)})) << "of the build that serves";
    EXPECT_EQ(this->model().projections().value().at(0).dead_letters, 2U);
    EXPECT_EQ(this->model().projections().value().at(1).dead_letters, 1U);
    this->model().finish_build("people", build.generation, leader.epoch()).value();
    EXPECT_EQ(this->letters(), Letters{letter(1)});
    EXPECT_EQ(serving(this->model()).dead_letters, 1U);
}

TYPED_TEST_P(DeadLetterContract, projections_do_not_share_them) {
    Leader leader{this->model(), people()};
    Leader other{this->model(), {.name = "others"}};
    this->set_aside(leader, 5, {letter(3)});
    this->set_aside(other, 5, {letter(3, "other"), letter(4, "other")});
    EXPECT_EQ(this->letters(), Letters{letter(3)});
    EXPECT_EQ(this->model().dead_letters("others", {}, 9).value().size(), 2U);
}

REGISTER_TYPED_TEST_SUITE_P(DeadLetterContract, events_are_set_aside_and_listed,
                            the_last_error_of_an_event_counts,
                            replayed_ones_go_with_their_documents, nothing_is_replayed_twice,
                            what_is_refused_sets_nothing_aside, each_build_has_its_own,
                            projections_do_not_share_them);

template <ModelBackend Backend>
class WishContract : public ModelStoreContract<Backend> {};
TYPED_TEST_SUITE_P(WishContract);

TYPED_TEST_P(WishContract, wishes_are_kept_without_a_lead) {
    ASSERT_TRUE(this->model().declare(people()));
    ASSERT_TRUE(this->model().declare({.name = "others"}));
    const auto other = this->another();
    for (const auto wish : {ProjectionWish::pause, ProjectionWish::stop, ProjectionWish::run}) {
        EXPECT_TRUE(other->wish("people", wish));
        EXPECT_EQ(serving(this->model()).wish, wish);
    }
    EXPECT_EQ(serving(this->model(), "others").wish, ProjectionWish::run);
}

TYPED_TEST_P(WishContract, failures_are_kept_until_they_are_taken_back) {
    ASSERT_TRUE(this->model().declare(people()));
    const std::string why = "event 7: field \"n\": 'x'\nis no number, ß";
    EXPECT_TRUE(this->model().set_failure("people", 1, why));
    EXPECT_EQ(serving(this->model()).failure, why);
    this->reopen();
    EXPECT_EQ(serving(this->model()).failure, why);
    EXPECT_TRUE(this->model().set_failure("people", 1, ""));
    EXPECT_EQ(serving(this->model()).failure, "");
}

TYPED_TEST_P(WishContract, each_build_has_a_failure_of_its_own) {
    const Leader leader{this->model(), people()};
    const auto served = serving(this->model()).generation;
    const auto build = this->model().begin_build(people({}, 2), leader.epoch()).value().generation;
    EXPECT_TRUE(this->model().set_failure("people", build, "why"));
    this->reopen();
    for (const auto& record : this->model().projections().value()) {
        EXPECT_EQ(record.failure, record.generation == build ? "why" : "");
    }
    EXPECT_TRUE(this->model().set_failure("people", build, ""));
    EXPECT_TRUE(this->model().set_failure("people", served, "and why"));
    for (const auto& record : this->model().projections().value()) {
        EXPECT_EQ(record.failure, record.generation == served ? "and why" : "");
    }
    EXPECT_EQ(code_of(this->model().set_failure("people", build + 1, "why")), "fenced");
}

TYPED_TEST_P(WishContract, a_wish_outlives_a_build_and_a_failure_does_not) {
    const Leader leader{this->model(), people()};
    this->model().set_failure("people", 1, "why").value();
    const auto build = this->model().begin_build(people({}, 2), leader.epoch()).value();
    this->model().wish("people", ProjectionWish::pause).value();
    EXPECT_EQ(build.failure, "");
    EXPECT_EQ(serving(this->model()).failure, "why");
    for (const auto& record : this->model().projections().value()) {
        EXPECT_EQ(record.wish, ProjectionWish::pause) << "generation " << record.generation;
    }
    this->model().set_failure("people", build.generation, "why").value();
    this->model().finish_build("people", build.generation, leader.epoch()).value();
    EXPECT_EQ(serving(this->model()).wish, ProjectionWish::pause);
    EXPECT_EQ(serving(this->model()).failure, "");
}

TYPED_TEST_P(WishContract, declaring_and_leading_change_neither) {
    ASSERT_TRUE(this->model().declare(people()));
    this->model().wish("people", ProjectionWish::stop).value();
    this->model().set_failure("people", 1, "why").value();
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    leader.commit({put("ada")}).value();
    EXPECT_EQ(serving(this->model()).wish, ProjectionWish::stop);
    EXPECT_EQ(serving(this->model()).failure, "why");
}

REGISTER_TYPED_TEST_SUITE_P(WishContract, wishes_are_kept_without_a_lead,
                            failures_are_kept_until_they_are_taken_back,
                            each_build_has_a_failure_of_its_own,
                            a_wish_outlives_a_build_and_a_failure_does_not,
                            declaring_and_leading_change_neither);

}  // namespace mainstem::testing::model_contract
