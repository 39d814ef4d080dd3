// Commands on a store: what is written, answered, rejected, tried again; what others do in between
// is done by a hook before an append, so that each conflict happens at its place.
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/executor.hpp>
#include <mainstem/store/typed_events.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Balances;
using bank::Deposit;
using bank::Deposited;
using bank::Money;
using bank::Open;
using bank::Opened;
using bank::Rejected;
using bank::Transfer;
using bank::Withdrawn;
using mainstem::testing::AppendCall;
using mainstem::testing::CallKind;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Time that passes only by waiting.
class Waits final : public Waiter {
public:
    TimePoint now() override { return now_; }
    void wait(TimePoint until, const std::stop_token&) override {
        waits.push_back(until - now_);
        now_ = until;
    }
    std::vector<nanoseconds> waits;

private:
    TimePoint now_{};
};

class ExecutorTest : public ::testing::Test {
protected:
    Store memory_ = Store::open("memory:").value();
    Waits waits_;

    /// An executor on a store with these faults; what others write goes to `memory_`.
    Executor executor(FaultyOptions faults = {}, ExecutorOptions options = {}) {
        options.waiter = &waits_;
        options.retry.jitter = 0;
        store_ = std::make_shared<FaultyStore>(memory_, std::move(faults));
        return Executor{Store{store_}, std::move(options)};
    }
    std::shared_ptr<FaultyStore> store_;

    void deposit_directly(const std::string& account, Money amount) {
        memory_.append(account, encode(Deposited{account, amount}).value()).value();
    }
    void open(Executor& executor, const std::string& account, Money balance = 0) {
        executor.execute(Open{account}).value();
        if (balance != 0) executor.execute(Deposit{account, balance}).value();
    }
    Money balance(const std::string& account) {
        Balances balances;
        for (const auto& entry : read_as<bank::Event>(memory_.read(account))) {
            std::visit([&](const auto& e) { balances.apply(e); }, entry->event);
        }
        return balances.of.at(account);
    }
};

TEST_F(ExecutorTest, writes_what_was_decided_and_answers_where) {
    auto bank = executor();
    const auto opened = bank.execute(Open{"ada"}).value();
    EXPECT_EQ(opened.first, Position{1});
    EXPECT_EQ(opened.versions, (std::vector<StreamVersion>{{"ada", Version{1}}}));
    open(bank, "bob");
    bank.execute(Deposit{"ada", 50}).value();

    const auto paid = bank.execute(Transfer{"ada", "bob", 40}).value();
    EXPECT_EQ(paid.first, Position{4});
    EXPECT_EQ(paid.position, Position{5});
    EXPECT_EQ(paid.versions,
              (std::vector<StreamVersion>{{"ada", Version{3}}, {"bob", Version{2}}}));
    EXPECT_EQ(paid.attempts, 1U);
    EXPECT_EQ(paid.durability, Durability::flushed);
    EXPECT_FALSE(paid.repeated);
    EXPECT_EQ(balance("ada"), 10);
    EXPECT_EQ(balance("bob"), 40);
}

TEST_F(ExecutorTest, answers_a_rejection_in_the_domains_words) {
    auto bank = executor();
    open(bank, "ada", 10);
    open(bank, "bob");
    const auto paid = bank.execute(Transfer{"ada", "bob", 11});
    ASSERT_FALSE(paid);
    EXPECT_EQ(paid.error(), Rejected::overdraft);
    EXPECT_FALSE(paid.error() == Rejected::no_such_account);
    std::ostringstream text;
    text << paid.error();
    EXPECT_EQ(text.str(), "rejected: overdraft");
    EXPECT_EQ(memory_.head().value(), Position{3});
}

TEST_F(ExecutorTest, has_nothing_to_record_and_says_so) {
    auto bank = executor();
    open(bank, "ada");
    const auto again = bank.execute(Open{"ada"}).value();
    EXPECT_EQ(again.position, Position{});
    EXPECT_TRUE(again.versions.empty());
}

TEST_F(ExecutorTest, decides_again_on_what_it_finds_after_a_conflict) {
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number == 4) deposit_directly("ada", 5);
    }});
    open(bank, "ada", 10);
    open(bank, "bob");
    // Rejected on 10, but the rejection is confirmed: somebody has deposited meanwhile.
    const auto paid = bank.execute(Transfer{"ada", "bob", 12}).value();
    EXPECT_EQ(paid.attempts, 2U);
    EXPECT_EQ(balance("ada"), 3);
    EXPECT_EQ(waits_.waits, (std::vector<nanoseconds>{milliseconds{10}}));
    EXPECT_EQ(bank.stats().conflicts, 1U);
}

