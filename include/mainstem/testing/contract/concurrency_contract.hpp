// Concurrency: real threads that fight for streams, and readers that must never see half a request.
// Nothing here depends on how the threads are interleaved; the more they are, the more it shows.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/threads.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class ConcurrencyContract : public StoreContract<Backend> {};
TYPED_TEST_SUITE_P(ConcurrencyContract);

TYPED_TEST_P(ConcurrencyContract, each_version_of_a_stream_has_exactly_one_winner) {
    constexpr std::uint64_t wins_each = 12;
    std::vector<std::map<std::uint64_t, std::string>> wins(fighters);
    run_together(fighters, [&](std::size_t fighter) {
        Version version;
        while (wins[fighter].size() < wins_each) {
            const auto data = std::to_string(fighter) + "/" + std::to_string(version.value);
            const auto answer = this->store().append("prize", event("Won", data),
                                                     {.expect = ExpectedVersion{version}});
            if (answer) {
                EXPECT_EQ(answer->version(), version.next());
                version = answer->version();
                wins[fighter].emplace(version.value, data);
            } else {
                const auto conflict = conflict_of(answer);
                EXPECT_EQ(conflict.expected, ExpectedVersion{version});
                ASSERT_GT(conflict.actual, version);
                version = conflict.actual;
            }
        }
    });

    const auto events = all_of(this->store().read("prize"));
    ASSERT_EQ(events.size(), fighters * wins_each);
    expect_history(events);
    std::map<std::uint64_t, std::string> winners;
    for (auto& of_fighter : wins) winners.merge(of_fighter);
    ASSERT_EQ(winners.size(), events.size()) << "a version was won twice";
    for (const auto& won : events) EXPECT_EQ(won.data, winners[won.version.value]);
}

TYPED_TEST_P(ConcurrencyContract, a_stream_is_begun_once) {
    for (int round = 0; round < 20; ++round) {
        const auto stream = "stream-" + std::to_string(round);
        std::atomic<int> begun = 0;
        run_together(fighters, [&](std::size_t) {
            if (this->store().append(stream, event(), {.expect = Expect::none})) ++begun;
        });
        EXPECT_EQ(begun, 1);
    }
    EXPECT_EQ(this->store().head().value(), Position{20});
}

TYPED_TEST_P(ConcurrencyContract, a_request_over_two_streams_is_never_seen_in_part) {
    constexpr int each = 15;
    std::atomic<std::uint64_t> stored = 0;
    const auto write = [&](std::size_t writer) {
        for (int i = 0; i < each; ++i) {
            const auto pair = std::to_string((writer + static_cast<std::size_t>(i)) % 4);
            const auto left = "left-" + pair, right = "right-" + pair;
            auto request = request_for({left, right});
            const auto version = this->store().stream_info(left).value().version;
            request.expect = {{left, version}, {right, version}};
            if (i % 3 == 0) request.durability = Durability::buffered;
            const auto answer = this->store().append(request);
            if (answer) ++stored;
            EXPECT_TRUE(answer || answer.error() == StoreError::conflict) << answer.error();
        }
    };
    const auto watch = [&](std::size_t watcher) {
        EXPECT_EQ(this->store().head().value().value % 2, 0U);
        const auto pair = std::to_string(watcher);
        const auto left = this->store().stream_info("left-" + pair).value().version;
        EXPECT_GE(this->store().stream_info("right-" + pair).value().version, left);
        const auto history = all_of(this->store().read_all({.page_events = 3}));
        expect_history(history);
        ASSERT_EQ(history.size() % 2, 0U) << "half of a request is visible";
        for (std::size_t i = 0; i < history.size(); i += 2) {
            ASSERT_EQ(history[i].stream.substr(5), history[i + 1].stream.substr(6));
            ASSERT_EQ(history[i].version, history[i + 1].version);
        }
    };
    run_watched(fighters, write, watch);
    EXPECT_EQ(this->store().head().value().value, 2 * stored);
    EXPECT_GE(stored, 4U);
}

TYPED_TEST_P(ConcurrencyContract, streams_that_are_only_checked_prevent_write_skew) {
    constexpr std::size_t writers = 8;
    for (int round = 0; round < 25; ++round) {
        const auto prefix = std::to_string(round) + "-";
        std::atomic<int> won = 0;
        run_together(writers, [&](std::size_t writer) {
            auto request = request_for({prefix + std::to_string(writer)});
            for (std::size_t other = 0; other < writers; ++other) {
                if (other == writer) continue;
                request.expect.push_back({prefix + std::to_string(other), Expect::none});
            }
            if (this->store().append(request)) ++won;
        });
        EXPECT_EQ(won, 1) << "in round " << round;
    }
}

