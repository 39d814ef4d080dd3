// The history checker must notice each way to break a promise: every test feeds it one.
#include <gtest/gtest.h>

#include "support/history.hpp"

namespace mainstem::support {
namespace {

EventId id_of(std::uint8_t number) {
    EventId id;
    id.bytes[0] = 1;
    id.bytes[15] = number;
    return id;
}

struct RequestOptions {
    std::vector<Expectation> expect = {};
    Durability durability = Durability::flushed;
};

/// One event for each stream; the ids count up from `id`.
AppendRequest request(std::uint8_t id, const std::vector<std::string>& streams,
                      RequestOptions options = {}) {
    AppendRequest made{.expect = options.expect, .durability = options.durability};
    for (const std::string& stream : streams) {
        made.events.push_back({stream, {.type = "T", .data = "d" + stream, .id = id_of(id++)}});
    }
    return made;
}

AppendRequest buffered(std::uint8_t id, const std::vector<std::string>& streams) {
    return request(id, streams, {.durability = Durability::buffered});
}

/// A store without failures and without checks, for requests whose streams do not alternate.
class Model {
public:
    Appended append(const AppendRequest& request) {
        Appended answer;
        answer.first = read_.head.next();
        answer.durability = request.durability;
        for (const auto& [stream, event] : request.events) {
            const Version version = ++versions_[stream.str()];
            const Timestamp now{std::chrono::microseconds{100}};
            read_.head = read_.head.next();
            read_.events.push_back({.position = read_.head,
                                    .stream = stream.str(),
                                    .version = version,
                                    .type = event.type,
                                    .id = event.id,
                                    .recorded_at = now,
                                    .occurred_at = now,
                                    .tags = {},
                                    .metadata = {},
                                    .content_type = "application/json",
                                    .data = event.data});
            std::erase_if(answer.versions, [&](const auto& one) { return one.stream == stream; });
            answer.versions.push_back({stream, version});
        }
        answer.position = read_.head;
        return answer;
    }

    /// Takes the last events away.
    void lose(std::size_t count) {
        read_.events.resize(read_.events.size() - count);
        read_.head = {read_.events.size()};
    }

    Observation& read() { return read_; }

private:
    struct Counter {
        Version version;
        Version operator++() { return version = version.next(); }
    };
    std::map<std::string, Counter> versions_;
    Observation read_;
};

/// A history, its store, and what a test does to them.
class HistoryTest : public ::testing::Test {
protected:
    Appended append(const AppendRequest& request) {
        const auto ticket = history.submit(request);
        const Appended answer = store.append(request);
        history.answer(ticket, answer);
        return answer;
    }
    void answer(const AppendRequest& request, const Result<Appended>& result) {
        history.answer(history.submit(request), result);
    }
    void refuse(const AppendRequest& request, StoreError code) {
        answer(request, Error{code, "refused"});
    }
    void conflict(const AppendRequest& request, Conflict what) {
        answer(request, Error{StoreError::conflict, "conflict", std::move(what)});
    }

    void expect_good() {
        history.check_reopened(store.read());
        EXPECT_EQ(history.violations().text(), "");
    }
    void expect_broken(std::string_view what) {
        history.check_reopened(store.read());
        EXPECT_NE(history.violations().text().find(what), std::string::npos)
            << history.violations().text();
    }

