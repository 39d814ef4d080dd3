// What a runner makes of events: documents, dead letters, waits; and what users tell it meanwhile.
#include <utility>

#include "unit/projection/runner_fixture.hpp"

namespace mainstem::projection_test {
namespace {

struct Count {
    static constexpr auto collection = "counts";
    static std::vector<FieldPath> fields() { return {"events"}; }
    int events = 0;
};
struct Counter {
    static constexpr auto projection = "counter";
    using Documents = mainstem::Documents<Count>;
    static void apply(const EventView&, Documents& documents) { ++documents["all"].events; }
};

TEST(Declaration, fields_of_a_struct_are_declared) {
    EXPECT_EQ(projection_of(Counter{}).declaration.collections.front().fields,
              std::vector<FieldPath>{"events"});
}

INSTANTIATE_TEST_SUITE_P(Backends, RunnerTest, ::testing::Values(Backend::memory, Backend::sqlite),
                         backend_name);

TEST_P(RunnerTest, events_become_documents_each_once) {
    deposit("a", 1);
    deposit("b", 2);
    auto runner = start();
    reaches(runner, head());
    deposit("a", 10);
    close("b");
    deposit("b", 5);
    reaches(runner, head());
    EXPECT_EQ(account("a"), "11/2");
    EXPECT_EQ(account("b"), "5/1");
    EXPECT_EQ(runner.status().front().lag_events, 0U);
}

TEST_P(RunnerTest, it_goes_on_where_the_one_before_ended) {
    for (int i = 0; i < 5; ++i) {
        deposit("a", 1);
        auto runner = start();
        reaches(runner, head());
    }
    EXPECT_EQ(account("a"), "5/5");
    expect_verified();
}

TEST_P(RunnerTest, it_stops_at_an_event_that_fails_with_all_before_it_stored) {
    deposit("a", 1);
    deposit("a", -1);
    deposit("a", 1);
    auto runner = start();
    EXPECT_TRUE(runner.wait_stopped(deadline));
    EXPECT_EQ(account("a"), "1/1");
    EXPECT_EQ(record().position, Position{1});
    EXPECT_NE(record().failure.find("an amount below 0"), std::string::npos) << record().failure;
    const auto waited = runner.wait_until(Position{3}, deadline);
    ASSERT_FALSE(waited);
    EXPECT_TRUE(waited.error() == ProjectionError::stopped) << waited.error();
}

TEST_P(RunnerTest, events_that_fail_are_set_aside_and_change_nothing) {
    deposit("a", 1);
    deposit("a", -1);
    deposit("a", 13);
    close("nobody");
    store_.append("s", NewEvent{"Deposited", "{]"}).value();
    deposit("a", 2);
    auto runner = start(RunnerOptions{.on_failure = {.then = OnFailure::skip}});
    reaches(runner, head());
    EXPECT_EQ(account("a"), "3/2");
    ASSERT_EQ(letters().size(), 4U);
    EXPECT_EQ(letters()[1].position, Position{3});
    EXPECT_NE(letters()[1].error.find("unlucky"), std::string::npos);
    EXPECT_EQ(runner.status().front().set_aside, 4U);
}

TEST_P(RunnerTest, dead_letters_that_fail_again_stay) {
    deposit("a", -1);
    close("late");
    deposit("late", 2);
    auto runner = start(RunnerOptions{.on_failure = {.then = OnFailure::skip}});
    reaches(runner, head());
    ASSERT_EQ(letters().size(), 2U);
    EXPECT_EQ(runner.replay_dead_letters("accounts").value(), 1U);
    EXPECT_EQ(letters().size(), 1U);
    EXPECT_EQ(account("late"), "-");
    EXPECT_EQ(runner.status().front().position, head());
}

TEST_P(RunnerTest, a_commit_is_retried_whether_or_not_it_took_effect) {
    for (const bool stored : {false, true}) {
        open({{.at = 1, .stored = stored}, {.at = 3, .stored = stored}});
        deposit("a", 1);
        auto runner = start();
        reaches(runner, head());
        deposit("a", 1);
        reaches(runner, head());
        EXPECT_EQ(account("a"), stored ? "4/4" : "2/2");
    }
    expect_verified();
}

// Regression: what the model could not read was taken for a fault of the event.
TEST_P(RunnerTest, a_document_that_cannot_be_read_for_now_is_no_dead_letter) {
    deposit("a", 1);
    {
        reaches(start(), head());
    }
    auto inner = faulty_->inner();
    faulty_ = std::make_shared<FaultyModel>(
        inner, testing::FaultyModelOptions{.faults = {{.call = ModelCall::get, .at = 1},
                                                      {.call = ModelCall::get, .at = 2}}});
    model_ = ReadModel{faulty_};
    close("a");
    auto runner = start(RunnerOptions{.on_failure = {.then = OnFailure::skip}});
    reaches(runner, head());
    EXPECT_EQ(letters().size(), 0U);
    EXPECT_EQ(account("a"), "-");
}

TEST_P(RunnerTest, wishes_show_when_the_call_returns) {
    auto runner = start();
    reaches(runner, head());
    ASSERT_TRUE(runner.pause("accounts"));
    EXPECT_EQ(runner.status().front().state, ProjectionState::paused);
    deposit("a", 1);
    const auto waited = runner.wait_until("accounts", head(), 0ns);
    ASSERT_FALSE(waited);
    EXPECT_TRUE(waited.error() == ProjectionError::timed_out) << waited.error();
    EXPECT_EQ(account("a"), "-");
    EXPECT_EQ(runner.status().front().lag_events, 1U);
    ASSERT_TRUE(runner.resume("accounts"));
    reaches(runner, head());
    ASSERT_TRUE(model_.store()->wish("accounts", ProjectionWish::stop));
    EXPECT_TRUE(runner.wait_stopped(deadline));
    EXPECT_FALSE(runner.pause("nobody"));
}

TEST_P(RunnerTest, a_rebuild_makes_the_same_beside_what_serves) {
    for (int i = 0; i < 100; ++i) deposit("a" + std::to_string(i % 7), i + 20);
    auto runner = start(RunnerOptions{.batch_events = 10});
    reaches(runner, head());
    const auto generation = record().generation;
    ASSERT_TRUE(runner.rebuild("accounts"));
    EXPECT_TRUE(runner.status().front().building || record().generation > generation);
    deposit("a0", 1);
    reaches(runner, head());
    until([&] { return record().generation > generation; });
    EXPECT_EQ(record().position, head());
    until([&] { return !runner.status().front().building; });
    deposit("a0", 1);
    reaches(runner, head());
    runner = start();
    reaches(runner, head());
    ASSERT_TRUE(runner.pause("accounts"));
}

TEST_P(RunnerTest, a_rebuild_that_stops_leaves_what_serves) {
    deposit("a", 1);
    deposit("a", -1);
    deposit("a", 1);
    {
        reaches(start(RunnerOptions{.on_failure = {.then = OnFailure::skip}}), head());
    }
    auto runner = start();
    reaches(runner, head());
    const auto generation = record().generation;
    ASSERT_TRUE(runner.rebuild("accounts"));
    until([&] { return !runner.status().front().building; });
    const auto status = runner.status().front();
    EXPECT_EQ(status.state, ProjectionState::running);
    EXPECT_NE(status.failure.find("the new build stopped"), std::string::npos) << status.failure;
    EXPECT_NE(status.failure.find("an amount below 0"), std::string::npos) << status.failure;
    EXPECT_EQ(record().generation, generation);
    EXPECT_EQ(record().failure, "");
    EXPECT_EQ(model_.projections().value().size(), 1U);
    deposit("a", 1);
    reaches(runner, head());
    EXPECT_EQ(account("a"), "3/3");
}

TEST_P(RunnerTest, lag_is_the_age_of_the_first_event_that_is_missing) {
    ManualClock clock{Timestamp{1h}};
    store_ = Store{open_memory_store(clock)};
    deposit("a", 1);
    auto runner = start(RunnerOptions{.clock = &clock});
    reaches(runner, head());
    clock.advance(10s);
    EXPECT_EQ(runner.status().front().lag, 0us);
    ASSERT_TRUE(runner.pause("accounts"));
    deposit("a", 1);
    clock.advance(1'500ms);
    deposit("a", 1);
    clock.advance(2s);
    EXPECT_EQ(runner.status().front().lag_events, 2U);
    EXPECT_EQ(runner.status().front().lag, 3'500ms);
    ASSERT_TRUE(runner.resume("accounts"));
    reaches(runner, head());
    EXPECT_EQ(runner.status().front().lag_events, 0U);
    EXPECT_EQ(runner.status().front().lag, 0us);
}

// Regression: who was interrupted while it built took what it had for all there was.
TEST_P(RunnerTest, an_interrupted_build_does_not_serve_before_it_has_all_events) {
    for (int i = 0; i < 2'000; ++i) deposit("a" + std::to_string(i % 7), 20);
    auto runner = start();
    reaches(runner, head());
    for (int round = 0; round < 5; ++round) {
        const auto generation = record().generation;
        ASSERT_TRUE(runner.rebuild("accounts"));
        while (record().generation == generation) {
            EXPECT_FALSE(runner.pause("nobody"));
            ASSERT_EQ(record().position, head());
        }
        ASSERT_EQ(record().position, head());
    }
}

TEST_P(RunnerTest, a_new_version_takes_over_when_it_is_built) {
    deposit("a", 1);
    {
        reaches(start(), head());
    }
    deposit("a", 1);
    auto runner = start(accounts_version(2));
    reaches(runner, head());
    EXPECT_EQ(record().declaration.version, 2U);
    EXPECT_EQ(account("a"), "2/2");
}

TEST_P(RunnerTest, a_second_runner_takes_over_when_the_first_ends) {
    auto first = std::make_unique<ProjectionRunner>(start());
    deposit("a", 1);
    reaches(*first, head());
    auto second = start();
    EXPECT_EQ(second.status().front().state, ProjectionState::standing_by);
    const auto rebuilt = second.rebuild("accounts");
    ASSERT_FALSE(rebuilt);
    EXPECT_TRUE(rebuilt.error() == ProjectionError::leads) << rebuilt.error();
    first.reset();
    deposit("a", 1);
    reaches(second, head());
    EXPECT_EQ(account("a"), "2/2");
}

TEST_P(RunnerTest, several_projections_begin_where_each_was) {
    auto others = projection_of(Accounts{});
    others.declaration = {.name = "others", .collections = {}};
    others.fold = [](const FoldBegin&) {
        struct Nothing final : Fold {
            Result<void> apply(const EventView&) override { return {}; }
            [[nodiscard]] std::size_t changed() const override { return 0; }
            Result<void> collect(std::vector<DocumentChange>&) override { return {}; }
            void committed() override {}
            void drop() override {}
        };
        return std::make_unique<Nothing>();
    };
    for (int i = 0; i < 50; ++i) deposit("a", 1);
    {
        reaches(start(), head());
    }
    for (int i = 0; i < 50; ++i) deposit("a", 1);
    auto runner = start(std::vector{projection_of(Accounts{}), others});
    reaches(runner, head());
    EXPECT_EQ(account("a"), "100/100");
    EXPECT_EQ(runner.status()[0].events, 50U);
    EXPECT_EQ(runner.status()[1].events, 100U);
}

TEST_P(RunnerTest, projections_at_one_place_share_one_read_of_the_log) {
    for (int i = 0; i < 20; ++i) {
        AppendRequest request;
        for (int each = 0; each < 500; ++each) {
            request.events.push_back({"s-a", encode(Deposited{"a", 1}).value()});
        }
        store_.append(request).value();
    }
    const auto reads_by = [&](const std::vector<Projection>& projections) {
        open({});
        const auto faulty = std::make_shared<testing::FaultyStore>(store_);
        const auto runner = ProjectionRunner::start(Store{faulty}, model_, projections, {}).value();
        reaches(runner, head());
        return faulty->counts().reads;
    };
    const auto accounts = projection_of(Accounts{});
    EXPECT_EQ(reads_by({accounts, projection_of(Counter{})}), reads_by({accounts}));
}

TEST_P(RunnerTest, a_runner_that_waits_for_a_retry_or_for_events_ends_at_once) {
    deposit("a", -1);
    {
        auto runner = start(RunnerOptions{.on_failure = {.retries = 1'000'000, .longest = 24h}});
        until([&] { return runner.status().front().state == ProjectionState::waiting; });
    }
    EXPECT_FALSE(ProjectionRunner::start(store_, model_, std::vector<Projection>{}, {}));
    EXPECT_FALSE(ProjectionRunner::start(store_, model_, Accounts{}, Accounts{}));
}

}  // namespace
}  // namespace mainstem::projection_test
