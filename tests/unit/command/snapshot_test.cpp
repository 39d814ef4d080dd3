// Snapshots: they save folding, and whatever is wrong with one costs nothing but folding.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <latch>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "command/snapshot_folder.hpp"
#include "support/bank.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::command {
namespace {

namespace fs = std::filesystem;
using bank::Balances;
using bank::Deposit;
using bank::Deposited;
using bank::Money;
using bank::Open;
using bank::Opened;
using bank::Rejected;
using bank::Transfer;
using bank::Withdrawn;

/// The same state with another schema, as a newer or an older program has it.
struct BalancesV2 {
    static constexpr auto state_type = "balances";
    static constexpr unsigned state_version = 2;
    std::map<std::string, Money> of = {};

    void apply(const Opened& e) { of[e.account] = 0; }
    void apply(const Deposited& e) { of[e.account] += e.amount; }
    void apply(const Withdrawn& e) { of[e.account] -= e.amount; }
};

class SnapshotTest : public ::testing::Test {
protected:
    support::TemporaryFolder folder_;
    Store store_ = Store::open("memory:").value();
    SnapshotFolder snapshots_{Disk::posix(), directory()};
    std::vector<StreamId> streams_{"ada", "bob"};
    StateKey key_{detail::state_type_of<Balances, bank::Event>, streams_};

    std::string directory() const { return folder_.path() + "/snapshots"; }
    void fill(const Store& to, Money each) {
        Executor bank{to};
        for (const auto* account : {"ada", "bob"}) {
            bank.execute(Open{account}).value();
            bank.execute(Deposit{account, each}).value();
        }
    }
    FoldedState folded(Money each) const {
        FoldedState state{key_};
        static_cast<Balances*>(state.state.get())->of = {{"ada", each}, {"bob", each}};
        state.versions = {Version{2}, Version{2}};
        state.events = 4;
        return state;
    }
    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        if (!fs::is_directory(directory())) return found;
        for (const auto& entry : fs::recursive_directory_iterator(directory())) {
            if (entry.is_regular_file()) found.push_back(entry.path());
        }
        return found;
    }
    static std::string content(const fs::path& path) {
        std::ifstream in{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    static void write(const fs::path& path, const std::string& text) {
        std::ofstream{path, std::ios::binary} << text;
    }
};

TEST_F(SnapshotTest, come_back_as_they_were_saved) {
    fill(store_, 5);
    EXPECT_EQ(snapshots_.load(key_, store_), nullptr);
    ASSERT_TRUE(snapshots_.save(folded(5), store_));
    ASSERT_EQ(files().size(), 1U);
    const auto back = snapshots_.load(key_, store_);
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(static_cast<const Balances*>(back->state.get())->of,
              (std::map<std::string, Money>{{"ada", 5}, {"bob", 5}}));
    EXPECT_TRUE(std::ranges::equal(back->versions, std::vector{Version{2}, Version{2}}));
    EXPECT_EQ(back->events, 4U);
    EXPECT_EQ(back->saved_at, 4U);
}

TEST_F(SnapshotTest, that_are_damaged_in_any_byte_or_cut_anywhere_are_none) {
    fill(store_, 5);
    ASSERT_TRUE(snapshots_.save(folded(5), store_));
    const auto path = files().at(0);
    const auto whole = content(path);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto text = whole;
        text[i] = static_cast<char>(text[i] ^ 0x55);
        write(path, text);
        EXPECT_EQ(snapshots_.load(key_, store_), nullptr) << "byte " << i << " of " << whole;
        write(path, whole.substr(0, i));
        EXPECT_EQ(snapshots_.load(key_, store_), nullptr) << "cut at " << i << " of " << whole;
    }
    write(path, whole);
    EXPECT_NE(snapshots_.load(key_, store_), nullptr);
}

TEST_F(SnapshotTest, of_another_schema_are_none) {
    fill(store_, 5);
    ASSERT_TRUE(snapshots_.save(folded(5), store_));
    const StateKey newer{detail::state_type_of<BalancesV2, bank::Event>, streams_};
    EXPECT_EQ(snapshots_.load(newer, store_), nullptr);
    // The newer program's takes the older one's place, and is none for the older program.
    FoldedState state{newer};
    state.versions = {Version{2}, Version{2}};
    ASSERT_TRUE(snapshots_.save(state, store_));
    EXPECT_EQ(files().size(), 1U);
    EXPECT_NE(snapshots_.load(newer, store_), nullptr);
    EXPECT_EQ(snapshots_.load(key_, store_), nullptr);
}

TEST_F(SnapshotTest, of_another_store_are_none) {
    fill(store_, 5);
    ASSERT_TRUE(snapshots_.save(folded(5), store_));
    const auto other = Store::open("memory:").value();
    EXPECT_EQ(snapshots_.load(key_, other), nullptr);
    fill(other, 6);  // the same streams with the same versions, and other events
    EXPECT_EQ(snapshots_.load(key_, other), nullptr);
}

TEST_F(SnapshotTest, that_are_no_state_of_the_store_are_not_saved) {
    fill(store_, 5);
    auto state = folded(5);
    state.versions[0] = Version{9};
    EXPECT_FALSE(snapshots_.save(state, store_));
    EXPECT_TRUE(files().empty());
}

TEST_F(SnapshotTest, let_an_executor_begin_where_another_stopped) {
    const ExecutorOptions options{.snapshots = SnapshotOptions{directory(), 10}};
    {
        Executor bank{store_, options};
        bank.execute(Open{"ada"}).value();
        for (int i = 0; i < 24; ++i) bank.execute(Deposit{"ada", 1}).value();
    }
    ASSERT_EQ(files().size(), 1U);
    Executor restarted{store_, options};
    restarted.execute(Deposit{"ada", 1}).value();
    EXPECT_EQ(restarted.stats().snapshots_read, 1U);
    EXPECT_EQ(restarted.stats().folded_events, 5U);  // 25 of which 20 are in the snapshot
    restarted.execute(Open{"bob"}).value();
    EXPECT_EQ(restarted.execute(Transfer{"ada", "bob", 26}).error(), Rejected::overdraft);
    restarted.execute(Transfer{"ada", "bob", 25}).value();
}

TEST_F(SnapshotTest, let_a_batch_begin_where_another_stopped) {
    const ExecutorOptions options{.snapshots = SnapshotOptions{directory(), 10}};
    {
        Executor bank{store_, options};
        bank.execute(Open{"ada"}).value();
        for (int i = 0; i < 24; ++i) bank.execute(Deposit{"ada", 1}).value();
    }
    Executor restarted{store_, options};
    {
        CommandBatcher batcher{restarted};
        for (int i = 0; i < 3; ++i) {
            batcher.submit(Deposit{"ada", 1}, [](auto answer) { EXPECT_TRUE(answer); });
        }
    }
    EXPECT_EQ(restarted.stats().snapshots_read, 1U);
    EXPECT_EQ(restarted.stats().folded_events, 5U);
}

TEST_F(SnapshotTest, are_not_made_of_a_state_that_has_passed_over_events) {
    // A program that knows more types of events would take it for its own.
    {
        Executor bank{
            store_,
            {.snapshots = SnapshotOptions{directory(), 1}, .unreadable = OnUnreadable::skip}};
        bank.execute(Open{"ada"}).value();
        store_.append("ada", {"SomethingElse", "{}"}).value();
        bank.execute(Deposit{"ada", 1}).value();
        bank.execute(Deposit{"ada", 1}).value();
        EXPECT_EQ(bank.stats().skipped_events, 1U);
    }
    const auto kept = snapshots_.load(
        {detail::state_type_of<Balances, bank::Event>, std::span{streams_}.first(1)}, store_);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(kept->versions[0], Version{1});
}

/// Folds the events of the streams that it finds together with those that it declares.
struct TotalOfAll {
    std::string account;
    std::string other;

