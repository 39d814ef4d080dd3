// The store that fails as it is told to: which calls fail, what they leave behind, what is counted.
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/testing/faulty_store.hpp>

namespace mainstem::testing {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<FaultyStore> faulty(FaultyOptions options = {}) {
    return std::make_shared<FaultyStore>(Store{open_memory_store(Clock::system())},
                                         std::move(options));
}

Result<Appended> add(Store store, const AppendOptions& options = {}) {
    return store.append("order-1", NewEvent{"OrderPlaced"}, options);
}

/// The events of a cursor up to its error, and the error's code.
std::pair<std::size_t, std::string> read_through(EventCursor cursor) {
    std::size_t events = 0;
    for (const auto& event : cursor) {
        if (!event) return {events, std::string{event.error().code_name()}};
        ++events;
    }
    return {events, ""};
}

TEST(FaultyStoreTest, without_faults_it_forwards_and_counts) {
    const auto backend = faulty();
    const Store store{backend};
    EXPECT_TRUE(add(store));
    EXPECT_EQ(read_through(store.read("order-1")), (std::pair<std::size_t, std::string>{1, ""}));
    EXPECT_EQ(store.head().value(), Position{1});
    EXPECT_EQ(backend->counts(), (CallCounts{.appends = 1, .reads = 1, .lookups = 1}));
}

TEST(FaultyStoreTest, the_chosen_append_is_a_conflict_and_the_others_are_none) {
    const auto backend = faulty({.faults = {{.at = 2}}});
    const Store store{backend};
    EXPECT_TRUE(add(store));
    const auto refused = add(store, {.expect = Version{1}});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error() == StoreError::conflict) << refused.error();
    EXPECT_EQ(refused.error().conflict().value().stream, "order-1");
    EXPECT_EQ(refused.error().conflict().value().expected, ExpectedVersion{Version{1}});
    EXPECT_EQ(refused.error().conflict().value().actual, Version{1});
    EXPECT_TRUE(add(store, {.expect = Version{1}}));
    EXPECT_EQ(store.head().value(), Position{2});
    EXPECT_EQ(backend->counts().conflicts, 1U);
    EXPECT_EQ(backend->counts().errors, 0U);
}

TEST(FaultyStoreTest, an_answer_may_be_lost_with_the_events_or_without) {
    const auto backend =
        faulty({.faults = {{.at = 1, .error = StoreError::outcome_unknown},
                           {.at = 2, .error = StoreError::outcome_unknown, .stored = true}}});
    Store store{backend};
    const NewEvent event{"OrderPlaced"};
    EXPECT_TRUE(store.append("a", event).error() == StoreError::outcome_unknown);
    EXPECT_EQ(store.head().value(), Position{0});
    EXPECT_TRUE(store.append("a", event).error() == StoreError::outcome_unknown);
    EXPECT_EQ(store.head().value(), Position{1});
    const auto repeat = store.append("a", event).value();
    EXPECT_TRUE(repeat.repeated);
    EXPECT_EQ(repeat.position, Position{1});
    EXPECT_EQ(backend->counts().errors, 2U);
}

TEST(FaultyStoreTest, what_the_wrapped_store_refuses_is_no_lost_answer) {
    const auto backend =
        faulty({.faults = {{.at = 1, .error = StoreError::outcome_unknown, .stored = true}}});
    const auto refused = add(Store{backend}, {.expect = Version{7}});
    EXPECT_TRUE(refused.error() == StoreError::conflict) << refused.error();
}

TEST(FaultyStoreTest, asynchronous_and_system_appends_fail_alike) {
    const auto backend =
        faulty({.faults = {{.at = 1, .error = StoreError::overloaded},
                           {.at = 2, .error = StoreError::outcome_unknown, .stored = true},
                           {.at = 4, .error = StoreError::stopped}}});
    const AppendRequest request{.events = {{"a", {"Happened"}}}};
    std::vector<std::string> codes;
    const auto done = [&](const Result<Appended>& answer) {
        codes.emplace_back(answer ? "" : answer.error().code_name());
    };
    for (int i = 0; i < 3; ++i) backend->async_append(request, done);
    EXPECT_EQ(codes, (std::vector<std::string>{"overloaded", "outcome_unknown", ""}));
    EXPECT_EQ(backend->inner().head().value(), Position{1}) << "the third repeats the second";
    const AppendRequest system{.events = {{"$a", {"Happened"}}}};
    EXPECT_TRUE(backend->append_system(system).error() == StoreError::stopped);
    EXPECT_TRUE(backend->append_system(system));
}