TEST_F(ExecutorTest, gives_up_after_the_retries_with_the_last_conflict) {
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number > 2) deposit_directly("ada", 1);
    }});
    open(bank, "ada", 10);
    const auto paid = bank.execute(Deposit{"ada", 1});
    ASSERT_FALSE(paid);
    EXPECT_EQ(paid.error(), StoreError::conflict);
    EXPECT_EQ(paid.error().error().message(),
              "gave up after 5 attempts: ada: expected version 6, found version 7 "
              "(position 7); read it again, then decide again");
    EXPECT_EQ(waits_.waits, (std::vector<nanoseconds>{milliseconds{10}, milliseconds{20},
                                                      milliseconds{40}, milliseconds{80}}));
    EXPECT_EQ(bank.stats().conflicts, 5U);
    EXPECT_EQ(bank.stats().failed, 1U);
}

TEST_F(ExecutorTest, gives_up_rather_than_wait_beyond_the_deadline) {
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number > 1) deposit_directly("ada", 1);
    }});
    open(bank, "ada");
    const auto paid = bank.execute(Deposit{"ada", 1}, {.deadline = milliseconds{35}});
    ASSERT_FALSE(paid);
    EXPECT_EQ(paid.error(), ExecutionError::deadline);
    EXPECT_TRUE(paid.error().error().message().starts_with(
        "the deadline passed after 3 attempts; the last conflict: ada: expected version 3"));
    EXPECT_TRUE(paid.error().retryable());
}

TEST_F(ExecutorTest, the_longest_deadline_is_none) {
    auto bank = executor({.faults = {{.at = 1}}});
    EXPECT_TRUE(bank.execute(Open{"ada"}, {.deadline = nanoseconds::max()}));
}

TEST_F(ExecutorTest, tries_nothing_again_but_conflicts) {
    for (const auto error : {StoreError::outcome_unknown, StoreError::io, StoreError::stopped,
                             StoreError::overloaded}) {
        auto bank = executor({.faults = {{.at = 1, .error = error}}});
        const auto opened = bank.execute(Open{"x"});
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error(), error);
        EXPECT_EQ(store_->counts().appends, 1U);
        EXPECT_TRUE(waits_.waits.empty());
    }
}

TEST_F(ExecutorTest, fails_with_the_error_of_a_read) {
    auto bank = executor();
    open(bank, "ada");
    auto other =
        executor({.faults = {{.call = CallKind::read, .at = 1, .error = StoreError::damaged}}});
    const auto opened = other.execute(Deposit{"ada", 1});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), StoreError::damaged);
}

/// Pays into one account if there is money in the other, which it does not touch.
struct DepositIfCovered {
    std::string account;
    std::string cover;

    Streams streams() const { return {account, cover}; }
    bank::Decision handle(const Balances& balances) const {
        if (balances.of.at(cover) < 1) return Rejected::overdraft;
        return {{account, Deposited{account, 1}}};
    }
};

TEST_F(ExecutorTest, checks_streams_that_it_only_reads) {
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number == 4) memory_.append("bob", Withdrawn{"bob", 1}).value();
    }});
    open(bank, "bob", 1);
    open(bank, "ada");
    EXPECT_EQ(bank.execute(DepositIfCovered{"ada", "bob"}).error(), Rejected::overdraft);
    EXPECT_EQ(balance("ada"), 0);
}

struct WritesElsewhere {
    Streams streams() const { return {"here"}; }
    bank::Decision handle(const Balances&) const { return {{"there", Opened{"there"}}}; }
};

TEST_F(ExecutorTest, refuses_events_for_streams_that_were_not_declared) {
    auto bank = executor();
    const auto written = bank.execute(WritesElsewhere{});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), ExecutionError::undeclared_stream);
    EXPECT_EQ(written.error().error().message(),
              "the command decided AccountOpened for stream \"there\", which it does not declare; "
              "add it to `streams()`; nothing was written");
    EXPECT_EQ(store_->counts().appends, 0U);
}

// --- repeats

TEST_F(ExecutorTest, answers_the_repeat_of_an_accepted_command_with_its_first_answer) {
    auto bank = executor();
    open(bank, "ada", 10);
    open(bank, "bob");
    const CommandOptions options{.id = EventId::generate()};
    const auto first = bank.execute(Transfer{"ada", "bob", 10}, options).value();
    // Decided anew it would be an overdraft. Another executor knows it, too.
    auto restarted = executor();
    const auto again = restarted.execute(Transfer{"ada", "bob", 10}, options).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.first, first.first);
    EXPECT_EQ(again.position, first.position);
    EXPECT_EQ(again.versions, first.versions);
    EXPECT_EQ(balance("ada"), 0);
    EXPECT_EQ(restarted.stats().repeated, 1U);
}

