// The collector of events: what it keeps, how long it waits, what it says when too little came.
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/testing/event_collector.hpp>
#include <mainstem/testing/faulty_store.hpp>

namespace mainstem::testing {
namespace {

using namespace std::chrono_literals;

class EventCollectorTest : public ::testing::Test {
protected:
    void add(const StreamId& stream, const std::string& type) {
        EXPECT_TRUE(store_.append(stream, NewEvent{type}));
    }

    Store store_{open_memory_store(Clock::system())};
};

TEST_F(EventCollectorTest, keeps_what_was_there_and_what_comes) {
    add("order-1", "OrderPlaced");
    const EventCollector collector{store_};
    add("order-1", "OrderPaid");
    const auto events = collector.wait_for(2).value();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].type, "OrderPlaced");
    EXPECT_EQ(events[1].type, "OrderPaid");
    EXPECT_EQ(collector.events(), events);
}

TEST_F(EventCollectorTest, begins_where_it_is_told_to_and_takes_what_matches) {
    for (const auto* type : {"A", "B", "A", "B", "A"}) add("s", type);
    const EventCollector collector{store_,
                                   {.after = Position{1}, .query = QueryItem{.types = {"A"}}}};
    const auto events = collector.wait_for(2).value();
    EXPECT_EQ(events[0].position, Position{3});
    EXPECT_EQ(events[1].position, Position{5});
}

TEST_F(EventCollectorTest, gives_as_many_as_were_asked_for) {
    for (int i = 0; i < 5; ++i) add("s", "A");
    const EventCollector collector{store_};
    EXPECT_EQ(collector.wait_for(5).value().size(), 5U);
    EXPECT_EQ(collector.wait_for(2).value().size(), 2U);
    EXPECT_TRUE(collector.wait_for(0, 0ns).value().empty());
}

TEST_F(EventCollectorTest, says_what_came_when_the_time_is_over) {
    add("order-1", "OrderPlaced");
    add("order-1", "OrderPaid");
    const EventCollector collector{store_};
    EXPECT_EQ(collector.wait_for(2).value().size(), 2U);
    const auto answer = collector.wait_for(3, 0ns);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error() == CollectError::too_few);
    EXPECT_TRUE(answer.error().retryable());
    EXPECT_EQ(answer.error().message(),
              "2 of 3 events came within 0 ms: 1 order-1@1 OrderPlaced, 2 order-1@2 OrderPaid");
}

TEST_F(EventCollectorTest, its_text_is_bounded) {
    for (int i = 0; i < 1'000; ++i) add("s", "A");
    const EventCollector collector{store_};
    EXPECT_EQ(collector.wait_for(1'000).value().size(), 1'000U);
    const auto text = collector.wait_for(1'001, 0ns).error().message();
    EXPECT_LT(text.size(), 300U);
    EXPECT_TRUE(text.starts_with("1000 of 1001 events came within 0 ms: ..., 991 s@991 A, "))
        << text;
    const EventCollector nothing{store_, {.query = QueryItem{.types = {"B"}}}};
    EXPECT_EQ(nothing.wait_for(1, 0ns).error().message(), "0 of 1 events came within 0 ms: none");
}

TEST_F(EventCollectorTest, tells_why_it_could_not_begin) {
    const EventCollector collector{store_, {.after = Position{7}}};
    EXPECT_TRUE(collector.wait_for(1).error() == StoreError::out_of_range);
    EXPECT_TRUE(collector.events().empty());
}

TEST_F(EventCollectorTest, tells_why_it_ended) {
    std::optional store{Store{open_memory_store(Clock::system())}};
    ASSERT_TRUE(store->append("s", NewEvent{"A"}));
    const EventCollector collector{*store};
    EXPECT_EQ(collector.wait_for(1).value().size(), 1U);
    store.reset();
    const auto answer = collector.wait_for(2);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error() == StoreError::closed);
    EXPECT_TRUE(answer.error().message().starts_with("1 of 2 events came: "));
}

TEST_F(EventCollectorTest, a_read_that_fails_ends_it) {
    const auto faulty = std::make_shared<FaultyStore>(
        store_, FaultyOptions{.faults = {{.call = CallKind::read,
                                          .at = 1,
                                          .error = StoreError::damaged,
                                          .after_events = 2}}});
    for (int i = 0; i < 3; ++i) add("s", "A");
    const EventCollector collector{Store{faulty}};
    EXPECT_TRUE(collector.wait_for(3).error() == StoreError::damaged);
    EXPECT_EQ(collector.events().size(), 2U);
}

TEST_F(EventCollectorTest, several_threads_may_wait) {
    const EventCollector collector{store_};
    std::vector<std::thread> threads;
    for (std::size_t count = 1; count <= 4; ++count) {
        threads.emplace_back(
            [&, count] { EXPECT_EQ(collector.wait_for(count).value().size(), count); });
    }
    for (int i = 0; i < 4; ++i) add("s", "A");
    for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace mainstem::testing