TEST(FaultyStoreTest, reads_fail_at_once_or_on_the_way) {
    const auto backend = faulty(
        {.faults = {
             {.call = CallKind::read, .at = 1, .error = StoreError::io},
             {.call = CallKind::read, .at = 2, .error = StoreError::io, .after_events = 3},
             {.call = CallKind::read, .at = 3, .error = StoreError::io, .after_events = 9}}});
    const Store store{backend};
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(add(store));
    const auto all = [&] { return read_through(store.read_all({.page_events = 2})); };
    using Seen = std::pair<std::size_t, std::string>;
    EXPECT_EQ(all(), (Seen{0, "io"}));
    EXPECT_EQ(all(), (Seen{3, "io"}));
    EXPECT_EQ(all(), (Seen{5, "io"})) << "there are fewer events than it lets through";
    EXPECT_EQ(all(), (Seen{5, ""}));
    EXPECT_EQ(read_through(store.read_streams({{"order-1", {}}})), (Seen{5, ""}));
    EXPECT_EQ(read_through(store.read_positions({{1}, {2}})), (Seen{2, ""}));
}

TEST(FaultyStoreTest, any_call_is_counted_whatever_it_does) {
    const auto backend =
        faulty({.faults = {{.call = CallKind::any, .at = 3, .error = StoreError::io}}});
    const Store store{backend};
    EXPECT_TRUE(add(store));
    EXPECT_TRUE(store.head());
    const auto third = store.stream_info("order-1");
    ASSERT_FALSE(third);
    EXPECT_TRUE(third.error() == StoreError::io);
    EXPECT_TRUE(store.stats());
}

TEST(FaultyStoreTest, somebody_else_writes_in_between) {
    const auto inner = open_memory_store(Clock::system());
    std::uint64_t asked = 0;
    const auto backend = std::make_shared<FaultyStore>(
        Store{inner}, FaultyOptions{.before_append = [&](const AppendCall& call) {
            asked = call.number;
            if (call.number == 2) add(Store{inner}).value();
        }});
    const Store store{backend};
    EXPECT_TRUE(add(store, {.expect = Expect::none}));
    const auto refused = add(store, {.expect = Version{1}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().conflict().value().actual, Version{2});
    EXPECT_TRUE(add(store, {.expect = Version{2}}));
    EXPECT_EQ(asked, 3U);
    EXPECT_EQ(backend->counts().conflicts, 0U) << "this one was real";
}

/// Which of 1,000 appends fail, as text.
std::string failures(const std::vector<Fault>& faults, std::uint64_t seed) {
    const Store store{faulty({.faults = faults, .seed = seed})};
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += add(store) ? '.' : 'x';
    return text;
}

TEST(FaultyStoreTest, chances_come_from_the_seed) {
    const std::vector<Fault> tenth{{.percent = 10}};
    EXPECT_EQ(failures(tenth, 1), failures(tenth, 1));
    EXPECT_NE(failures(tenth, 1), failures(tenth, 2));
    const auto failed = std::ranges::count(failures(tenth, 1), 'x');
    EXPECT_GT(failed, 50);
    EXPECT_LT(failed, 200);
    EXPECT_EQ(std::ranges::count(failures({{.percent = 100}}, 1), 'x'), 1'000);
    EXPECT_EQ(std::ranges::count(failures({{.percent = 0}}, 1), 'x'), 0);
}

TEST(FaultyStoreTest, latency_passes_as_the_test_wants_it_to) {
    std::vector<std::chrono::nanoseconds> waits;
    const Store store{faulty({.latency = {.append = 5ms, .read = 2ms, .wait = [&](auto time) {
                                              waits.push_back(time);
                                          }}})};
    EXPECT_TRUE(add(store));
    EXPECT_TRUE(store.head());
    EXPECT_EQ(read_through(store.read_all()).first, 1U);
    EXPECT_EQ(waits, (std::vector<std::chrono::nanoseconds>{5ms, 2ms, 2ms}));
}

TEST(FaultyStoreTest, many_threads_share_its_faults) {
    const auto backend = faulty({.faults = {{.at = 100}, {.at = 200}, {.percent = 5}}});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) (void)add(Store{backend});
        });
    }
    for (auto& thread : threads) thread.join();
    const auto counts = backend->counts();
    EXPECT_EQ(counts.appends, 400U);
    EXPECT_GE(counts.conflicts, 2U);
    EXPECT_EQ(backend->inner().head().value().value + counts.conflicts, 400U);
}

}  // namespace
}  // namespace mainstem::testing