    History history;
    Model store;
};

TEST_F(HistoryTest, accepts_a_store_that_keeps_its_promises) {
    append(request(1, {"a", "b"}, {.expect = {{"a", Expect::none}, {"c", Expect::none}}}));
    append(request(10, {"b", "b"}, {.expect = {{"b", Version{1}}, {"a", Expect::exists}}}));
    append(buffered(20, {"c"}));
    answer({.expect = {{"c", Version{1}}}}, Appended{});
    conflict(request(30, {"b"}, {.expect = {{"b", Version{1}}}}),
             {"b", Version{1}, Version{3}, Position{4}});
    history.check_running(store.read());
    expect_good();
    append(request(40, {"a"}));
    expect_good();
}

TEST_F(HistoryTest, notices_a_gap_in_the_positions) {
    append(request(1, {"a", "b"}));
    store.read().events[1].position = Position{3};
    expect_broken("position 1 is followed by position 3");
}

TEST_F(HistoryTest, notices_a_gap_in_the_versions) {
    append(request(1, {"a", "a"}));
    store.read().events[1].version = Version{3};
    expect_broken("goes from version 1 to 3");
}

TEST_F(HistoryTest, notices_a_version_taken_twice) {
    append(request(1, {"a"}));
    append(request(2, {"a"}));
    store.read().events[1].version = Version{1};
    expect_broken("goes from version 1 to 1");
}

TEST_F(HistoryTest, notices_time_that_goes_back) {
    append(request(1, {"a", "b"}));
    store.read().events[1].recorded_at -= std::chrono::microseconds{1};
    expect_broken("recorded time goes back");
}

TEST_F(HistoryTest, notices_a_head_that_leads_or_lags) {
    append(request(1, {"a"}));
    store.read().head = Position{2};
    expect_broken("the head is said to be 2");
}

TEST_F(HistoryTest, notices_a_lost_flushed_request) {
    append(request(1, {"a"}));
    append(request(2, {"a"}));
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 2 must be there");
}

TEST_F(HistoryTest, lets_a_power_cut_take_what_was_only_buffered) {
    append(request(1, {"a"}));
    append(buffered(2, {"a"}));
    append(buffered(3, {"b"}));
    history.power_cut();
    store.lose(1);
    expect_good();
}

TEST_F(HistoryTest, notices_a_buffered_request_lost_without_a_power_cut) {
    append(buffered(1, {"a"}));
    store.lose(1);
    expect_broken("was acknowledged, and is not there");
}

TEST_F(HistoryTest, notices_a_buffered_request_lost_after_its_time) {
    append(buffered(1, {"a"}));
    history.flushed();
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 1 must be there");
}

TEST_F(HistoryTest, notices_a_buffered_request_lost_after_a_later_flush) {
    append(buffered(1, {"a"}));
    conflict(request(2, {"a"}, {.expect = {{"a", Expect::none}}}),
             {"a", Expect::none, Version{1}, Position{1}});
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 1 must be there");
}

TEST_F(HistoryTest, notices_a_request_cut_in_two) {
    append(buffered(1, {"a", "b"}));
    history.power_cut();
    store.lose(1);
    expect_broken("a request in part");
}

TEST_F(HistoryTest, notices_changed_content) {
    const Appended answer = append(request(1, {"a"}));
    for (const auto change : {0, 1, 2, 3, 4}) {
        History fresh;
        Observation read = store.read();
        fresh.answer(fresh.submit(request(1, {"a"})), answer);
        Event& event = read.events[0];
        if (change == 0) event.data += "x";
        if (change == 1) event.type += "x";
        if (change == 2) event.tags.emplace_back("x");
        if (change == 3) event.metadata.actor = "x";
        if (change == 4) event.occurred_at += std::chrono::microseconds{1};
        fresh.check_reopened(read);
        EXPECT_FALSE(fresh.violations().empty()) << "change " << change;
    }
}

TEST_F(HistoryTest, notices_an_event_that_nobody_asked_for) {
    store.append(request(1, {"a"}));
    expect_broken("an event that nobody asked for");
}

TEST_F(HistoryTest, notices_a_refused_request_that_is_there) {
    refuse(request(1, {"a"}), StoreError::stopped);
    store.append(request(1, {"a"}));
    expect_broken("a request that was refused");
}

TEST_F(HistoryTest, takes_an_unknown_outcome_whole_or_absent) {
    refuse(request(1, {"a"}), StoreError::outcome_unknown);
    refuse(request(2, {"a"}), StoreError::outcome_unknown);
    history.submit(request(3, {"a"}));
    history.submit(request(4, {"a"}));
    store.append(request(2, {"a"}));
    store.append(request(3, {"a"}));
    expect_good();
}

TEST_F(HistoryTest, knows_a_request_from_its_beginning_under_the_same_id) {
    history.submit(request(1, {"a"}));
    history.submit(request(1, {"a", "b"}));
    store.append(request(1, {"a", "b"}));
    expect_good();
}

TEST_F(HistoryTest, notices_half_of_an_unknown_outcome) {
    history.submit(request(1, {"a", "b"}));
    store.append(request(1, {"a"}));
    expect_broken("a request in part");
}

TEST_F(HistoryTest, notices_an_absent_request_that_comes_back) {
    history.submit(request(1, {"a"}));
    expect_good();
    store.append(request(1, {"a"}));
    expect_broken("an event that nobody asked for");
}

TEST_F(HistoryTest, notices_that_what_was_read_is_gone_after_a_power_cut) {
    history.submit(request(1, {"a"}));
    store.append(request(1, {"a"}));
    expect_good();
    history.power_cut();
    store.lose(1);
    expect_broken("position 1 is gone");
}

TEST_F(HistoryTest, notices_that_what_was_read_has_changed) {
    append(request(1, {"a"}));
    expect_good();
    store.read().events[0].recorded_at += std::chrono::microseconds{1};
    expect_broken("position 1 is changed");
}

TEST_F(HistoryTest, notices_an_event_shown_before_it_was_flushed) {
    history.submit(request(1, {"a"}));
    store.append(request(1, {"a"}));
    history.check_running(store.read());
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 1 must be there");
}

TEST_F(HistoryTest, lets_another_process_lag_but_not_lead) {
    append(request(1, {"a"}));
    expect_good();
    append(request(2, {"b"}));
    history.check_beside({});
    Observation read = store.read();
    read.events.pop_back();
    read.head = Position{1};
    history.check_beside(read);
    expect_good();
    append(buffered(3, {"c"}));
    history.check_beside(store.read());
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 3 must be there");
}

TEST_F(HistoryTest, notices_an_answer_that_its_own_process_cannot_read) {
    append(buffered(1, {"a"}));
    store.lose(1);
    history.check_running(store.read());
    EXPECT_FALSE(history.violations().empty());
}

TEST_F(HistoryTest, notices_wrong_positions) {
    Appended wrong = store.append(request(1, {"a", "b"}));
    wrong.position = Position{1};
    answer(request(1, {"a", "b"}), wrong);
    expect_broken("is at positions 1 to 2");
}

TEST_F(HistoryTest, notices_wrong_versions) {
    Appended wrong = store.append(request(1, {"a"}));
    wrong.versions[0].version = Version{2};
    answer(request(1, {"a"}), wrong);
    expect_broken("other versions than those stored");
}

TEST_F(HistoryTest, notices_a_position_that_was_given_twice) {
    append(buffered(1, {"a"}));
    Model other;
    answer(buffered(2, {"b"}), other.append(buffered(2, {"b"})));
    history.power_cut();
    store.lose(1);
    expect_broken("was given a position that was taken");
}

TEST_F(HistoryTest, notices_another_request_in_the_place_of_an_acknowledged_one) {
    append(buffered(1, {"a"}));
    history.submit(buffered(2, {"b"}));
    history.power_cut();
    store.lose(1);
    store.append(buffered(2, {"b"}));
    expect_broken("something else is in its place");
}

TEST_F(HistoryTest, notices_an_order_against_the_clock) {
    const auto second = store.append(request(2, {"b"}));
    const auto first = store.append(request(1, {"a"}));
    answer(request(1, {"a"}), first);
    answer(request(2, {"b"}), second);
    expect_broken("was answered before one was submitted that came before it");
}

TEST_F(HistoryTest, notices_a_flushed_request_answered_as_buffered) {
    Appended wrong = store.append(request(1, {"a"}));
    wrong.durability = Durability::buffered;
    answer(request(1, {"a"}), wrong);
    expect_broken("was to be flushed, and was answered as buffered");
}

TEST_F(HistoryTest, notices_an_expectation_that_did_not_hold) {
    append(request(1, {"a"}));
    append(request(2, {"a"}, {.expect = {{"a", Expect::none}}}));
    expect_broken("an expectation does not hold at its place");
}

TEST_F(HistoryTest, notices_a_check_that_held_at_no_time) {
    append(request(1, {"a"}));
    append(request(2, {"a"}));
    answer({.expect = {{"a", Version{1}}}}, Appended{});
    expect_broken("its expectations held at no time");
}

TEST_F(HistoryTest, a_check_may_hold_at_any_time_between_question_and_answer) {
    append(request(1, {"a"}));
    const auto check = history.submit({.expect = {{"a", Version{2}}, {"b", Expect::none}}});
    append(request(2, {"a"}));
    append(request(3, {"b"}));
    history.answer(check, Appended{});
    expect_good();
}

TEST_F(HistoryTest, notices_a_check_answered_with_positions) {
    append(request(1, {"a"}));
    Appended wrong;
    wrong.position = Position{1};
    answer({.expect = {{"a", Version{1}}}}, wrong);
    expect_broken("was answered with positions");
}

TEST_F(HistoryTest, notices_conflicts_that_are_none) {
    append(request(1, {"a"}));
    const auto wanted = request(2, {"a"}, {.expect = {{"a", Version{1}}}});
    conflict(wanted, {"a", Version{1}, Version{1}, Position{1}});
    expect_broken("has a conflict with a version that it expects");
}

TEST_F(HistoryTest, notices_conflicts_over_what_was_not_expected) {
    append(request(1, {"a"}));
    conflict(request(2, {"a"}), {"a", Expect::none, Version{1}, Position{1}});
    expect_broken("has a conflict over what it did not expect");
}

TEST_F(HistoryTest, notices_conflicts_with_versions_of_another_time) {
    append(request(1, {"a"}));
    conflict(request(2, {"a"}, {.expect = {{"a", Version{7}}}}),
             {"a", Version{7}, Version{2}, Position{2}});
    append(request(3, {"a"}));
    expect_broken("a version that the stream did not have then");
}

TEST_F(HistoryTest, notices_conflicts_at_the_wrong_position) {
    append(request(1, {"b", "a"}));
    conflict(request(3, {"a"}, {.expect = {{"a", Version{7}}}}),
             {"a", Version{7}, Version{1}, Position{1}});
    expect_broken("names another position");
}

TEST_F(HistoryTest, accepts_repeats_answered_as_the_first_time) {
    Appended first = append(request(1, {"a", "b"}));
    first.repeated = true;
    answer(request(1, {"a", "b"}, {.expect = {{"a", Expect::none}}}), first);
    expect_good();
    answer(request(1, {"a", "b"}), first);
    expect_good();
}

TEST_F(HistoryTest, notices_a_repeat_stored_again) {
    append(request(1, {"a"}));
    append(request(1, {"a"}));
    expect_broken("once more");
}

TEST_F(HistoryTest, notices_a_repeat_that_is_not_marked) {
    const Appended first = append(request(1, {"a"}));
    expect_good();
    answer(request(1, {"a"}), first);
    expect_broken("was stored before, and is no repeat");
}

TEST_F(HistoryTest, notices_a_repeat_of_nothing) {
    Appended wrong = store.append(request(1, {"a"}));
    wrong.repeated = true;
    answer(request(1, {"a"}), wrong);
    expect_broken("is new, and was answered as a repeat");
}

TEST_F(HistoryTest, notices_a_repeat_with_another_answer) {
    Appended wrong = append(request(1, {"a"}));
    wrong.repeated = true;
    wrong.first = wrong.position = Position{2};
    answer(request(1, {"a"}), wrong);
    expect_broken("is at positions 1 to 1");
}

TEST_F(HistoryTest, notices_a_repeat_that_was_refused) {
    append(request(1, {"a"}, {.expect = {{"a", Expect::none}}}));
    conflict(request(1, {"a"}, {.expect = {{"a", Expect::none}}}),
             {"a", Expect::none, Version{1}, Position{1}});
    expect_broken("is a repeat, and was refused");
}

TEST_F(HistoryTest, notices_a_repeat_answered_before_the_first_was_flushed) {
    Appended first = append(buffered(1, {"a"}));
    first.repeated = true;
    first.durability = Durability::flushed;
    answer(request(1, {"a"}), first);
    history.power_cut();
    store.lose(1);
    expect_broken("positions up to 1 must be there");
}

TEST_F(HistoryTest, accepts_the_refusal_of_a_used_id) {
    append(request(1, {"a"}));
    refuse(request(1, {"b"}), StoreError::id_reused);
    expect_good();
    refuse(request(1, {"a", "b"}), StoreError::id_reused);
    expect_good();
}

TEST_F(HistoryTest, notices_an_id_that_was_not_used) {
    refuse(request(1, {"a"}), StoreError::id_reused);
    expect_broken("was refused for an id that is not used");
}

TEST_F(HistoryTest, notices_other_content_taken_as_a_repeat) {
    Appended first = append(request(1, {"a"}));
    first.repeated = true;
    answer(request(1, {"b"}), first);
    expect_broken("another content is stored under its id");
}

TEST_F(HistoryTest, notices_an_id_reused_unnoticed) {
    append(request(1, {"a"}));
    conflict(request(1, {"b"}, {.expect = {{"a", Expect::none}}}),
             {"a", Expect::none, Version{1}, Position{1}});
    expect_broken("reuses an id unnoticed");
}

class GroupHistoryTest : public HistoryTest {
protected:
    using Answers = std::vector<std::optional<Result<Appended>>>;

