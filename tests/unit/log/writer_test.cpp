// What the writer makes of a group of requests.
#include <algorithm>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class WriterTest : public LogTest {
protected:
    WriterTest() { open_writer(); }

    /// How often the disk was asked to do something since the last call.
    std::uint64_t new_count(Operation kind) {
        const std::uint64_t before = std::exchange(counts_[kind], disk.count(kind));
        return counts_[kind] - before;
    }
    void reset_counts() {
        for (const Operation kind : {Operation::write, Operation::flush}) new_count(kind);
    }
    /// Closes, opens again, and expects the same events.
    void expect_lasts() {
        const auto before = read_all(*store);
        close_writer();
        disk.power_cut();
        open_writer();
        EXPECT_EQ(read_all(*store), before);
    }
    static const Appended& value_of(const Answer& answer) { return answer->value().value(); }
    static const Error& error_of(const Answer& answer) { return answer->value().error(); }

private:
    std::map<Operation, std::uint64_t> counts_;
};

TEST_F(WriterTest, writes_and_flushes_a_group_once) {
    append("a");
    reset_counts();
    std::vector<Answer> answers;
    for (int i = 0; i < 20; ++i) answers.push_back(queue(one_event(fmt::format("s{}", i % 4))));
    EXPECT_EQ(new_count(Operation::write), 0U);
    EXPECT_EQ(store->serve_pending(), 20U);
    EXPECT_EQ(new_count(Operation::write), 2U) << "the group and HEAD";
    EXPECT_EQ(new_count(Operation::flush), 1U);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Appended& answer = value_of(answers[i]);
        EXPECT_EQ(answer.first, Position{i + 2});
        EXPECT_EQ(answer.position, Position{i + 2});
        EXPECT_EQ(answer.version(), Version{i / 4 + 1});
        EXPECT_EQ(answer.durability, Durability::flushed);
        EXPECT_FALSE(answer.repeated);
    }
    expect_lasts();
}

TEST_F(WriterTest, does_not_flush_a_group_of_buffered_requests) {
    append("a");
    const HeadRecord before = head_record();
    reset_counts();
    const Answer answer = queue(one_event("a", "{}", Durability::buffered));
    store->serve_pending();
    EXPECT_EQ(new_count(Operation::flush), 0U);
    EXPECT_EQ(value_of(answer).durability, Durability::buffered);
    EXPECT_EQ(store->head().value(), Position{2}) << "visible in this process";
    EXPECT_EQ(head_record().durable_offset, before.durable_offset) << "and in no other";
    store->flush_buffered();
    EXPECT_EQ(new_count(Operation::flush), 1U);
    EXPECT_EQ(head_record().durable_position, 2U);
    store->flush_buffered();
    EXPECT_EQ(new_count(Operation::flush), 0U) << "nothing is left to flush";
    expect_lasts();
}

TEST_F(WriterTest, takes_buffered_appends_while_earlier_ones_are_flushed) {
    append("a", "{}", Durability::buffered);
    disk.in_next_flush([&] {
        EXPECT_EQ(append("a", "{}", Durability::buffered).durability, Durability::buffered);
        EXPECT_EQ(store->head().value(), Position{2});
    });
    store->flush_buffered();
    EXPECT_EQ(head_record().durable_position, 1U) << "HEAD claims what was written before";
    reset_counts();
    store->flush_buffered();
    EXPECT_EQ(new_count(Operation::flush), 1U);
    EXPECT_EQ(head_record().durable_position, 2U);
    expect_lasts();
}

TEST_F(WriterTest, flushes_a_group_with_one_flushed_request_whole) {
    append("a", "{}", Durability::buffered);
    reset_counts();
    const Answer one = queue(one_event("a", "{}", Durability::buffered));
    const Answer other = queue(one_event("a"));
    store->serve_pending();
    EXPECT_EQ(new_count(Operation::flush), 1U);
    EXPECT_EQ(value_of(one).durability, Durability::flushed);
    EXPECT_EQ(value_of(other).durability, Durability::flushed);
    expect_lasts();
}

