// The handle: what it makes of its convenient forms, and that it forwards the rest.
#include <optional>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>

namespace mainstem {
namespace {

/// Remembers the request that it was given and accepts it; has nothing to read.
class RecordingStore final : public EventStore {
public:
    Result<Appended> append(const AppendRequest& request) override {
        request_ = request;
        return Appended{};
    }
    void async_append(const AppendRequest& request, AppendDone done) override {
        done(append(request));
    }
    Result<Appended> append_system(const AppendRequest& request) override {
        return append(request);
    }
    Result<std::optional<Appended>> find_request(const EventId& first) override {
        return Appended{.first = {first.bytes[0]}, .position = {}, .versions = {}};
    }
    EventCursor read_stream(const StreamId&, const StreamRead&) override { return nothing(); }
    EventCursor read_streams(const std::vector<StreamFrom>&, std::size_t) override {
        return nothing();
    }
    EventCursor read_positions(const std::vector<Position>&, std::size_t) override {
        return nothing();
    }
    EventCursor read_all(const PositionRead&) override { return nothing(); }
    Result<ReadPlan> explain(const PositionRead&) override { return ReadPlan{}; }
    Result<std::shared_ptr<Watch>> watch() override { return std::make_shared<Watch>(); }
    Result<Position> head() override { return Position{42}; }
    Result<StreamInfo> stream_info(const StreamId& stream) override {
        return StreamInfo{stream, {}, {}};
    }
    Result<std::vector<StreamInfo>> streams(std::string_view, std::string_view,
                                            std::size_t limit) override {
        limit_ = limit;
        return std::vector<StreamInfo>{};
    }
    Result<StoreStats> stats() override { return StoreStats{}; }

    AppendRequest request_;
    std::size_t limit_ = 0;

private:
    static EventCursor nothing() { return EventCursor{std::unique_ptr<PageSource>{}}; }
};

class StoreTest : public testing::Test {
protected:
    std::shared_ptr<RecordingStore> backend_ = std::make_shared<RecordingStore>();
    Store store_{backend_};
};

TEST_F(StoreTest, one_event_is_a_request_of_one_event) {
    const NewEvent placed{"OrderPlaced", R"({"total": 40})"};
    EXPECT_TRUE(store_.append("order-1", placed));
    ASSERT_EQ(backend_->request_.events.size(), 1U);
    EXPECT_EQ(backend_->request_.events[0].stream.str(), "order-1");
    EXPECT_EQ(backend_->request_.events[0].event, placed);
    EXPECT_TRUE(backend_->request_.expect.empty());
    EXPECT_EQ(backend_->request_.durability, Durability::flushed);
}

TEST_F(StoreTest, an_event_can_be_written_in_braces) {
    EXPECT_TRUE(store_.append("order-1", {"OrderPaid"}));
    EXPECT_EQ(backend_->request_.events.at(0).event.type, "OrderPaid");
    EXPECT_FALSE(backend_->request_.events.at(0).event.id.is_nil());
}

TEST_F(StoreTest, several_events_keep_their_order) {
    EXPECT_TRUE(store_.append("order-1", NewEvents{{"A"}, {"B"}, {"C"}}));
    ASSERT_EQ(backend_->request_.events.size(), 3U);
    EXPECT_EQ(backend_->request_.events[0].event.type, "A");
    EXPECT_EQ(backend_->request_.events[2].event.type, "C");
    for (const auto& entry : backend_->request_.events) EXPECT_EQ(entry.stream.str(), "order-1");
}

TEST_F(StoreTest, options_become_an_expectation_and_a_durability) {
    EXPECT_TRUE(store_.append("order-1", {"A"},
                              {.expect = Version{7}, .durability = Durability::buffered}));
    ASSERT_EQ(backend_->request_.expect.size(), 1U);
    EXPECT_EQ(backend_->request_.expect[0].stream.str(), "order-1");
    EXPECT_EQ(backend_->request_.expect[0].expected, ExpectedVersion{Version{7}});
    EXPECT_EQ(backend_->request_.durability, Durability::buffered);
}

TEST_F(StoreTest, no_events_still_check) {
    EXPECT_TRUE(store_.append("order-1", NewEvents{}, {.expect = Expect::exists}));
    EXPECT_TRUE(backend_->request_.events.empty());
    EXPECT_EQ(backend_->request_.expect.size(), 1U);
}

TEST_F(StoreTest, the_rest_is_forwarded) {
    std::optional<Result<Appended>> answer;
    store_.async_append({.events = {{"a", {"A"}}}},
                        [&](Result<Appended> appended) { answer = std::move(appended); });
    EXPECT_TRUE(answer && *answer);
    EXPECT_EQ(store_.find_request({.bytes = {7}}).value()->first, Position{7});
    EXPECT_EQ(store_.head().value(), Position{42});
    EXPECT_EQ(store_.stream_info("a").value().stream.str(), "a");
    EXPECT_TRUE(store_.streams("p", "a", 17).value().empty());
    EXPECT_EQ(backend_->limit_, 17U);
    EXPECT_EQ(store_.read("a").next(), nullptr);
    EXPECT_EQ(store_.read_all().next(), nullptr);
    EXPECT_EQ(&store_.backend(), backend_.get());
}

}  // namespace
}  // namespace mainstem
