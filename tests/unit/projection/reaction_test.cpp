// Reactions: from the head of the first run on, in order, each once while nothing dies.
#include <mainstem/projection/reaction.hpp>

#include "unit/projection/runner_fixture.hpp"

namespace mainstem::projection_test {
namespace {

/// Amounts below 0 fail.
struct Receipts {
    static constexpr auto reaction = "receipts";
    using Event = Deposited;

    Result<void> react(const Deposited& event) const {
        if (event.amount < 0) return Error{ProjectionError::failed, "no receipt"};
        sent->push_back(event.amount);
        return {};
    }
    std::shared_ptr<std::vector<int>> sent = std::make_shared<std::vector<int>>();
};

class ReactionTest : public RunnerTest {
protected:
    ProjectionRunner run(RunnerOptions options = {}) {
        return start(reaction_of(receipts_), options);
    }
    using Sent = std::vector<int>;

    Receipts receipts_;
};
INSTANTIATE_TEST_SUITE_P(Backends, ReactionTest,
                         ::testing::Values(Backend::memory, Backend::sqlite), backend_name);

// Regression: it began at the first event of all.
TEST_P(ReactionTest, it_begins_at_the_head_of_its_first_run) {
    deposit("a", 1);
    {
        auto runner = run();
        reaches(runner, head());
        deposit("a", 2);
        reaches(runner, head());
    }
    deposit("a", 3);
    reaches(run(), head());
    EXPECT_EQ(*receipts_.sent, (Sent{2, 3}));
}

TEST_P(ReactionTest, one_that_first_ran_without_events_misses_none) {
    {
        auto runner = run();
        until([&] { return runner.status().front().state == ProjectionState::running; });
    }
    deposit("a", 1);
    reaches(run(), head());
    EXPECT_EQ(*receipts_.sent, Sent{1});
}

TEST_P(ReactionTest, a_new_version_goes_on_and_keeps_what_was_set_aside) {
    {
        auto runner = run({.on_failure = {.then = OnFailure::skip}});
        until([&] { return runner.status().front().state == ProjectionState::running; });
        deposit("a", 1);
        deposit("a", -1);
        reaches(runner, head());
    }
    deposit("a", 2);
    auto next = reaction_of(receipts_);
    next.declaration.version = 2;
    auto runner = start(next);
    reaches(runner, head());
    EXPECT_EQ(*receipts_.sent, (Sent{1, 2}));
    EXPECT_EQ(letters("receipts").size(), 1U);
}

TEST_P(ReactionTest, it_is_neither_rebuilt_nor_compared) {
    auto runner = run();
    reaches(runner, head());
    EXPECT_TRUE(runner.rebuild("receipts").error() == ProjectionError::invalid);
    const auto verified =
        verify_projection(store_, model_, reaction_of(receipts_), ReadModel{open_memory_model()});
    ASSERT_FALSE(verified);
    EXPECT_TRUE(verified.error() == ProjectionError::invalid) << verified.error();
}

// Regression: all of a batch was reacted to again when one of its events failed.
TEST_P(ReactionTest, what_was_reacted_to_is_not_repeated_for_another_event_or_a_lost_commit) {
    {
        reaches(run(), head());
    }
    until([&] { return record("receipts").generation == 2; });
    for (const int amount : {1, 2, -1, 3, -1, 4}) deposit("a", amount);
    auto inner = faulty_->inner();
    faulty_ = std::make_shared<FaultyModel>(
        inner, testing::FaultyModelOptions{.faults = {{.at = 1}, {.at = 3, .stored = true}}});
    model_ = ReadModel{faulty_};
    reaches(run({.on_failure = {.retries = 1, .then = OnFailure::skip}}), head());
    EXPECT_EQ(*receipts_.sent, (Sent{1, 2, 3, 4}));
    EXPECT_EQ(letters("receipts").size(), 2U);
}

}  // namespace
}  // namespace mainstem::projection_test