TEST_F(ExecutorTest, decides_a_rejected_command_anew) {
    auto bank = executor();
    open(bank, "ada");
    open(bank, "bob");
    const CommandOptions options{.id = EventId::generate()};
    EXPECT_FALSE(bank.execute(Transfer{"ada", "bob", 10}, options));
    bank.execute(Deposit{"ada", 10}).value();
    EXPECT_FALSE(bank.execute(Transfer{"ada", "bob", 10}, options).value().repeated);
}

TEST_F(ExecutorTest, gives_the_same_command_executed_twice_at_once_one_answer) {
    const CommandOptions options{.id = EventId::generate()};
    std::optional<Executed> first;
    Executor other{memory_};
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number == 4) first = other.execute(Transfer{"ada", "bob", 3}, options).value();
    }});
    open(bank, "ada", 10);
    open(bank, "bob");
    const auto second = bank.execute(Transfer{"ada", "bob", 3}, options).value();
    EXPECT_TRUE(second.repeated);
    EXPECT_EQ(second.first, first->first);
    EXPECT_EQ(balance("ada"), 7);
}

TEST_F(ExecutorTest, does_not_take_another_commands_id_for_its_own) {
    auto bank = executor();
    open(bank, "ada");
    const CommandOptions options{.id = EventId::generate()};
    bank.execute(Deposit{"ada", 10}, options).value();
    const auto other = bank.execute(Open{"bob"}, options);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error(), StoreError::id_reused);
}

TEST_F(ExecutorTest, learns_by_its_id_what_became_of_an_unknown_outcome) {
    const CommandOptions options{.id = EventId::generate()};
    auto bank =
        executor({.faults = {{.at = 1, .error = StoreError::outcome_unknown, .stored = true}}});
    const auto lost = bank.execute(Open{"ada"}, options);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error(), StoreError::outcome_unknown);
    EXPECT_TRUE(bank.execute(Open{"ada"}, options).value().repeated);
    EXPECT_EQ(memory_.head().value(), Position{1});
}

// --- metadata

TEST_F(ExecutorTest, hands_its_metadata_on_to_its_events) {
    auto bank = executor();
    const auto id = EventId::generate();
    bank.execute(Open{"ada"}, {.id = id, .metadata = {.actor = "teller"}}).value();
    bank.execute(Open{"bob"}, {.metadata = {.correlation = "c", .causation = "d"}}).value();
    auto cursor = memory_.read_all();
    const auto ada = (*cursor.next())->to_owned();
    EXPECT_EQ(ada.id, id);
    EXPECT_EQ(ada.metadata.actor, "teller");
    EXPECT_EQ(ada.metadata.causation, id.to_string());
    EXPECT_EQ(ada.metadata.correlation, id.to_string());
    const auto bob = (*cursor.next())->to_owned();
    EXPECT_EQ(bob.metadata.correlation, "c");
    EXPECT_EQ(bob.metadata.causation, "d");
}

TEST_F(ExecutorTest, a_command_caused_by_an_event_keeps_its_correlation) {
    auto bank = executor();
    bank.execute(Open{"ada"}, {.metadata = {.correlation = "c"}}).value();
    bank.execute(Open{"bob"}).value();
    auto cursor = memory_.read_all();
    const auto& ada = **cursor.next();
    EXPECT_EQ(caused_by(ada).correlation, "c");
    EXPECT_EQ(caused_by(ada).causation, ada.id.to_string());
    const auto& bob = **cursor.next();
    EXPECT_EQ(caused_by(bob).correlation, bob.id.to_string());
}

// --- the cache

TEST_F(ExecutorTest, folds_only_what_is_new) {
    auto bank = executor();
    open(bank, "ada");
    for (int i = 0; i < 10; ++i) bank.execute(Deposit{"ada", 1}).value();
    EXPECT_EQ(bank.stats().folded_events, 0U);
    EXPECT_EQ(bank.stats().cache_misses, 1U);
    EXPECT_EQ(bank.stats().cache_hits, 10U);
    deposit_directly("ada", 5);
    bank.execute(Deposit{"ada", 1}).value();
    EXPECT_EQ(bank.stats().folded_events, 1U);
    EXPECT_EQ(balance("ada"), 16);
}

TEST_F(ExecutorTest, keeps_no_more_states_than_it_may) {
    auto bank = executor({}, {.state_cache = {.entries = 10}});
    for (int i = 0; i < 100; ++i) open(bank, "account-" + std::to_string(i));
    EXPECT_EQ(bank.stats().cached_states, 10U);
    auto bytes = executor({}, {.state_cache = {.memory = Bytes{4000}}});
    for (int i = 0; i < 100; ++i) open(bytes, "account-" + std::to_string(i));
    EXPECT_LE(bytes.stats().cached_bytes, 4000U);
    EXPECT_GT(bytes.stats().cached_states, 2U);
    auto none = executor({}, {.state_cache = {.entries = 0}});
    open(none, "x", 5);
    EXPECT_EQ(none.stats().cached_states, 0U);
    EXPECT_EQ(balance("x"), 5);
}