TYPED_TEST_P(ConcurrencyContract, readers_see_prefixes_that_only_grow) {
    const auto write = [&](std::size_t writer) {
        for (std::size_t i = 0; i < 40; ++i) {
            auto request = request_for({"own-" + std::to_string(writer), "shared"});
            for (std::size_t more = 0; more < i % 4; ++more) {
                request.events.push_back({"own-" + std::to_string(writer), event()});
            }
            if (i % 4 != 0) request.durability = Durability::buffered;
            EXPECT_TRUE(this->store().append(request));
        }
    };
    std::vector<std::vector<Event>> seen(2);
    const auto watch = [&](std::size_t watcher) {
        const auto head = this->store().head().value().value;
        auto history = all_of(this->store().read_all({.page_events = 1 + watcher * 50}));
        EXPECT_GE(history.size(), head);
        EXPECT_GE(history.size(), seen[watcher].size());
        expect_history(history);
        if (!seen[watcher].empty() && history.size() >= seen[watcher].size()) {
            EXPECT_EQ(history[seen[watcher].size() - 1], seen[watcher].back());
        }
        seen[watcher] = std::move(history);

        auto reversed = all_of(this->store().read_all({.direction = Direction::backward}));
        std::ranges::reverse(reversed);
        expect_history(reversed);
        EXPECT_GE(reversed.size(), seen[watcher].size());
        const auto shared = versions_of(all_of(this->store().read("shared", {.page_events = 7})));
        for (std::size_t i = 0; i < shared.size(); ++i) EXPECT_EQ(shared[i], i + 1);
    };
    run_watched(8, write, watch);
    EXPECT_EQ(history_of(this->store()), seen[0]);
}

TYPED_TEST_P(ConcurrencyContract, answered_appends_are_visible_to_their_caller) {
    run_together(fighters, [&](std::size_t caller) {
        const auto stream = "caller-" + std::to_string(caller);
        for (std::uint64_t i = 1; i <= 30; ++i) {
            const auto durability = i % 2 == 0 ? Durability::flushed : Durability::buffered;
            const auto answer =
                this->store().append(stream, event("Done", std::to_string(i)),
                                     {.expect = Version{i - 1}, .durability = durability});
            ASSERT_TRUE(answer) << answer.error();
            EXPECT_GE(this->store().head().value(), answer->position);
            EXPECT_EQ(this->store().stream_info(stream).value(),
                      (StreamInfo{stream, Version{i}, answer->position}));
            auto cursor = this->store().read_all({.from = answer->position, .limit = 1});
            EXPECT_EQ((*cursor.next())->data, std::to_string(i));
            EXPECT_EQ(all_of(this->store().read(stream)).size(), i);
        }
    });
    expect_history(history_of(this->store()));
}

TYPED_TEST_P(ConcurrencyContract, the_same_request_from_many_callers_is_stored_once) {
    for (int round = 0; round < 20; ++round) {
        auto request = request_for({"a", "b"});
        request.expect = {{"a", Version{static_cast<std::uint64_t>(round)}}};
        std::atomic<int> first_answers = 0, answers = 0;
        const Position wanted{static_cast<std::uint64_t>(round) * 2 + 1};
        run_together(fighters, [&](std::size_t caller) {
            auto own = request;
            if (caller % 4 == 1) own.durability = Durability::buffered;
            const auto answer = this->store().append(own);
            ASSERT_TRUE(answer) << answer.error();
            EXPECT_EQ(answer->first, wanted);
            ++answers;
            if (!answer->repeated) ++first_answers;
        });
        EXPECT_EQ(answers, static_cast<int>(fighters));
        EXPECT_EQ(first_answers, 1);
    }
    EXPECT_EQ(this->store().head().value(), Position{40});
}

TYPED_TEST_P(ConcurrencyContract, one_id_with_many_contents_is_stored_once) {
    for (int round = 0; round < 20; ++round) {
        const auto id = EventId::generate();
        std::atomic<int> stored = 0, refused = 0;
        run_together(fighters, [&](std::size_t caller) {
            auto own = event("Claimed", std::to_string(caller));
            own.id = id;
            const auto answer = this->store().append("a", own);
            if (answer) ++stored;
            if (code_of(answer) == "id_reused") ++refused;
        });
        EXPECT_EQ(stored, 1);
        EXPECT_EQ(refused, static_cast<int>(fighters) - 1);
    }
}

