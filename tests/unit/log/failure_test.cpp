// A failed write or flush is final: no later acknowledgement, reads go on, reopening tells.
#include <algorithm>
#include <thread>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class Failure : public LogTest {
protected:
    Failure() {
        open_writer();
        append("a", "before");
    }

    void fail_next(Operation kind, DiskError error = DiskError::failed) {
        disk.plan({.kind = kind, .error = error});
    }
    /// The store is stopped: every append is refused, every read still served.
    void expect_stopped(const std::vector<Event>& visible) {
        const auto changes = disk.changes();
        EXPECT_TRUE(store->append(one_event("a")).error() == StoreError::stopped);
        EXPECT_TRUE(store->append({.expect = {{"a", Version{1}}}}).error() == StoreError::stopped);
        const Answer later = queue(one_event("a"));
        store->serve_pending();
        EXPECT_TRUE((*later)->error() == StoreError::stopped);
        store->flush_buffered();
        EXPECT_EQ(disk.changes(), changes) << "a stopped store writes no more";
        EXPECT_EQ(read_all(*store), visible);
        EXPECT_EQ(store->head().value(), Position{visible.size()});
    }
    /// Ends the process without a trace, and opens the store again.
    void reopen() {
        const auto changes = disk.changes();
        close_writer();
        EXPECT_EQ(disk.changes(), changes) << "closing a stopped store changes nothing";
        disk.clear_faults();
        open_writer();
    }
    /// Positions, versions and content are those of `kept`, and appends go on behind them.
    void expect_goes_on(const std::vector<Event>& kept) {
        auto events = read_all(*store);
        ASSERT_GE(events.size(), kept.size());
        EXPECT_TRUE(std::ranges::equal(kept, std::span{events}.first(kept.size())));
        EXPECT_EQ(append("a").position, Position{events.size() + 1});
    }
};

TEST_F(Failure, of_a_write_leaves_the_outcome_unknown) {
    const auto before = read_all(*store);
    fail_next(Operation::write);
    const auto answer = store->append(one_event("a", "failed"));
    EXPECT_TRUE(answer.error() == StoreError::outcome_unknown);
    expect_stopped(before);
    reopen();
    expect_goes_on(before);
}

TEST_F(Failure, of_a_flush_leaves_the_outcome_unknown) {
    const auto before = read_all(*store);
    fail_next(Operation::flush);
    const auto flushes = disk.count(Operation::flush);
    EXPECT_TRUE(store->append(one_event("a", "failed")).error() == StoreError::outcome_unknown);
    expect_stopped(before);
    EXPECT_EQ(disk.count(Operation::flush), flushes + 1) << "a flush is never tried again";
    reopen();
    expect_goes_on(before);
}

TEST_F(Failure, is_resolved_by_the_same_request_after_reopening) {
    for (const Operation kind : {Operation::write, Operation::flush}) {
        const AppendRequest request = one_event("a", "perhaps");
        fail_next(kind);
        EXPECT_TRUE(store->append(request).error() == StoreError::outcome_unknown);
        reopen();
        const std::uint64_t stored = read_all(*store).size();
        const Appended answer = store->append(request).value();
        EXPECT_EQ(answer.repeated, answer.position.value == stored);
        EXPECT_EQ(read_all(*store).back().data, "perhaps");
        EXPECT_EQ(store->append(request).value().position, answer.position);
    }
}

TEST_F(Failure, of_HEAD_leaves_the_outcome_unknown) {
    const auto before = read_all(*store);
    disk.plan({.kind = Operation::write, .at = 2});
    EXPECT_TRUE(store->append(one_event("a")).error() == StoreError::outcome_unknown);
    expect_stopped(before);
    reopen();
    EXPECT_EQ(read_all(*store).size(), 2U) << "it was flushed";
}

