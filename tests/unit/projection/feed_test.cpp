// One read of the log for members that are not at one place: none is given an event twice, none
// misses one; and what ends a wait from another thread.
#include "projection/feed.hpp"
#include "unit/projection/runner_fixture.hpp"

namespace mainstem::projection_test {
namespace {

using projection::Feed;
using projection::Interrupt;
using projection::Member;

class FeedTest : public RunnerTest {
protected:
    FeedTest() {
        options_.gather = 0ms;
        options_.on_failure = {.first = 0ms, .longest = 0ms, .then = OnFailure::skip};
    }
    void declare() {
        static_cast<void>(model_.store()->declare(projection_.declaration).value());
        lead_ = model_.store()->try_lead("accounts").value();
    }
    /// As one that begins now.
    std::shared_ptr<Member> member() {
        return std::make_shared<Member>(projection_, options_, model_.store(), record(),
                                        lead_->epoch());
    }
    void step(const Feed::Members& members) {
        Feed feed{store_, members, options_};
        Interrupt interrupt;
        ASSERT_TRUE(feed.step(0ns, interrupt));
    }

    Projection projection_ = projection_of(Accounts{});
    RunnerOptions options_;
    std::unique_ptr<Lead> lead_;
};
INSTANTIATE_TEST_SUITE_P(Backends, FeedTest, ::testing::Values(Backend::memory, Backend::sqlite),
                         backend_name);

// Regression: the commit of what was looked at before it had the event's own position.
TEST_P(FeedTest, an_event_by_itself_is_applied_after_many_of_no_concern) {
    declare();
    for (int i = 0; i < 99'999; ++i) store_.append("others", NewEvent{"Other"}).value();
    deposit("a", 1);
    deposit("a", -1);
    const auto one = member();
    while (one->position() < head()) {
        step({one});  // fails at the second deposit, with the first one before it
        ASSERT_EQ(one->state(), Member::State::folding);
    }
    EXPECT_EQ(account("a"), "1/1");
    EXPECT_EQ(letters().size(), 1U);
    EXPECT_EQ(one->position(), head());
}

// Regression: after an event that failed, all before it in the batch were committed one by one.
TEST_P(FeedTest, a_bad_event_costs_few_commits) {
    declare();
    for (int i = 0; i < 1'000; ++i) deposit("a", i == 900 ? -1 : 1);
    const auto one = member();
    while (one->position() < head()) step({one});
    EXPECT_EQ(account("a"), "999/999");
    EXPECT_EQ(letters().size(), 1U);
    EXPECT_EQ(faulty_->counts().commits, 3U);
}

TEST_P(FeedTest, what_a_commit_fails_for_is_found_by_halves) {
    projection_.declaration.collections.front().indexes = {
        {.name = "by_balance", .fields = {"balance"}, .unique = true}};
    declare();
    for (int i = 0; i < 1'000; ++i)
        deposit(std::to_string(i), i == 700 || i == 703 ? 101 : 100 + i);
    const auto one = member();
    while (one->position() < head()) step({one});
    ASSERT_EQ(letters().size(), 2U);
    EXPECT_EQ(letters()[0].position, Position{701});
    EXPECT_EQ(letters()[1].position, Position{704});
    EXPECT_EQ(account("699"), "799/1");
    EXPECT_EQ(account("701"), "801/1");
    EXPECT_EQ(account("999"), "1099/1");
    EXPECT_LT(faulty_->counts().commits, 60U);
}

TEST_P(FeedTest, a_commit_is_of_a_batch_at_most_and_of_one_where_there_is_one) {
    declare();
    options_.batch_events = 300;
    for (int i = 0; i < 1'000; ++i) deposit("a", 1);
    const auto one = member();
    Feed feed{store_, {one}, options_};
    Interrupt interrupt;
    for (const std::uint64_t position : {300, 600, 900, 1'000}) {
        ASSERT_TRUE(feed.step(0ns, interrupt));
        EXPECT_EQ(one->position(), Position{position});
    }
    EXPECT_EQ(one->commits(), 4U);
}

// Regression: an event that was stored already was committed again with its own position.
TEST_P(FeedTest, a_feed_that_begins_behind_a_member_changes_nothing_of_it) {
    declare();
    deposit("a", -1);
    deposit("a", 1);
    const auto one = member();
    step({one});
    step({one});
    ASSERT_EQ(one->position(), Position{2});
    auto other = projection_of(Accounts{});
    other.declaration.name = "behind";
    other.declaration.collections[0].name = "behind";
    static_cast<void>(model_.store()->declare(other.declaration).value());
    const auto behind =
        std::make_shared<Member>(other, options_, model_.store(), record("behind"), 0);
    step({behind, one});
    EXPECT_EQ(one->state(), Member::State::folding);
    EXPECT_EQ(one->position(), Position{2});
    EXPECT_EQ(account("a"), "1/1");
}

// Regression: a search that had not come to its end was taken for the head.
TEST_P(FeedTest, who_searches_on_is_not_at_the_head) {
    declare();
    for (int i = 0; i < 50'000; ++i) store_.append("others", NewEvent{"Other"}).value();
    Feed feed{store_, {member()}, options_};
    Interrupt interrupt;
    do {
        ASSERT_TRUE(feed.step(0ns, interrupt));
        EXPECT_EQ(feed.at_head(), feed.members().front()->position() == head());
    } while (!feed.at_head());
}

TEST_P(FeedTest, a_fenced_former_leader_writes_nothing) {
    declare();
    const auto former = member();
    lead_.reset();
    lead_ = model_.store()->try_lead("accounts").value();
    deposit("a", 1);
    step({former});
    EXPECT_EQ(former->state(), Member::State::fenced);
    EXPECT_EQ(account("a"), "-");
    EXPECT_EQ(record().position, Position{});
    step({member()});
    EXPECT_EQ(account("a"), "1/1");
}

TEST_P(FeedTest, an_interrupt_ends_the_wait_under_way_or_the_next_one) {
    for (const bool before : {true, false}) {
        auto subscription = store_.subscribe().value();
        Interrupt interrupt;
        if (before) interrupt.raise();
        interrupt.watch(&subscription);
        if (!before) interrupt.raise();
        const auto next = subscription.next(0ns);
        ASSERT_FALSE(next);
        EXPECT_TRUE(next.error() == StoreError::cancelled) << next.error();
        interrupt.watch(nullptr);
        EXPECT_TRUE(interrupt.take());
        EXPECT_FALSE(interrupt.take());
    }
}

TEST_P(FeedTest, who_was_interrupted_is_not_at_the_head) {
    declare();
    deposit("a", 1);
    Feed feed{store_, {member()}, options_};
    Interrupt interrupt;
    interrupt.raise();
    ASSERT_TRUE(feed.step(0ns, interrupt));
    EXPECT_FALSE(feed.at_head());
    EXPECT_TRUE(interrupt.take());
    ASSERT_TRUE(feed.step(0ns, interrupt));
    EXPECT_TRUE(feed.at_head());
    EXPECT_EQ(account("a"), "1/1");
}

}  // namespace
}  // namespace mainstem::projection_test
