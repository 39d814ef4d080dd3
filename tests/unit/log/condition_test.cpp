// Conditions of requests that are decided together, and where exactly `after` ends.
#include "log_fixture.hpp"

namespace mainstem::log {
namespace {

class ConditionTest : public LogTest {
protected:
    ConditionTest() { open_writer(); }

    static EventQuery tagged(const Tag& tag) { return QueryItem{.tags = {tag}}; }
    /// A request of one event with a tag.
    AppendRequest request(const Tag& tag, AppendCondition unless = {}) {
        AppendRequest made_request = one_event("s");
        made_request.events.front().event.tags.push_back(tag);
        made_request.unless = std::move(unless);
        return made_request;
    }
    Position add(const Tag& tag) { return store->append(request(tag)).value().position; }
    /// Where a condition fails; 0 if it holds.
    static Position refused_at(const Result<Appended>& answer) {
        return answer ? Position{} : answer.error().conflict().value().position;
    }
    static Position refused_at(const Answer& answer) { return refused_at(answer->value()); }
    Position changed_since(const Tag& tag, Position after) {
        return refused_at(store->append({.unless = {.changed = tagged(tag), .after = after}}));
    }
};

TEST_F(ConditionTest, sees_what_is_staged_before_in_the_group) {
    const Position before = add("other");
    const AppendCondition unique{.exists = tagged("a")};
    const AppendCondition unchanged{.changed = tagged("b"), .after = before};
    const Answer claimed = queue(request("a", unique));
    const Answer claimed_again = queue(request("a", unique));
    const Answer based = queue(request("b", unchanged));
    const Answer based_on_old = queue(request("b", unchanged));
    EXPECT_EQ(store->serve_pending(), 4U);
    EXPECT_EQ(claimed->value().value().position, Position{2});
    EXPECT_EQ(refused_at(claimed_again), Position{2});
    EXPECT_EQ(based->value().value().position, Position{3}) << "the refused one left no gap";
    EXPECT_EQ(refused_at(based_on_old), Position{3});
}

TEST_F(ConditionTest, sees_what_was_decided_while_the_disk_was_busy) {
    const AppendCondition unique{.exists = tagged("a")};
    const Answer first = queue(request("other"));
    Answer claimed;
    Answer claimed_again;
    disk.in_next_flush([&] {
        claimed = queue(request("a", unique));
        store->decide_pending();
        claimed_again = queue(request("a", unique));
        store->decide_pending();
    });
    store->serve_pending();
    store->serve_pending();
    EXPECT_TRUE(first->value());
    EXPECT_EQ(claimed->value().value().position, Position{2});
    EXPECT_EQ(refused_at(claimed_again), Position{2});
}

TEST_F(ConditionTest, counts_what_comes_behind_after_and_not_what_stands_there) {
    const Position one = add("a");
    const Position two = add("a");
    add("other");
    for (int segments = 1; segments <= 3; segments += 2) {
        SCOPED_TRACE(testing::Message() << segments << " segments");
        fill(segments);
        store->run_background();
        EXPECT_EQ(changed_since("a", {one.value - 1}), two);
        EXPECT_EQ(changed_since("a", one), two);
        EXPECT_EQ(changed_since("a", two), Position{});
    }
}

TEST_F(ConditionTest, counts_staged_events_behind_after_and_not_that_which_stands_there) {
    const Position next = add("other").next();
    const Answer staged = queue(request("a"));
    const Answer at = queue(request("b", {.changed = tagged("a"), .after = next}));
    const Answer before = queue(request("b", {.changed = tagged("a"), .after = {next.value - 1}}));
    store->serve_pending();
    EXPECT_EQ(staged->value().value().position, next);
    EXPECT_EQ(refused_at(at), Position{});
    EXPECT_EQ(refused_at(before), next);
}

TEST_F(ConditionTest, holds_beside_an_expectation_that_is_met) {
    add("a");
    for (const ExpectedVersion expected :
         {ExpectedVersion{Version{1}}, ExpectedVersion{Expect::exists}, ExpectedVersion{}}) {
        AppendRequest claim = request("a", {.exists = tagged("a")});
        claim.expect = {{"s", expected}};
        EXPECT_EQ(refused_at(store->append(claim)), Position{1});
        claim.unless = {.changed = tagged("a")};
        EXPECT_EQ(refused_at(store->append(claim)), Position{1});
    }
    EXPECT_EQ(store->head().value(), Position{1});
}

}  // namespace
}  // namespace mainstem::log
