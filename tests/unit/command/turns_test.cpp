// Whose turn it is: commands that share a stream in the order in which they came, others beside
// each other, whatever the interleaving.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "command/turns.hpp"

namespace mainstem::command {
namespace {

using Ticket = Turns::Ticket;

TEST(Turns, overlapping_sets_of_streams_wait_for_those_before_them_alone) {
    Turns turns{10};
    Ticket ab{{"a", "b"}};
    Ticket bc{{"b", "c"}};
    Ticket ca{{"c", "a"}};
    Ticket d{{"d"}};
    for (auto* ticket : {&ab, &bc, &ca, &d}) turns.enter(*ticket);
    EXPECT_EQ(turns.start(), &ab);
    EXPECT_EQ(turns.start(), &d);
    EXPECT_EQ(turns.start(), nullptr);
    turns.leave(ab);
    EXPECT_EQ(turns.start(), &bc);
    EXPECT_EQ(turns.start(), nullptr);
    turns.leave(bc);
    EXPECT_EQ(turns.start(), &ca);
    turns.leave(ca);
    turns.leave(d);
    EXPECT_EQ(turns.size(), 0U);
    EXPECT_EQ(turns.streams(), 0U);
}

TEST(Turns, no_more_run_than_may) {
    Turns turns{1};
    Ticket one{{"a"}};
    Ticket two{{"b"}};
    turns.enter(one);
    turns.enter(two);
    EXPECT_EQ(turns.start(), &one);
    EXPECT_EQ(turns.start(), nullptr);
    turns.leave(one);
    EXPECT_EQ(turns.start(), &two);
    turns.leave(two);
}

TEST(Turns, a_command_without_streams_waits_for_nobody) {
    Turns turns{10};
    Ticket a{{"a"}};
    Ticket none{{}};
    turns.enter(a);
    turns.enter(none);
    EXPECT_EQ(turns.start(), &a);
    EXPECT_EQ(turns.start(), &none);
    turns.leave(none);
    turns.leave(a);
}

TEST(Turns, one_that_goes_before_its_turn_leaves_nobody_behind_it) {
    Turns turns{1};
    Ticket first{{"a"}};
    Ticket middle{{"a", "b"}};
    Ticket last{{"a"}};
    Ticket ready{{"c"}};
    Ticket behind{{"b"}};
    for (auto* ticket : {&first, &middle, &last, &ready, &behind}) turns.enter(*ticket);
    EXPECT_EQ(turns.start(), &first);
    turns.withdraw(middle);
    turns.withdraw(ready);
    EXPECT_EQ(turns.size(), 3U);
    EXPECT_EQ(turns.streams(), 2U);
    turns.leave(first);
    EXPECT_EQ(turns.start(), &behind);
    turns.leave(behind);
    EXPECT_EQ(turns.start(), &last);
    turns.leave(last);
    EXPECT_EQ(turns.start(), nullptr);
    EXPECT_EQ(turns.size(), 0U);
    EXPECT_EQ(turns.streams(), 0U);
}

RC_GTEST_PROP(TurnsProperty, each_stream_sees_the_order_of_submission, ()) {
    const auto limit = *rc::gen::inRange<std::size_t>(1, 6);
    const auto commands = *rc::gen::inRange<std::size_t>(0, 60);
    Turns turns{limit};
    struct Command {
        std::vector<StreamId> streams;
        std::unique_ptr<Ticket> ticket;
    };
    std::vector<Command> all;
    for (std::size_t i = 0; i < commands; ++i) {
        std::set<StreamId> streams;
        const auto wanted = *rc::gen::inRange(0, 4);
        for (int n = 0; n < wanted; ++n) {
            streams.insert(StreamId{std::string(1, *rc::gen::inRange<char>('a', 'g'))});
        }
        std::vector<StreamId> list{streams.begin(), streams.end()};
        all.push_back({list, std::make_unique<Ticket>(list)});
    }

    std::size_t entered = 0;
    std::vector<std::size_t> running;
    std::set<std::size_t> waiting;
    std::map<StreamId, std::vector<std::size_t>> order;
    std::size_t done = 0;
    while (done < commands) {
        if (entered < commands && (running.empty() || *rc::gen::arbitrary<bool>())) {
            turns.enter(*all[entered].ticket);
            waiting.insert(entered++);
        } else if (!waiting.empty() && *rc::gen::inRange(0, 4) == 0) {
            const auto at = *rc::gen::elementOf(waiting);
            turns.withdraw(*all[at].ticket);
            waiting.erase(at);
            ++done;
        } else if (!running.empty()) {
            const auto at = *rc::gen::inRange<std::size_t>(0, running.size());
            turns.leave(*all[running[at]].ticket);
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
            ++done;
        }
        while (auto* const started = turns.start()) {
            const auto index = static_cast<std::size_t>(
                std::ranges::find(all, started, [](auto& c) { return c.ticket.get(); }) -
                all.begin());
            for (const auto other : running) {
                for (const auto& stream : all[other].streams) {
                    RC_ASSERT(std::ranges::find(all[index].streams, stream) ==
                              all[index].streams.end());
                }
            }
            running.push_back(index);
            RC_ASSERT(waiting.erase(index) == 1U);
            for (const auto& stream : all[index].streams) order[stream].push_back(index);
        }
        RC_ASSERT(running.size() <= limit);
        // Nobody waits for ever: while some are in, some run.
        RC_ASSERT(!running.empty() || turns.size() == 0);
    }
    RC_ASSERT(turns.streams() == 0U);
    for (const auto& [stream, seen] : order) RC_ASSERT(std::ranges::is_sorted(seen));
}

}  // namespace
}  // namespace mainstem::command