TEST_F(WriterTest, flushes_for_a_check_or_a_repeat_that_rests_on_buffered_data) {
    const AppendRequest buffered = one_event("a", "{}", Durability::buffered);
    store->append(buffered).value();
    reset_counts();
    AppendRequest check{.expect = {{"a", Version{1}}}};
    EXPECT_EQ(store->append(check).value().durability, Durability::flushed);
    EXPECT_EQ(new_count(Operation::flush), 1U);

    store->append(one_event("a", "{}", Durability::buffered)).value();
    reset_counts();
    AppendRequest repeat = buffered;
    repeat.durability = Durability::flushed;
    const Appended repeated = store->append(repeat).value();
    EXPECT_TRUE(repeated.repeated);
    EXPECT_EQ(new_count(Operation::flush), 1U);

    store->append(one_event("b", "{}", Durability::buffered)).value();
    reset_counts();
    EXPECT_FALSE(store->append({.expect = {{"b", Expect::none}}}));
    EXPECT_EQ(new_count(Operation::flush), 1U) << "a conflict rests on data, too";
}

TEST_F(WriterTest, writes_nothing_for_checks_alone) {
    append("a");
    const auto before = disk.image();
    EXPECT_EQ(store->append({.expect = {{"a", Version{1}}}}).value().position, Position{0});
    EXPECT_FALSE(store->append({.expect = {{"a", Version{2}}}}));
    EXPECT_EQ(disk.image(), before);
}

TEST_F(WriterTest, checks_against_what_is_staged_before_in_the_group) {
    AppendRequest first = one_event("a");
    first.expect = {{"a", Expect::none}};
    AppendRequest second = one_event("a");
    second.expect = {{"a", Expect::none}};
    AppendRequest third = one_event("a");
    third.expect = {{"a", Version{1}}};
    const Answer checked_before = queue({.expect = {{"a", Expect::none}}});
    const Answer created = queue(first);
    const Answer refused = queue(second);
    const Answer followed = queue(third);
    const Answer checked_after = queue({.expect = {{"a", Version{2}}}});
    store->serve_pending();
    EXPECT_TRUE(*checked_before);
    EXPECT_EQ(value_of(created).version(), Version{1});
    EXPECT_EQ(value_of(followed).version(), Version{2});
    EXPECT_EQ(value_of(checked_after).position, Position{0});
    ASSERT_TRUE(error_of(refused) == StoreError::conflict);
    EXPECT_EQ(error_of(refused).conflict()->actual, Version{1});
    EXPECT_EQ(error_of(refused).conflict()->position, Position{1});
    EXPECT_EQ(store->head().value(), Position{2}) << "the refused one left no gap";
    expect_lasts();
}

TEST_F(WriterTest, knows_a_repeat_inside_the_group) {
    const AppendRequest request = one_event("a");
    AppendRequest other = request;
    other.events[0].event.data = "[]";
    const Answer first = queue(request);
    const Answer repeat = queue(request);
    const Answer reused = queue(other);
    store->serve_pending();
    EXPECT_FALSE(value_of(first).repeated);
    EXPECT_TRUE(value_of(repeat).repeated);
    EXPECT_EQ(value_of(repeat).position, value_of(first).position);
    EXPECT_EQ(value_of(repeat).versions, value_of(first).versions);
    EXPECT_TRUE(error_of(reused) == StoreError::id_reused);
    EXPECT_EQ(store->head().value(), Position{1});
}

TEST_F(WriterTest, knows_a_repeat_before_it_checks_expectations) {
    AppendRequest request = one_event("a");
    request.expect = {{"a", Expect::none}};
    store->append(request).value();
    append("a");
    const Appended repeat = store->append(request).value();
    EXPECT_TRUE(repeat.repeated);
    EXPECT_EQ(repeat.version(), Version{1});
}

