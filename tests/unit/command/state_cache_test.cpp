// States that threads share through the cache: who changes one is alone with it.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "command/state_cache.hpp"
#include "support/bank.hpp"

namespace mainstem::command {
namespace {

const std::vector<StreamId> streams{"account-1"};
StateKey key_of_account() { return {detail::state_type_of<bank::Balances, bank::Event>, streams}; }

TEST(StateCache, a_state_is_changed_by_its_only_holder_alone) {
    // Under the thread sanitizer: the change comes after what the other holder has read, though
    // nothing but the count of holders tells of that.
    const StateKey key = key_of_account();
    StateCache cache{{}};
    cache.put(new FoldedState{key});
    std::atomic<bool> asked{false};
    std::uint64_t read = 1;
    std::thread reader{[&, state = cache.find(key)]() mutable {
        while (!asked) std::this_thread::yield();
        read = state->events;
        state.reset();
    }};
    const SharedState state = cache.find(key);
    EXPECT_FALSE(cache.take(state));
    asked = true;
    while (!cache.take(state)) std::this_thread::yield();
    EXPECT_EQ(cache.find(key), nullptr);
    state->events = 7;
    reader.join();
    EXPECT_EQ(read, 0);
    cache.put(state);
    EXPECT_EQ(cache.find(key), state);
}

TEST(StateCache, a_state_that_it_does_not_keep_is_its_only_holders) {
    const StateKey key = key_of_account();
    StateCache cache{{}};
    SharedState state{new FoldedState{key}};
    EXPECT_TRUE(cache.take(state));
    const SharedState same = state;
    EXPECT_FALSE(cache.take(state));
    const SharedState copy{new FoldedState{*state}};
    EXPECT_TRUE(cache.take(copy));
    cache.put(copy);
    cache.drop(key);
    EXPECT_TRUE(cache.take(copy));
}

}  // namespace
}  // namespace mainstem::command
