// What the memory backend does beyond the contract: readers of it may rely on more than others.
#include <optional>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {
namespace {

class MemoryStoreTest : public testing::Test {
protected:
    Store store_{open_memory_store(Clock::system())};
};

TEST_F(MemoryStoreTest, a_later_page_sees_later_events) {
    store_.append("a", NewEvents{{"A"}, {"B"}}).value();
    auto cursor = store_.read_all({.page_events = 2});
    EXPECT_EQ((*cursor.next())->position, Position{1});
    EXPECT_EQ((*cursor.next())->position, Position{2});
    store_.append("a", {"C"}).value();
    EXPECT_EQ((*cursor.next())->position, Position{3});
    EXPECT_EQ(cursor.next(), nullptr);
}

TEST_F(MemoryStoreTest, the_asked_for_durability_is_reached) {
    EXPECT_EQ(store_.append("a", {"A"}).value().durability, Durability::flushed);
    EXPECT_EQ(store_.append("a", {"A"}, {.durability = Durability::buffered}).value().durability,
              Durability::buffered);
}

TEST_F(MemoryStoreTest, asynchronous_appends_are_answered_before_they_return) {
    std::optional<Position> seen;
    AppendRequest request;
    request.events = {{"a", {"A"}}};
    store_.async_append(request, [&](const Result<Appended>& appended) {
        EXPECT_TRUE(appended);
        seen = store_.head().value();
    });
    EXPECT_EQ(seen, Position{1});
}

TEST_F(MemoryStoreTest, it_has_no_files) {
    store_.append("a", {"A"}).value();
    const auto stats = store_.stats().value();
    EXPECT_EQ(stats.segments, 0U);
    EXPECT_EQ(stats.data_bytes, 0U);
    EXPECT_EQ(stats.index_bytes, 0U);
}

TEST_F(MemoryStoreTest, views_stay_valid_while_others_append) {
    store_.append("a", {"A", "first"}).value();
    auto cursor = store_.read("a");
    const auto* first = cursor.next();
    for (int i = 0; i < 1'000; ++i) store_.append("a", {"B"}).value();
    EXPECT_EQ((*first)->data, "first");
    EXPECT_EQ((*first)->type, "A");
}

}  // namespace
}  // namespace mainstem
