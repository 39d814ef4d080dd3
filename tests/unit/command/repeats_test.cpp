// A command's id, whatever comes between: who sends a command twice at once gets the first answer
// twice, not what the second would be decided to on top of the first.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "command/execution.hpp"
#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Deposit;
using bank::Deposited;
using bank::Money;
using bank::Open;
using bank::Rejected;
using bank::Transfer;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;

constexpr BatchOptions one_batch{.items = 1000, .delay = std::chrono::hours{1}};

void fill(const Store& store, Money ada) {
    Executor bank{store};
    bank.execute(Open{"ada"}).value();
    bank.execute(Open{"bob"}).value();
    bank.execute(Deposit{"ada", ada}).value();
}

/// What happens while a command waits to be tried again.
class Meanwhile final : public Waiter {
public:
    explicit Meanwhile(std::function<void()> event) : event_(std::move(event)) {}
    TimePoint now() override { return {}; }
    void wait(TimePoint, const std::stop_token&) override { event_(); }

private:
    std::function<void()> event_;
};

TEST(Repeats, of_what_is_accepted_meanwhile_are_not_decided_on_top_of_it) {
    const CommandOptions paying{.id = EventId::generate()};
    const CommandOptions opening{.id = EventId::generate()};
    auto memory = Store::open("memory:").value();
    fill(memory, 10);
    Executor other{memory};
    std::optional<Executed> paid;
    std::optional<Executed> opened;
    Meanwhile meanwhile{[&] {
        if (paid) {
            opened = other.execute(Open{"eve"}, opening).value();
        } else {
            paid = other.execute(Transfer{"ada", "bob", 10}, paying).value();
        }
    }};
    // The first attempt of each runs into a conflict.
    const auto faulty =
        std::make_shared<FaultyStore>(memory, FaultyOptions{.faults = {{.at = 1}, {.at = 3}}});
    Executor bank{Store{faulty}, {.waiter = &meanwhile}};
    const auto again = bank.execute(Transfer{"ada", "bob", 10}, paying);
    ASSERT_TRUE(again) << again.error();
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->first, paid->first);
    const auto open = bank.execute(Open{"eve"}, opening).value();
    EXPECT_TRUE(open.repeated);
    EXPECT_EQ(open.first, opened->first);
    EXPECT_EQ(bank.stats().repeated, 2U);
}

/// What it decides depends on how often it did.
struct Numbered {
    static constexpr auto event_type = "Numbered";
    int number = 0;
};
struct Count {
    int numbers = 0;
    void apply(const Numbered&) { ++numbers; }
};
struct Take {
    StreamId from;
    [[nodiscard]] Streams streams() const { return {from}; }
    [[nodiscard]] Decision<Numbered, Rejected> handle(const Count& count) const {
        return {{from, Numbered{count.numbers + 1}}};
    }
};

TEST(Repeats, have_the_first_answer_also_where_another_would_be_decided_now) {
    const auto memory = Store::open("memory:").value();
    Executor counter{memory};
    const CommandOptions first{.id = EventId::generate()};
    const auto taken = counter.execute(Take{"numbers"}, first).value();
    counter.execute(Take{"numbers"}).value();
    const auto again = counter.execute(Take{"numbers"}, first);
    ASSERT_TRUE(again) << again.error();
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->first, taken.first);
    EXPECT_EQ(memory.head().value(), Position{2});
}

TEST(Repeats, are_decided_anew_where_nothing_was_recorded) {
    const auto memory = Store::open("memory:").value();
    fill(memory, 10);
    Executor bank{memory};
    const CommandOptions options{.id = EventId::generate()};
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(bank.execute(Transfer{"ada", "bob", 11}, options).error(), Rejected::overdraft);
        const auto open = bank.execute(Open{"ada"}, options).value();
        EXPECT_FALSE(open.repeated);
        EXPECT_EQ(open.position, Position{});
    }
    EXPECT_EQ(bank.stats().cache_hits, 2U);
}

TEST(Repeats, in_a_batch_have_the_first_answer) {
    const auto memory = Store::open("memory:").value();
    fill(memory, 10);
    const CommandOptions paying{.id = EventId::generate()};
    const CommandOptions opening{.id = EventId::generate()};
    std::vector<CommandResult<Transfer>> paid;
    std::vector<CommandResult<Open>> opened;
    CommandBatcher batcher{Executor{memory}, one_batch};
    for (int i = 0; i < 2; ++i) {
        batcher.submit(
            Transfer{"ada", "bob", 10},
            [&](CommandResult<Transfer> answer) { paid.push_back(std::move(answer)); }, paying);
        batcher.submit(
            Open{"eve"}, [&](CommandResult<Open> answer) { opened.push_back(std::move(answer)); },
            opening);
    }
    batcher.flush();
    ASSERT_TRUE(paid.at(1)) << paid.at(1).error();
    EXPECT_TRUE(paid.at(1)->repeated);
    EXPECT_EQ(paid.at(1)->first, paid.at(0)->first);
    EXPECT_TRUE(opened.at(1)->repeated);
    EXPECT_EQ(opened.at(1)->first, opened.at(0)->first);
}

TEST(Repeats, that_wait_for_the_disk_leave_no_state_of_their_own_decision) {
    // In a batch the next command would begin with it.
    using command::Execution;
    const Transfer transfer{"ada", "bob", 10};
    detail::TypedCall<Transfer, const Transfer&> call{transfer};
    const ExecutorOptions options;
    const CommandOptions command{.id = EventId::generate()};
    command::StateCache cache{{}};
    Execution execution{call, options, command, &cache, {}};
    execution.found(std::optional<Appended>{});
    for (const auto* account : {"ada", "bob"}) {
        for (Money amount : {0, 10}) {
            const auto event = amount == 0 ? encode(bank::Opened{account}).value()
                                           : encode(Deposited{account, amount}).value();
            EventView view{};
            view.version = Version{amount == 0 ? 1U : 2U};
            view.stream = account;
            view.type = event.type;
            view.content_type = event.content_type;
            view.data = event.data;
            ASSERT_TRUE(execution.fold(view));
        }
    }
    execution.read_done({});
    ASSERT_EQ(execution.request().events.size(), 2U);
    execution.go_on_top();
    execution.appended(Error{StoreError::id_reused, "another payment has it"}, {}, 0);
    ASSERT_EQ(execution.step(), Execution::Step::find);
    execution.found(Appended{.first = Position{5},
                             .position = Position{5},
                             .versions = {{"ada", Version{3}}},
                             .durability = Durability::buffered,
                             .repeated = true});
    ASSERT_EQ(execution.step(), Execution::Step::append);
    EXPECT_TRUE(execution.parts().empty());
    execution.appended(Appended{}, {}, 0);
    EXPECT_EQ(execution.outcome().value(), Execution::Outcome::accepted);
    EXPECT_TRUE(execution.executed().repeated);
}

}  // namespace
}  // namespace mainstem