TEST_F(Failure, is_told_to_everyone_in_the_group) {
    fail_next(Operation::flush);
    const std::vector<Answer> answers{queue(one_event("a")), queue({.expect = {{"a", Version{1}}}}),
                                      queue({.expect = {{"a", Version{7}}}}),
                                      queue(one_event("b", "{}", Durability::buffered))};
    store->serve_pending();
    const auto error_of = [&](std::size_t i) { return (*answers[i])->error(); };
    EXPECT_TRUE(error_of(0) == StoreError::outcome_unknown);
    EXPECT_TRUE(error_of(1) == StoreError::stopped) << "it only checks";
    EXPECT_TRUE(error_of(2) == StoreError::stopped) << "a conflict with what may not be stored";
    EXPECT_TRUE(error_of(3) == StoreError::outcome_unknown);
}

TEST_F(Failure, leaves_the_outcome_of_a_repeat_unknown) {
    fail_next(Operation::flush);
    const AppendRequest request = one_event("a");
    const std::vector<Answer> answers{queue(request), queue(request)};
    store->serve_pending();
    for (const Answer& answer : answers) {
        EXPECT_TRUE((*answer)->error() == StoreError::outcome_unknown);
    }
}

TEST_F(Failure, to_find_room_writes_nothing) {
    close_writer();
    open_writer();  // with nothing set aside
    const auto before = read_all(*store);
    disk.plan(
        {.kind = Operation::set_aside, .times = support::for_ever, .error = DiskError::no_space});
    const auto writes = disk.count(Operation::write);
    const auto answer = store->append(one_event("a"));
    EXPECT_TRUE(answer.error() == StoreError::stopped) << answer.error();
    EXPECT_NE(answer.error().message().find("no_space"), std::string::npos) << answer.error();
    EXPECT_EQ(disk.count(Operation::write), writes);
    EXPECT_EQ(read_all(*store), before);
}

TEST_F(Failure, of_the_flush_of_buffered_data_stops_the_store) {
    append("a", "buffered", Durability::buffered);
    const auto visible = read_all(*store);
    fail_next(Operation::flush);
    store->flush_buffered();
    expect_stopped(visible);
    reopen();
    EXPECT_FALSE(read_all(*store).empty());
}

TEST_F(Failure, of_a_flush_beside_an_append_is_final_for_that_too) {
    append("a", "buffered", Durability::buffered);
    const auto flushes = disk.count(Operation::flush);
    fail_next(Operation::flush);
    std::jthread beside;
    std::optional<Result<Appended>> answer;
    disk.in_next_flush(
        [&] { beside = std::jthread{[&] { answer = store->append(one_event("b")); }}; });
    store->flush_buffered();
    beside.join();
    // The next flush of the file would succeed, and what the first one lost be called safe.
    ASSERT_FALSE(answer->has_value());
    EXPECT_TRUE(answer->error() == StoreError::outcome_unknown ||
                answer->error() == StoreError::stopped)
        << answer->error();
    EXPECT_EQ(disk.count(Operation::flush), flushes + 1);
}

TEST_F(Failure, leaves_the_outcome_of_later_repeats_unknown) {
    const AppendRequest stored = one_event("a", "stored");
    store->append(stored).value();
    const AppendRequest failed = one_event("a", "failed");
    fail_next(Operation::flush);
    EXPECT_TRUE(store->append(failed).error() == StoreError::outcome_unknown);
    for (const AppendRequest& again : {stored, failed, failed}) {
        EXPECT_TRUE(store->append(again).error() == StoreError::outcome_unknown);
    }
    EXPECT_TRUE(store->append(one_event("a", "new")).error() == StoreError::stopped);
}

TEST_F(Failure, of_a_group_leaves_a_repeat_that_was_beside_it_unknown) {
    const AppendRequest request = one_event("a", "failed");
    fail_next(Operation::flush);
    Answer repeat;
    disk.in_next_flush([&] {
        repeat = queue(request);
        store->decide_pending();
    });
    EXPECT_TRUE(store->append(request).error() == StoreError::outcome_unknown);
    store->serve_pending();
    EXPECT_TRUE((*repeat)->error() == StoreError::outcome_unknown);
}