TEST_F(WriterTest, splits_a_group_where_a_segment_is_full) {
    std::vector<Answer> answers;
    for (int i = 0; i < 12; ++i) answers.push_back(queue(one_event("a", std::string(15'000, 'x'))));
    store->serve_pending();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(value_of(answers[i]).position, Position{i + 1});
        EXPECT_EQ(value_of(answers[i]).version(), Version{i + 1});
    }
    EXPECT_EQ(store->stats().value().segments, 3U);
    for (const std::string& path : files(".log")) {
        EXPECT_LE(disk.image().at(path).size(), limits::segment_least.value);
    }
    EXPECT_EQ(read_all(*store).size(), 12U);
    expect_lasts();
}

TEST_F(WriterTest, rolls_over_only_when_a_frame_does_not_fit) {
    // Four frames of a quarter less a header fill a segment to the last byte.
    constexpr std::uint64_t room = limits::segment_least.value - sizeof(SegmentHeader);
    const std::uint64_t overhead =
        sizeof(FrameHeader) + sizeof(EventHeader) + event_id_size + 1 + 8;
    for (int i = 0; i < 4; ++i) append("a", std::string(room / 4 - overhead, 'x'));
    EXPECT_EQ(store->stats().value().segments, 1U);
    EXPECT_EQ(head_record().durable_offset, limits::segment_least.value);
    append("a", "");
    EXPECT_EQ(store->stats().value().segments, 2U);
    expect_lasts();
}

TEST_F(WriterTest, checks_and_repeats_across_a_roll_over_in_the_group) {
    const AppendRequest first = one_event("a", std::string(16'000, 'x'));
    const Answer stored = queue(first);
    for (int i = 0; i < 4; ++i) queue(one_event("b", std::string(15'500, 'x')));
    const Answer repeat = queue(first);
    AppendRequest next = one_event("a");
    next.expect = {{"a", Version{1}}};
    const Answer followed = queue(next);
    AppendRequest stale = one_event("a");
    stale.expect = {{"a", Version{1}}};
    const Answer refused = queue(stale);
    store->serve_pending();
    EXPECT_EQ(store->stats().value().segments, 2U);
    EXPECT_TRUE(value_of(repeat).repeated);
    EXPECT_EQ(value_of(repeat).position, value_of(stored).position);
    EXPECT_EQ(value_of(followed).version(), Version{2});
    ASSERT_TRUE(error_of(refused) == StoreError::conflict);
    EXPECT_EQ(error_of(refused).conflict()->actual, Version{2});
    expect_lasts();
}

TEST_F(WriterTest, finds_streams_and_requests_of_sealed_segments) {
    const AppendRequest first = one_event("early");
    store->append(first).value();
    fill(4);
    for (const bool reopened : {false, true}) {
        if (reopened) {
            store->run_background();
            close_writer();
            open_writer();
        }
        EXPECT_TRUE(store->append(first).value().repeated);
        AppendRequest reused = first;
        reused.events[0].event.type = "Other";
        EXPECT_TRUE(store->append(reused).error() == StoreError::id_reused);
        const auto conflict = store->append({.expect = {{"early", Expect::none}}});
        ASSERT_TRUE(conflict.error() == StoreError::conflict);
        EXPECT_EQ(conflict.error().conflict()->position, Position{1});
        EXPECT_EQ(store->stream_info("early").value().version, Version{1});
    }
    EXPECT_EQ(append("early").version(), Version{2});
    expect_lasts();
}

TEST_F(WriterTest, looks_again_when_segments_were_sealed_while_a_request_waited) {
    const AppendRequest early = one_event("early");
    const Answer first = queue(early);
    AppendRequest follow = one_event("early");
    follow.expect = {{"early", Version{1}}};
    // Between looking through history and being served, two segments come and go.
    for (int i = 0; i < 10; ++i) queue(one_event("b", std::string(15'000, 'x')));
    const Answer followed = queue(follow);
    const Answer repeat = queue(early);
    store->serve_pending();
    EXPECT_EQ(store->stats().value().segments, 3U);
    EXPECT_EQ(value_of(followed).version(), Version{2});
    EXPECT_TRUE(value_of(repeat).repeated);
    EXPECT_EQ(value_of(repeat).position, value_of(first).position);
}

TEST_F(WriterTest, refuses_a_request_larger_than_a_quarter_of_a_segment) {
    const auto refused =
        store->append(one_event("a", std::string(limits::segment_least.value / 4, 'x')));
    ASSERT_TRUE(refused.error() == StoreError::invalid);
    EXPECT_NE(refused.error().message().find("quarter"), std::string::npos);
    const Answer later = queue(one_event("a", std::string(limits::segment_least.value / 4, 'x')));
    ASSERT_TRUE(*later) << "refused at once";
    EXPECT_TRUE(error_of(later) == StoreError::invalid);
    EXPECT_EQ(append("a").position, Position{1});
}

TEST_F(WriterTest, refuses_the_system_streams_to_users) {
    EXPECT_TRUE(store->append(one_event("$a")).error() == StoreError::invalid);
    EXPECT_EQ(store->append_system(one_event("$a")).value().position, Position{1});
}

TEST_F(WriterTest, never_lets_recorded_time_go_back) {
    append("a");
    clock.advance(-std::chrono::hours{1});
    append("a");
    fill(2);
    close_writer();
    open_writer();
    append("a");
    clock.advance(std::chrono::hours{2});
    append("a");
    const auto events = read_all(*store);
    EXPECT_TRUE(std::ranges::is_sorted(events, {}, &Event::recorded_at));
    EXPECT_EQ(events.front().recorded_at + std::chrono::hours{1}, events.back().recorded_at);
}

TEST_F(WriterTest, notes_in_each_frame_what_was_flushed_before_it) {
    const std::uint64_t header = sizeof(SegmentHeader);
    append("a");
    const std::uint64_t first_end = head_record().durable_offset;
    append("a", "{}", Durability::buffered);
    append("a", "{}", Durability::buffered);
    append("a");
    const std::string bytes = disk.image().at(first_segment);
    std::vector<std::uint64_t> told;
    const auto file = disk.open(first_segment, FileMode::read).value();
    SegmentHeader segment;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), segment), Verdict::valid);
    FrameScanner scanner{*file, segment, bytes.size()};
    while (const auto* frame = scanner.next().value()) told.push_back(frame->header.durable_offset);
    EXPECT_EQ(told, (std::vector<std::uint64_t>{header, first_end, first_end, first_end}));
}

TEST_F(WriterTest, answers_what_is_queued_when_it_closes) {
    const Answer answer = queue(one_event("a"));
    close_writer();
    ASSERT_TRUE(*answer);
    EXPECT_EQ(value_of(answer).position, Position{1});
    disk.power_cut();
    open_writer();
    EXPECT_EQ(read_all(*store).size(), 1U);
}

TEST_F(WriterTest, leaves_everything_on_the_disk_when_it_closes) {
    fill(2);
    append("a", "last", Durability::buffered);
    const auto events = read_all(*store);
    const std::uint64_t end = head_record().durable_offset;
    close_writer();
    EXPECT_GT(head_record().durable_offset, end);
    EXPECT_EQ(head_record().durable_position, events.size());
    EXPECT_EQ(disk.image().at(files(".log").back()).size(), head_record().durable_offset)
        << "the space set aside is given back";
    disk.power_cut();
    open_writer();
    EXPECT_EQ(read_all(*store), events);
    EXPECT_FALSE(noticed("cut")) << "nothing was left to repair";
}

}  // namespace
}  // namespace mainstem::log
