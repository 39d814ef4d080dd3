// Groups of requests in the log: one commit, roll-overs, failures.
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class AppendGroup : public LogTest {
protected:
    AppendGroup() { open_writer(); }

    AppendRequest expecting(const std::string& stream, ExpectedVersion expected,
                            Durability durability = Durability::flushed) {
        auto request = one_event(stream, "{}", durability);
        request.expect = {{stream, expected}};
        return request;
    }
    /// Requests that build on each other in one stream that has `from` events.
    std::vector<AppendRequest> chain(std::uint64_t from, std::uint64_t count,
                                     Durability durability = Durability::flushed) {
        std::vector<AppendRequest> requests(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            requests[i] = expecting("chain", Version{from + i}, durability);
        }
        return requests;
    }
    static std::vector<std::string> codes(const std::vector<Result<Appended>>& answers) {
        std::vector<std::string> codes;
        codes.reserve(answers.size());
        for (const auto& answer : answers) {
            codes.emplace_back(answer ? "stored" : answer.error().code_name());
        }
        return codes;
    }
};

TEST_F(AppendGroup, is_written_and_flushed_once) {
    append("a");
    const auto writes = disk.count(Operation::write);
    const auto flushes = disk.count(Operation::flush);
    append("a");
    const auto writes_of_one = disk.count(Operation::write) - writes;
    const auto flushes_of_one = disk.count(Operation::flush) - flushes;
    const auto answers = store->append_group(chain(0, 20));
    EXPECT_EQ(answers.back().value().version(), Version{20});
    EXPECT_EQ(disk.count(Operation::write), writes + 2 * writes_of_one);
    EXPECT_EQ(disk.count(Operation::flush), flushes + 2 * flushes_of_one);
}

TEST_F(AppendGroup, is_flushed_only_if_one_asks_for_it) {
    const auto flushes = disk.count(Operation::flush);
    auto answers = store->append_group(chain(0, 3, Durability::buffered));
    EXPECT_EQ(disk.count(Operation::flush), flushes);
    for (const auto& answer : answers) EXPECT_EQ(answer->durability, Durability::buffered);
    auto broken = one_event("a");
    broken.events[0].event.type = "";
    answers = store->append_group({broken, expecting("b", Expect::none, Durability::buffered)});
    EXPECT_EQ(codes(answers), (std::vector<std::string>{"invalid", "stored"}));
    EXPECT_EQ(disk.count(Operation::flush), flushes) << "what is against the rules waits for none";
}

TEST_F(AppendGroup, is_decided_among_what_others_have_queued) {
    const Answer before = queue(expecting("chain", Expect::none));
    const auto answers = store->append_group(chain(0, 2));
    EXPECT_TRUE((*before)->has_value());
    EXPECT_EQ(codes(answers), (std::vector<std::string>{"conflict", "conflict"}));
    EXPECT_EQ(answers[1].error().conflict()->actual, Version{1}) << "met by chance";
}

TEST_F(AppendGroup, goes_on_in_a_new_segment) {
    std::vector<AppendRequest> requests;
    for (std::uint64_t i = 0; i < 300; ++i) {
        requests.push_back(expecting("chain", Version{i}));
        requests.back().events[0].event.data = std::string(1'000, 'x');
    }
    requests[200].expect[0].expected = Version{5};
    const auto answers = store->append_group(requests);
    EXPECT_GT(store->stats().value().segments, 2U);
    for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(answers[i].has_value(), i < 200) << i;
    const auto events = read_all(*store);
    close_writer();
    open_writer();
    EXPECT_EQ(read_all(*store), events);
    EXPECT_EQ(events.size(), 200U);
}

TEST_F(AppendGroup, that_cannot_be_flushed_leaves_each_its_outcome) {
    append("a");
    disk.plan({.kind = Operation::flush});
    auto broken = one_event("broken");
    broken.events[0].event.type = "";
    const auto answers = store->append_group({one_event("b"),
                                              expecting("a", Expect::none),
                                              expecting("a", Version{1}),
                                              broken,
                                              {.expect = {{"b", Version{1}}}}});
    EXPECT_EQ(codes(answers), (std::vector<std::string>{"outcome_unknown", "stopped", "stopped",
                                                        "invalid", "stopped"}));
    EXPECT_EQ(codes(store->append_group(chain(0, 2))),
              (std::vector<std::string>{"stopped", "stopped"}));
}

/// What was committed before the roll-over is stored; nothing that builds on the rest is.
TEST_F(AppendGroup, that_fails_at_a_roll_over_is_stored_up_to_there) {
    std::vector<AppendRequest> requests;
    for (std::uint64_t i = 0; i < 100; ++i) {
        requests.push_back(expecting("chain", Version{i}));
        requests.back().events[0].event.data = std::string(1'000, 'x');
    }
    disk.plan({.kind = Operation::create});
    const auto answers = store->append_group(requests);
    std::size_t stored = 0;
    while (stored < answers.size() && answers[stored]) ++stored;
    EXPECT_GT(stored, 10U);
    ASSERT_LT(stored, answers.size());
    for (std::size_t i = stored; i < answers.size(); ++i) {
        ASSERT_FALSE(answers[i]) << i;
        EXPECT_TRUE(answers[i].error() == StoreError::stopped) << answers[i].error();
    }
    close_writer();
    disk.clear_faults();
    open_writer();
    EXPECT_EQ(read_all(*store).size(), stored);
    const auto again = store->append_group(requests);
    for (std::size_t i = 0; i < stored; ++i) EXPECT_TRUE(again[i].value().repeated);
    EXPECT_TRUE(again[stored].error() == StoreError::conflict) << "it builds on a repeat";
}

TEST_F(AppendGroup, is_refused_by_a_store_that_is_open_for_reading) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(codes(reader->append_group(chain(0, 2))),
              (std::vector<std::string>{"read_only", "read_only"}));
    EXPECT_TRUE(reader->append_group({}).empty());
}

}  // namespace
}  // namespace mainstem::log