TEST_F(ExecutorTest, never_decides_on_a_stale_state) {
    // Each time, somebody empties the account after the cached state was brought up to date.
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number == 5) memory_.append("ada", encode(Withdrawn{"ada", 10}).value()).value();
    }});
    open(bank, "ada", 10);
    open(bank, "bob");
    bank.execute(Deposit{"bob", 1}).value();
    const auto paid = bank.execute(Transfer{"ada", "bob", 10});
    ASSERT_FALSE(paid);
    EXPECT_EQ(paid.error(), Rejected::overdraft);
    EXPECT_EQ(balance("ada"), 0);
}

TEST_F(ExecutorTest, a_failed_append_leaves_no_state_of_events_that_are_not_there) {
    auto bank = executor({.faults = {{.at = 3, .error = StoreError::io}}});
    open(bank, "ada", 10);
    EXPECT_FALSE(bank.execute(Deposit{"ada", 90}));
    open(bank, "bob");
    EXPECT_EQ(bank.execute(Transfer{"ada", "bob", 50}).error(), Rejected::overdraft);
}

// --- events that cannot be read

TEST_F(ExecutorTest, stops_at_an_event_that_it_cannot_read_or_skips_and_counts_it) {
    memory_.append("ada", NewEvent{"Renamed", "{}"}).value();
    auto strict = executor();
    const auto opened = strict.execute(Open{"ada"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), EventError::unknown_type);
    EXPECT_EQ(opened.error().error().message(),
              "position 1, stream \"ada\", type \"Renamed\": no such event is known here");
    auto lenient = executor({}, {.unreadable = OnUnreadable::skip});
    EXPECT_EQ(lenient.execute(Open{"ada"}).value().position, Position{2});
    EXPECT_EQ(lenient.stats().skipped_events, 1U);
}

// --- cancellation and the asynchronous form

TEST_F(ExecutorTest, gives_up_when_asked_to) {
    auto bank = executor();
    std::stop_source stop;
    stop.request_stop();
    const auto opened = bank.execute(Open{"ada"}, {.stop = stop.get_token()});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), ExecutionError::cancelled);
    EXPECT_EQ(store_->counts().appends, 0U);
}

TEST_F(ExecutorTest, executes_without_waiting) {
    std::atomic<bool> interfere{true};
    auto bank = executor({.before_append = [&](const AppendCall& call) {
        if (call.number == 2 && interfere.exchange(false)) deposit_directly("ada", 1);
    }});
    open(bank, "ada");
    std::binary_semaphore done{0};
    std::optional<CommandResult<Deposit>> answer;
    bank.async_execute(Deposit{"ada", 4}, [&](CommandResult<Deposit> result) {
        answer = std::move(result);
        done.release();
    });
    done.acquire();
    EXPECT_EQ(answer->value().attempts, 2U);
    EXPECT_EQ(balance("ada"), 5);
}

TEST_F(ExecutorTest, a_stop_ends_the_wait_of_an_asynchronous_command) {
    using std::chrono::hours;
    Executor bank{
        Store{std::make_shared<FaultyStore>(memory_, FaultyOptions{.faults = {{.at = 1}}})},
        {.retry = {.first = hours{1}, .longest = hours{1}, .jitter = 0, .deadline = hours{2}}}};
    std::stop_source stop;
    std::binary_semaphore done{0};
    std::optional<CommandResult<Open>> answer;
    bank.async_execute(Open{"ada"},
                       [&](CommandResult<Open> result) {
                           answer = std::move(result);
                           done.release();
                       },
                       {.deadline = hours{2}, .stop = stop.get_token()});
    stop.request_stop();
    done.acquire();
    EXPECT_EQ(answer->error(), ExecutionError::cancelled);
}

TEST_F(ExecutorTest, answers_what_waits_after_its_last_handle_is_gone) {
    std::binary_semaphore done{0};
    std::optional<CommandResult<Open>> answer;
    {
        Executor bank{Store{std::make_shared<FaultyStore>(
            memory_, FaultyOptions{.faults = {{.at = 1}, {.at = 2}}})}};
        bank.async_execute(Open{"ada"}, [&](CommandResult<Open> result) {
            answer = std::move(result);
            done.release();
        });
    }
    done.acquire();
    EXPECT_EQ(answer->value().attempts, 3U);
}

}  // namespace
}  // namespace mainstem