    /// Requests of a group with the answers that they got.
    void group(const std::vector<AppendRequest>& requests, const Answers& answers) {
        const auto tickets = history.submit_group(requests);
        for (std::size_t i = 0; i < requests.size(); ++i) {
            if (answers[i]) history.answer(tickets[i], *answers[i]);
        }
    }
    /// The conflict of a request whose own expectations hold: stream "a" has `version`.
    static Result<Appended> unstored(std::uint64_t version) {
        return Error{StoreError::conflict, "builds on another",
                     Conflict{"a", Expect::any, Version{version}, Position{version}}};
    }
    static Result<Appended> unknown() {
        return Error{StoreError::outcome_unknown, "no word from the disk"};
    }
};

TEST_F(GroupHistoryTest, accepts_the_refusal_of_what_builds_on_a_refused_request) {
    append(request(1, {"a"}));
    const Result<Appended> first = Error{StoreError::conflict, "conflict",
                                         Conflict{"a", Expect::none, Version{1}, Position{1}}};
    group({request(2, {"a"}, {.expect = {{"a", Expect::none}}}), request(3, {"a", "b"}),
           request(4, {"c"})},
          {first, unstored(1), store.append(request(4, {"c"}))});
    expect_good();
}

TEST_F(GroupHistoryTest, notices_such_a_refusal_without_a_reason) {
    append(request(1, {"a"}));
    group({request(2, {"b"}), request(3, {"a"})}, {store.append(request(2, {"b"})), unstored(1)});
    expect_broken("has a conflict over what it did not expect");
}

TEST_F(GroupHistoryTest, notices_what_builds_on_a_refused_request_and_was_accepted) {
    const Result<Appended> invalid = Error{StoreError::invalid, "too large"};
    group({request(1, {"a"}), request(2, {"a"})}, {invalid, store.append(request(2, {"a"}))});
    expect_broken("builds on one of its group that was not stored, and was accepted");
}

TEST_F(GroupHistoryTest, notices_what_builds_on_a_repeat_and_was_accepted) {
    Appended first = append(request(1, {"a"}));
    first.repeated = true;
    group({request(1, {"a"}), request(2, {"a"})}, {first, store.append(request(2, {"a"}))});
    expect_broken("builds on one of its group that was not stored, and was accepted");
}

TEST_F(GroupHistoryTest, notices_a_check_that_builds_on_a_refused_request_and_held) {
    const Result<Appended> invalid = Error{StoreError::invalid, "too large"};
    group({request(1, {"a"}), {.expect = {{"a", Expect::none}}}}, {invalid, Appended{}});
    expect_broken("builds on one of its group that was not stored, and was accepted");
}

TEST_F(GroupHistoryTest, accepts_that_the_end_of_an_unanswered_group_is_lost) {
    group({request(1, {"a"}), request(2, {"a"})}, {unknown(), {}});
    store.append(request(1, {"a"}));
    expect_good();
}

TEST_F(GroupHistoryTest, notices_that_the_beginning_of_an_unanswered_group_is_lost) {
    group({request(1, {"a"}), request(2, {"a"})}, {unknown(), {}});
    store.append(request(2, {"a"}));
    expect_broken("is there without one of its group that it builds on");
}

TEST_F(HistoryTest, notices_a_second_answer) {
    const auto ticket = history.submit(request(1, {"a"}));
    history.answer(ticket, store.append(request(1, {"a"})));
    history.answer(ticket, Appended{});
    EXPECT_EQ(history.violations().text(), "a request was answered twice\n");
}

}  // namespace
}  // namespace mainstem::support
