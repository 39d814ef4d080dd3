// What an answer rests on where streams are discovered, how often they are read, and what a
// conflict leaves of it.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/executor.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Deposited;
using bank::Opened;
using mainstem::testing::AppendCall;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;

/// Each stream of a chain names the next.
struct Linked {
    static constexpr auto event_type = "Linked";
    std::string next;
};
struct Measured {
    static constexpr auto event_type = "Measured";
    std::uint64_t length;
};
using Event = std::variant<Linked, Measured>;

struct Links {
    std::vector<std::string> next = {};

    void apply(const Linked& e) { next.push_back(e.next); }
    void apply(const Measured&) {}
};

/// Writes to the first stream how many links there are; all others are read alone.
struct Measure {
    std::string first;

    Streams streams() const { return {first}; }
    Streams discover(const Links& links) const {
        Streams found;
        for (const auto& name : links.next) found.add(name);
        return found;
    }
    Decision<Event> handle(const Links& links) const {
        return {{first, Measured{links.next.size()}}};
    }
};

/// The same on a state of each stream.
struct MeasureByStream {
    std::string first;

    Streams streams() const { return {first}; }
    Streams discover(const ByStream<Links>& links) const {
        Streams found;
        for (const auto& stream : links.streams()) {
            for (const auto& name : links[stream].next) found.add(name);
        }
        return found;
    }
    Decision<Event> handle(const ByStream<Links>& links) const {
        std::uint64_t length = 0;
        for (const auto& stream : links.streams()) length += links[stream].next.size();
        return {{first, Measured{length}}};
    }
};

class NoWait final : public Waiter {
public:
    TimePoint now() override { return {}; }
    void wait(TimePoint, const std::stop_token&) override {}
};

template <class Command>
class Discovery : public ::testing::Test {
protected:
    Discovery() {
        link("x", "y");
        link("y", "z");
    }
    void link(const std::string& stream, const std::string& next) {
        memory_.append(stream, encode(Linked{next}).value()).value();
    }
    Executor executor(FaultyOptions options = {}) {
        store_ = std::make_shared<FaultyStore>(memory_, std::move(options));
        return Executor{Store{store_}, {.waiter = &waiter_}};
    }
    /// The last that was written to "x".
    std::uint64_t measured() {
        auto cursor = memory_.read("x", {.direction = Direction::backward});
        return decode<Measured>(**cursor.next()).value().length;
    }

    Store memory_ = Store::open("memory:").value();
    NoWait waiter_;
    std::shared_ptr<FaultyStore> store_;
};
using Commands = ::testing::Types<Measure, MeasureByStream>;
TYPED_TEST_SUITE(Discovery, Commands);

TYPED_TEST(Discovery, an_answer_rests_on_every_stream_that_was_discovered) {
    for (const std::string changed : {"y", "z"}) {
        auto executor = this->executor({.before_append = [&](const AppendCall& call) {
            if (call.number == 1) this->link(changed, "w");
        }});
        const auto done = executor.execute(TypeParam{"x"});
        ASSERT_TRUE(done) << done.error();
        EXPECT_EQ(done->attempts, 2U) << changed;
        EXPECT_EQ(this->store_->counts().appends, 2U);
    }
    EXPECT_EQ(this->measured(), 4U);
}

TYPED_TEST(Discovery, each_stream_is_read_once) {
    auto executor = this->executor();
    ASSERT_TRUE(executor.execute(TypeParam{"x"}));
    EXPECT_EQ(this->measured(), 2U);
    // "z" has no event: that it is at version 0 is all that is asked.
    EXPECT_EQ(this->store_->counts().lookups, 3U);
    EXPECT_EQ(this->store_->counts().reads, 2U);
    EXPECT_EQ(executor.stats().folded_events, 2U);
}

TEST(Conflict, drops_the_state_that_was_kept) {
    auto memory = Store::open("memory:").value();
    NoWait waiter;
    const auto deposit = [&] { memory.append("ada", encode(Deposited{"ada", 1}).value()).value(); };
    Executor bank{
        Store{std::make_shared<FaultyStore>(memory, FaultyOptions{.before_append =
                                                                      [&](const AppendCall& call) {
                                                                          if (call.number == 3)
                                                                              deposit();
                                                                      }})},
        {.waiter = &waiter}};
    bank.execute(bank::Open{"ada"}).value();
    bank.execute(bank::Deposit{"ada", 1}).value();
    EXPECT_EQ(bank.stats().cache_misses, 1U);
    EXPECT_EQ(bank.stats().folded_events, 0U);
    EXPECT_EQ(bank.execute(bank::Deposit{"ada", 1}).value().attempts, 2U);
    // The first attempt had a state to begin with, the second none.
    EXPECT_EQ(bank.stats().cache_hits, 2U);
    EXPECT_EQ(bank.stats().cache_misses, 2U);
    EXPECT_EQ(bank.stats().folded_events, 3U);
    EXPECT_EQ(bank.stats().cached_states, 1U);
}

}  // namespace
}  // namespace mainstem
