// Searches over a store: what is passed on, in which order, and when a pause is told.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/mainstem.hpp>

#include "cli/event_search.hpp"

namespace mainstem::cli {
namespace {

class Found final : public EventSink {
public:
    explicit Found(std::size_t wanted = ~std::size_t{0}) : wanted_(wanted) {}

    void take(const EventView& event) override { positions.push_back(event.position.value); }
    void pause() override { ++pauses; }
    [[nodiscard]] bool wanted() const override { return positions.size() < wanted_; }

    std::vector<std::uint64_t> positions;
    int pauses = 0;

private:
    std::size_t wanted_;
};

using Positions = std::vector<std::uint64_t>;

class EventSearchTest : public testing::Test {
protected:
    /// Six events: streams a and b in turns, of the types A, B and C in turns.
    EventSearchTest() {
        for (int i = 0; i < 6; ++i) {
            store_.append(i % 2 == 0 ? "a" : "b", {std::string(1, "ABC"[i % 3])}).value();
        }
    }
    Positions positions(const EventSearch& search) {
        Found found;
        const auto count = find_events(store_, search, found).value();
        EXPECT_EQ(count, found.positions.size());
        return found.positions;
    }

    Store store_ = Store::open("memory:").value();
};

TEST_F(EventSearchTest, finds_by_position) {
    EXPECT_EQ(positions({}), (Positions{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(positions({.query = {{.types = {"A", "C"}}}}), (Positions{1, 3, 4, 6}));
    EXPECT_EQ(positions({.query = {{.types = {"A", "C"}}}, .from = 2, .limit = 2}),
              (Positions{3, 4}));
    EXPECT_EQ(positions({.query = {{.types = {"C"}}}, .direction = Direction::backward}),
              (Positions{6, 3}));
    EXPECT_EQ(positions({.limit = 0}), Positions{});
}

TEST_F(EventSearchTest, finds_in_a_stream) {
    EXPECT_EQ(positions({.stream = "a"}), (Positions{1, 3, 5}));
    EXPECT_EQ(positions({.stream = "a", .query = {{.types = {"B", "C"}}}}), (Positions{3, 5}));
    EXPECT_EQ(positions({.stream = "a", .query = {{.types = {"B"}}}, .limit = 1}), Positions{5});
    EXPECT_EQ(positions({.stream = "a",
                         .query = {{.types = {"B", "C"}}},
                         .from = 2,
                         .limit = 1,
                         .direction = Direction::backward}),
              Positions{3});
    EXPECT_EQ(positions({.stream = "none"}), Positions{});
}

TEST_F(EventSearchTest, ends_when_nothing_more_is_wanted) {
    Found found{2};
    EXPECT_EQ(find_events(store_, {}, found).value(), 2U);
    EXPECT_EQ(found.positions, (Positions{1, 2}));
}

TEST_F(EventSearchTest, passes_errors_on) {
    Found found;
    const auto count = find_events(store_, {.from = 9}, found);
    ASSERT_FALSE(count);
    EXPECT_TRUE(count.error() == StoreError::out_of_range);
}

TEST_F(EventSearchTest, pauses_while_it_finds_nothing) {
    std::vector<NewEvent> events(50'000, NewEvent{.type = "A"});
    for (auto& event : events) event.id = EventId::generate();
    AppendRequest request;
    for (auto& event : events) request.events.push_back({"a", std::move(event)});
    store_.append(request).value();
    for (const auto direction : {Direction::forward, Direction::backward}) {
        Found found;
        EXPECT_EQ(find_events(store_, {.query = {{.types = {"C"}}}, .direction = direction}, found)
                      .value(),
                  2U);
        EXPECT_GE(found.pauses, 1);
    }
}

}  // namespace
}  // namespace mainstem::cli