TEST_F(Failure, of_a_full_disk_refuses_appends_and_keeps_reads) {
    close_writer();
    open_writer();  // with nothing set aside
    const auto before = read_all(*store);
    disk.plan(
        {.kind = Operation::set_aside, .times = support::for_ever, .error = DiskError::no_space});
    disk.plan({.kind = Operation::write, .times = support::for_ever, .error = DiskError::no_space});
    const auto refused = store->append(one_event("a"));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("no_space"), std::string::npos);
    expect_stopped(before);

    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(read_all(*reader), before);
    reopen();  // there is room again
    expect_goes_on(before);
}

TEST_F(Failure, of_a_read_is_an_error_of_that_read_alone) {
    fill(2);
    const auto all = read_all(*store);
    fail_next(Operation::read);
    EXPECT_TRUE(last_error(store->read_all({})) == StoreError::io);
    EXPECT_EQ(read_all(*store), all);
    fail_next(Operation::read);
    EXPECT_TRUE(last_error(store->read_stream("stream-1", {})) == StoreError::io);
    EXPECT_EQ(read(store->read_stream("a", {})).size(), 1U);
    append("a");
}

TEST_F(Failure, to_open_a_file_is_an_error_of_that_read_alone) {
    fill(3);
    close_writer();
    open_writer();  // so that sealed segments are not open yet
    fail_next(Operation::open, DiskError::too_many_open);
    EXPECT_TRUE(last_error(store->read_all({})) == StoreError::io);
    EXPECT_FALSE(read_all(*store).empty());
}

/// A group that needs a new segment, whatever is in the one that is written to.
class RollOverFailure : public Failure {
protected:
    static constexpr int members = 6;

    void queue_group() {
        requests.clear();
        answers.clear();
        for (int i = 0; i < members; ++i) {
            requests.push_back(one_event("group", std::string(15'000, 'g')));
            answers.push_back(queue(requests.back()));
        }
    }
    /// Appends the group again: what was acknowledged is a repeat at its place, what was not is
    /// stored once. Every member has the id of its own event.
    void expect_resolved() {
        std::map<EventId, Position> stored;
        for (const Event& event : read_all(*store)) {
            EXPECT_TRUE(stored.emplace(event.id, event.position).second) << "stored twice";
        }
        for (int i = 0; i < members; ++i) {
            const auto index = static_cast<std::size_t>(i);
            const Result<Appended>& answer = **answers[index];
            const auto found = stored.find(requests[index].events[0].event.id);
            if (answer) {
                ASSERT_NE(found, stored.end()) << "acknowledged and lost";
                EXPECT_EQ(found->second, answer->position);
            } else if (answer.error() == StoreError::stopped) {
                EXPECT_EQ(found, stored.end()) << "nothing was written, and it is stored";
                ++stopped;
            } else {
                EXPECT_TRUE(answer.error() == StoreError::outcome_unknown);
            }
            const Appended again = store->append(requests[index]).value();
            EXPECT_EQ(again.repeated, found != stored.end());
        }
    }

    std::vector<AppendRequest> requests;
    std::vector<Answer> answers;
    std::uint64_t stopped = 0;  ///< members so answered
};

TEST_F(RollOverFailure, at_any_step_loses_nothing_that_was_acknowledged) {
    bool failed = true;
    std::uint64_t acknowledged_before_failure = 0;
    std::uint64_t step = 1;
    for (; failed; ++step) {
        SCOPED_TRACE(fmt::format("change {} fails", step));
        queue_group();
        const auto failures = disk.failures();
        disk.plan({.at = step});
        store->serve_pending();
        failed = disk.failures() > failures;
        for (const Answer& answer : answers) {
            acknowledged_before_failure += failed && answer->value() ? 1 : 0;
        }
        if (failed) {
            EXPECT_TRUE(store->append(one_event("a")).error() == StoreError::stopped);
        }
        disk.clear_faults();
        close_writer();
        disk.power_cut();
        open_writer();
        expect_resolved();
        if (HasFailure()) return;
    }
    EXPECT_GT(step, 10U) << "a roll-over takes many steps";
    EXPECT_GT(acknowledged_before_failure, 0U) << "the part before the roll-over is answered";
    EXPECT_GT(stopped, 0U) << "the part behind it was never given to the disk";
}

}  // namespace
}  // namespace mainstem::log