    Streams streams() const { return {account}; }
    Streams discover(const Balances&) const { return {other}; }
    bank::Decision handle(const Balances& balances) const {
        if (!balances.of.contains(account)) return Rejected::no_such_account;
        return {{account, Deposited{account, balances.of.at(account) + balances.of.at(other)}}};
    }
};

TEST_F(SnapshotTest, are_none_for_a_command_that_folds_all_its_events_at_the_end) {
    const ExecutorOptions options{.snapshots = SnapshotOptions{directory(), 1}};
    {
        Executor bank{store_, options};
        bank.execute(Open{"ada"}).value();
        bank.execute(Open{"bob"}).value();
        bank.execute(Deposit{"ada", 7}).value();
        bank.execute(Deposit{"bob", 5}).value();
    }
    ASSERT_EQ(files().size(), 2U);
    Executor restarted{store_, options};
    const auto done = restarted.execute(TotalOfAll{"ada", "bob"});
    ASSERT_TRUE(done) << done.error();
    EXPECT_EQ(restarted.stats().snapshots_read, 0U);
    ASSERT_TRUE(restarted.execute(Open{"eve"}));
    EXPECT_TRUE(restarted.execute(Transfer{"ada", "eve", 19}));
}

TEST_F(SnapshotTest, are_not_written_before_they_are_due) {
    {
        Executor bank{store_, {.snapshots = SnapshotOptions{directory(), 10}}};
        bank.execute(Open{"ada"}).value();
        for (int i = 0; i < 8; ++i) bank.execute(Deposit{"ada", 1}).value();
    }
    EXPECT_TRUE(files().empty());
}

TEST_F(SnapshotTest, that_wait_for_a_slow_disk_are_no_more_than_a_hundred) {
    // What a snapshot needs of the store comes only when all commands are done.
    std::latch done{1};
    const auto commands = std::this_thread::get_id();
    const auto slow = [&](std::chrono::nanoseconds) {
        if (std::this_thread::get_id() != commands) done.wait();
    };
    {
        Executor bank{
            Store{std::make_shared<testing::FaultyStore>(
                store_, testing::FaultyOptions{.latency = {.read = std::chrono::nanoseconds{1},
                                                           .wait = slow}})},
            {.snapshots = SnapshotOptions{directory(), 1}}};
        for (int i = 0; i < 103; ++i) bank.execute(Open{"account-" + std::to_string(i)}).value();
        EXPECT_EQ(bank.stats().snapshots_dropped, 3U);
        done.count_down();
    }
    EXPECT_EQ(files().size(), 100U);
}

TEST_F(SnapshotTest, that_cannot_be_written_fail_no_command) {
    write(directory(), "a file where the directory should be");
    Executor bank{store_, {.snapshots = SnapshotOptions{directory(), 1}}};
    bank.execute(Open{"ada"}).value();
    bank.execute(Deposit{"ada", 1}).value();
    EXPECT_EQ(bank.stats().snapshots_written, 0U);
}

}  // namespace
}  // namespace mainstem::command
