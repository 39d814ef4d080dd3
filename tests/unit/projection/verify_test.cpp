// Comparing a read model with its events finds each kind of difference.
#include "unit/projection/runner_fixture.hpp"

namespace mainstem::projection_test {
namespace {

class VerifyTest : public RunnerTest {
protected:
    VerifyTest() {
        for (const auto* const id : {"a", "b", "c"}) deposit(id, 1);
        deposit("d", -1);
        reaches(start(RunnerOptions{.on_failure = {.then = OnFailure::skip}}), head());
    }
    /// Writes past the runner.
    void change(std::vector<DocumentChange> changes) {
        auto& store = *model_.store();
        const auto lead = store.try_lead("accounts").value();
        const auto stored = record();
        const auto done = store.commit({.projection = "accounts",
                                        .generation = stored.generation,
                                        .epoch = lead->epoch(),
                                        .from = stored.position,
                                        .to = stored.position,
                                        .changes = std::move(changes)});
        ASSERT_TRUE(done) << done.error();
    }
    VerifiedProjection verify() {
        return verify_projection(store_, model_, projection_of(Accounts{}),
                                 ReadModel{open_memory_model()})
            .value();
    }
};
INSTANTIATE_TEST_SUITE_P(Backends, VerifyTest, ::testing::Values(Backend::memory, Backend::sqlite),
                         backend_name);

constexpr auto right = R"({"balance":1,"events":1})";

TEST_P(VerifyTest, what_a_runner_made_is_right_with_events_set_aside) {
    const auto verified = verify();
    EXPECT_EQ(verified.different, 0U);
    EXPECT_EQ(verified.position, Position{4});
    EXPECT_EQ(verified.events, 3U);
    EXPECT_EQ(verified.documents, 3U);
}

TEST_P(VerifyTest, each_kind_of_difference_is_found) {
    change({{"accounts", {"a", Position{1}, R"({"balance":2,"events":1})"}, false},
            {"accounts", {"aa", Position{2}, right}, false},
            {"accounts", {"b", Position{2}, {}}, true},
            {"accounts", {"c", Position{4}, right}, false},
            {"accounts", {"z", Position{2}, right}, false}});
    const auto verified = verify();
    EXPECT_EQ(verified.different, 5U);
    ASSERT_EQ(verified.differences.size(), 5U);
    EXPECT_EQ(verified.differences[0].stored, R"({"balance":2,"events":1})");
    EXPECT_EQ(verified.differences[0].expected, right);
    EXPECT_EQ(verified.differences[1].id, "aa");
    EXPECT_EQ(verified.differences[1].expected, "");
    EXPECT_EQ(verified.differences[2].stored, "");
    EXPECT_EQ(verified.differences[2].expected_version, Position{2});
    EXPECT_EQ(verified.differences[3].stored_version, Position{4});
    EXPECT_EQ(verified.differences[3].expected_version, Position{3});
    EXPECT_EQ(verified.differences[4].id, "z");
}

TEST_P(VerifyTest, it_needs_the_lead_and_the_same_version) {
    const auto scratch = [] { return ReadModel{open_memory_model()}; };
    auto verified = verify_projection(store_, model_, accounts_version(2), scratch());
    ASSERT_FALSE(verified);
    EXPECT_TRUE(verified.error() == ProjectionError::differs) << verified.error();
    const auto lead = model_.store()->try_lead("accounts").value();
    verified = verify_projection(store_, model_, projection_of(Accounts{}), scratch());
    ASSERT_FALSE(verified);
    EXPECT_TRUE(verified.error() == ProjectionError::leads) << verified.error();
}

}  // namespace
}  // namespace mainstem::projection_test
