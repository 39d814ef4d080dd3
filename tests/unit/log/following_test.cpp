// Subscriptions of a store that is open for reading, beside a writer of another process: waiting
// for changes of the directory, and what ends that.
#include <future>
#include <thread>

#include "log/follower_thread.hpp"
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class Following : public LogTest {
protected:
    Following() {
        open_writer();
        append("a");
        reader = open(OpenMode::read_only);
    }

    Subscription subscribe(Position after = {}) {
        return Subscription::begin(reader, {.after = after}).value();
    }
    /// Waits for the next event; one that does not come for so long never will.
    static Position next(Subscription& subscription) {
        for (;;) {
            const auto delivery = subscription.next(std::chrono::seconds{20});
            if (!delivery) {
                ADD_FAILURE() << delivery.error();
                return {};
            }
            if (delivery->kind != Delivery::Kind::caught_up) return delivery->position;
        }
    }
    static Error end_of(Subscription& subscription) {
        for (;;) {
            const auto delivery = subscription.next();
            if (!delivery) return delivery.error();
        }
    }

    std::shared_ptr<LogStore> reader;
};

TEST_F(Following, each_flushed_event_arrives) {
    auto subscription = subscribe();
    for (std::uint64_t position = 1; position <= 100; ++position) {
        EXPECT_EQ(next(subscription), Position{position});
        append("a");
    }
}

TEST_F(Following, buffered_events_arrive_when_they_are_flushed) {
    auto subscription = subscribe(Position{1});
    append("a", "{}", Durability::buffered);
    append("a", "{}", Durability::buffered);
    EXPECT_EQ(subscription.next().value().kind, Delivery::Kind::caught_up);
    EXPECT_EQ(subscription.next(std::chrono::nanoseconds{0}).value().kind, Delivery::Kind::nothing);
    store->flush_buffered();
    EXPECT_EQ(next(subscription), Position{2});
    EXPECT_EQ(next(subscription), Position{3});
}

TEST_F(Following, roll_overs_are_followed) {
    auto subscription = subscribe();
    std::thread writing{[&] { fill(4); }};
    for (std::uint64_t position = 1; position <= 150; ++position) {
        EXPECT_EQ(next(subscription), Position{position});
    }
    writing.join();
}

TEST_F(Following, those_who_come_later_are_told_all_that_is_durable) {
    auto first = subscribe();
    for (std::uint64_t last = 2; last < 50; ++last) {
        append("a");
        auto later = subscribe(Position{last - 1});
        const auto delivery = later.next(std::chrono::nanoseconds{0}).value();
        EXPECT_EQ(delivery.kind, Delivery::Kind::event);
        EXPECT_EQ(delivery.position, Position{last});
    }
}

/// The clock stands still: nothing else makes the reader open HEAD again.
TEST_F(Following, a_head_that_was_made_anew_is_seen) {
    auto subscription = subscribe();
    EXPECT_EQ(next(subscription), Position{1});
    for (std::uint64_t position = 2; position < 10; ++position) {
        close_writer();
        disk.erase(head_file);
        open_writer();
        append("a");
        ASSERT_EQ(next(subscription), Position{position});
    }
}

TEST_F(Following, damage_ends_it_and_what_came_before_is_delivered) {
    auto waiting = subscribe(Position{1});
    append("a");
    EXPECT_EQ(next(waiting), Position{2});
    auto behind = subscribe();
    close_writer();
    const HeadRecord whole = head_record();
    HeadRecord broken = whole;
    broken.durable_offset += 100;
    broken.durable_position += 1;
    put_head(broken);
    EXPECT_EQ(end_of(waiting), StoreError::damaged);
    EXPECT_EQ(next(behind), Position{1});
    EXPECT_EQ(next(behind), Position{2});
    EXPECT_EQ(end_of(behind), StoreError::damaged);
    EXPECT_EQ(Subscription::begin(reader, {}).error(), StoreError::damaged);

    put_head(whole);
    auto again = subscribe();
    EXPECT_EQ(next(again), Position{1});
    EXPECT_EQ(next(again), Position{2});
}

TEST_F(Following, closing_the_reader_ends_it) {
    auto subscription = subscribe(Position{1});
    std::jthread waiting{[&] { EXPECT_EQ(end_of(subscription), StoreError::closed); }};
    reader.reset();
}

/// A watch that says what it is told to.
class ScriptedWatch final : public DirectoryWatch {
public:
    explicit ScriptedWatch(std::vector<Result<bool>> answers) : answers_(std::move(answers)) {}

    Result<bool> wait() override {
        if (at_ < answers_.size()) return answers_[at_++];
        stopped_.get_future().wait();
        return false;
    }
    void stop() noexcept override { stopped_.set_value(); }

private:
    std::vector<Result<bool>> answers_;
    std::size_t at_ = 0;
    std::promise<void> stopped_;
};

TEST(FollowerThread, ends_those_who_wait_when_it_cannot_watch_any_more) {
    const auto watch = std::make_shared<Watch>();
    std::vector<Result<bool>> answers{true, Error{DiskError::failed, "broken"}};
    const FollowerThread follower{std::make_unique<ScriptedWatch>(std::move(answers)), watch,
                                  [] { return Position{3}; }};
    const std::atomic<bool> never = false;
    while (!watch->ended()) watch->wait({3}, never, Watch::Clock::now() + std::chrono::hours{1});
    EXPECT_EQ(watch->ended().value(), StoreError::io);
    EXPECT_EQ(watch->position(), Position{3});
}

TEST(FollowerThread, ends_them_when_it_cannot_look) {
    const auto watch = std::make_shared<Watch>();
    const FollowerThread follower{
        std::make_unique<ScriptedWatch>(std::vector<Result<bool>>{true}), watch,
        []() -> Result<Position> { return Error{StoreError::damaged, "broken"}; }};
    const std::atomic<bool> never = false;
    watch->wait({}, never, Watch::Clock::now() + std::chrono::hours{1});
    EXPECT_EQ(watch->ended().value(), StoreError::damaged);
}

}  // namespace
}  // namespace mainstem::log