TYPED_TEST_P(ConcurrencyContract, recorded_time_goes_on_while_the_clock_jumps) {
    run_together(8, [&](std::size_t thread) {
        for (int i = 0; i < 40; ++i) {
            if (thread < 2) {
                this->clock().advance(std::chrono::seconds{thread == 0 ? 7 : -11});
            } else {
                add(this->store(), "stream-" + std::to_string(thread));
            }
        }
    });
    const auto history = history_of(this->store());
    EXPECT_EQ(history.size(), 240U);
    expect_history(history);
}

TYPED_TEST_P(ConcurrencyContract, listings_are_whole_while_streams_are_begun) {
    const auto write = [&](std::size_t writer) {
        for (int i = 0; i < 30; ++i) {
            const auto name = std::to_string(writer) + "-" + std::to_string(i);
            this->store().append(request_for({"x-" + name, "y-" + name})).value();
        }
    };
    const auto watch = [&](std::size_t) {
        const auto streams_before = this->store().stats().value().streams;
        const auto infos = this->store().streams("", "", 10'000).value();
        EXPECT_GE(infos.size(), streams_before);
        for (std::size_t i = 1; i < infos.size(); ++i) {
            EXPECT_LT(infos[i - 1].stream, infos[i].stream);
        }
        for (const auto& info : infos) EXPECT_EQ(info.version, Version{1});
        const auto stats = this->store().stats().value();
        EXPECT_EQ(stats.events, stats.head.value);
        EXPECT_GE(stats.streams, infos.size());
    };
    run_watched(8, write, watch);
    EXPECT_EQ(this->store().stats().value().streams, 480U);
}

TYPED_TEST_P(ConcurrencyContract, requests_are_found_as_soon_as_they_are_visible) {
    constexpr std::size_t each = 150;
    std::vector<std::vector<AppendRequest>> requests(fighters);
    for (auto& of_writer : requests) {
        for (std::size_t i = 0; i < each; ++i) {
            of_writer.push_back(request_for({"stream-" + std::to_string(i % 7), "all"}));
            if (i % 2 == 0) of_writer.back().durability = Durability::buffered;
        }
    }
    const auto find = [&](const AppendRequest& request) {
        return this->store().find_request(request.events.front().event.id).value();
    };
    const auto write = [&](std::size_t writer) {
        for (const auto& request : requests[writer]) {
            EXPECT_FALSE(find(request));
            const auto answer = this->store().append(request).value();
            const auto found = find(request);
            ASSERT_TRUE(found);
            EXPECT_EQ(found->versions, answer.versions);
            EXPECT_EQ(found->position, answer.position);
        }
    };
    const auto watch = [&](std::size_t watcher) {
        for (std::size_t i = watcher; i < each; i += 2) {
            const auto& request = requests[i % fighters][i];
            const auto head = this->store().head().value();
            const auto found = find(request);
            const auto later = find(request);
            if (!found) continue;
            ASSERT_TRUE(later) << "it was visible before";
            EXPECT_EQ(found->position.value, found->first.value + 1);
            EXPECT_EQ(found->position, later->position);
            EXPECT_LE(found->position, this->store().head().value());
            const auto events = all_of(this->store().read_positions({found->first}));
            ASSERT_EQ(events.size(), 1U);
            EXPECT_EQ(events[0].id, request.events.front().event.id);
            EXPECT_GE(this->store().head().value(), head);
        }
    };
    run_watched(fighters, write, watch);
}

REGISTER_TYPED_TEST_SUITE_P(
    ConcurrencyContract, each_version_of_a_stream_has_exactly_one_winner, a_stream_is_begun_once,
    a_request_over_two_streams_is_never_seen_in_part,
    streams_that_are_only_checked_prevent_write_skew, readers_see_prefixes_that_only_grow,
    answered_appends_are_visible_to_their_caller, the_same_request_from_many_callers_is_stored_once,
    one_id_with_many_contents_is_stored_once, recorded_time_goes_on_while_the_clock_jumps,
    listings_are_whole_while_streams_are_begun, requests_are_found_as_soon_as_they_are_visible);

}  // namespace mainstem::testing::contract
