// The runner: what becomes of events, failures, pauses, versions and second runners; with the
// read model in memory and in a file.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/projection/runner.hpp>
#include <mainstem/projection/verify.hpp>

#include "support/bank.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using bank::Deposited;
using bank::Money;
using bank::Opened;
using bank::Withdrawn;

/// Long enough for any machine.
constexpr std::chrono::minutes patience{2};

struct Account {
    static constexpr auto collection = "accounts";
    Money balance = 0;
    int events = 0;
};

struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = bank::Event;
    using Documents = mainstem::Documents<Account>;

    static void apply(const Deposited& e, Documents& docs) { change(e.account, e.amount, docs); }
    static Result<void> apply(const Withdrawn& e, Documents& docs) {
        change(e.account, -e.amount, docs);
        if (e.amount == 13) return Error{ProjectionError::failed, "unlucky"};
        if (e.amount == 14) throw std::runtime_error{"thrown"};
        return {};
    }

private:
    static void change(const std::string& account, Money by, Documents& docs) {
        docs[account].balance += by;
        ++docs[account].events;
    }
};

/// The same documents by another version of the code.
struct DoubledAccounts {
    static constexpr auto projection = "accounts";
    static constexpr std::uint32_t version = 2;
    using Event = bank::Event;
    using Documents = mainstem::Documents<Account>;

    static void apply(const Deposited& e, Documents& docs) {
        docs[e.account].balance += 2 * e.amount;
    }
};

struct Total {
    static constexpr auto collection = "totals";
    int events = 0;
};
struct Totals {
    static constexpr auto projection = "totals";
    using Documents = mainstem::Documents<Total>;

    static void apply(const EventView&, Documents& docs) { ++docs["all"].events; }
};

enum class Where : std::uint8_t { memory, file };

class RunnerModelsTest : public ::testing::TestWithParam<Where> {
protected:
    RunnerModelsTest() {
        options_.look_again = std::chrono::milliseconds{1};
        options_.on_failure.first = std::chrono::milliseconds{1};
    }

    Position deposit(const std::string& account, Money amount) {
        return store_.append(account, Deposited{account, amount}).value().first;
    }
    Position withdraw(const std::string& account, Money amount) {
        return store_.append(account, Withdrawn{account, amount}).value().first;
    }

    template <class P>
    ProjectionRunner start(P projection) {
        return ProjectionRunner::start(store_, model_, std::move(projection), options_).value();
    }

    [[nodiscard]] Money balance(const std::string& account) const {
        const auto found = model_.get<Account>(account).value();
        return found ? found->value.balance : -1;
    }
    [[nodiscard]] ProjectionRecord record(const std::string& name = "accounts") const {
        return model_.store()->projection(name).value();
    }
    template <class P>
    [[nodiscard]] std::uint64_t differences(P projection) const {
        const auto scratch = ReadModel::open("memory:").value();
        return verify_projection(store_, model_, projection_of(std::move(projection)), scratch)
            .value()
            .different;
    }

    support::TemporaryFolder folder_;
    Store store_ = Store::open("memory:").value();
    ReadModel model_ =
        ReadModel::open(GetParam() == Where::memory ? "memory:" : folder_.path() + "/model.sqlite")
            .value();
    RunnerOptions options_;
};
INSTANTIATE_TEST_SUITE_P(Models, RunnerModelsTest, ::testing::Values(Where::memory, Where::file),
                         [](const auto& where) {
                             return where.param == Where::memory ? "memory" : "file";
                         });

TEST_P(RunnerModelsTest, folds_what_is_there_and_what_comes) {
    deposit("ada", 10);
    deposit("bob", 5);
    const auto runner = start(Accounts{});
    ASSERT_TRUE(runner.wait_until(Position{2}, patience));
    EXPECT_EQ(balance("ada"), 10);
    const auto last = withdraw("ada", 3);
    ASSERT_TRUE(runner.wait_until("accounts", last, patience));
    EXPECT_EQ(balance("ada"), 7);
    EXPECT_EQ(model_.get("accounts", "ada").value()->version, last);
    EXPECT_EQ(model_.get("accounts", "bob").value()->version, Position{2});
    const auto status = runner.status().front();
    EXPECT_EQ(status.state, ProjectionState::running);
    EXPECT_EQ(status.lag_events, 0U);
    EXPECT_EQ(status.events, 3U);
}

TEST_P(RunnerModelsTest, goes_on_where_another_has_ended) {
    for (int i = 0; i < 20; ++i) {
        const auto runner = start(Accounts{});
        ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    }
    EXPECT_EQ(balance("ada"), 20);
    EXPECT_EQ(differences(Accounts{}), 0U);
}

TEST_P(RunnerModelsTest, a_wait_in_vain_says_where_it_is) {
    const auto runner = start(Accounts{});
    const auto done = runner.wait_until(Position{7}, std::chrono::milliseconds{1});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error(), ProjectionError::timed_out);
    EXPECT_TRUE(done.error().message().find("not yet at 7") != std::string::npos) << done.error();
    EXPECT_EQ(runner.wait_until("nobody", Position{}, patience).error(), ReadModelError::not_found);
}

TEST_P(RunnerModelsTest, stops_before_an_event_that_fails) {
    deposit("ada", 100);
    for (const Money amount : {13, 14}) {
        const auto bad = withdraw("ada", amount);
        deposit("ada", 1);
        const auto runner = start(Accounts{});
        const auto done = runner.wait_until(bad, patience);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error(), ProjectionError::stopped);
        EXPECT_TRUE(done.error().message().find("MoneyWithdrawn") != std::string::npos);
        EXPECT_TRUE(runner.wait_stopped(patience));
        EXPECT_EQ(record().position.value, bad.value - 1);
        EXPECT_NE(record().failure, "");
        // All that was folded before is there; nothing of the event that failed.
        EXPECT_EQ(balance("ada"), 100 + (amount - 13));
        options_.on_failure.then = OnFailure::skip;
        const auto skipping = start(Accounts{});
        ASSERT_TRUE(skipping.wait_until(store_.head().value(), patience));
        options_.on_failure.then = OnFailure::stop;
        EXPECT_EQ(record().failure, "");
    }
}

TEST_P(RunnerModelsTest, sets_aside_what_fails_and_goes_on) {
    options_.on_failure.then = OnFailure::skip;
    deposit("ada", 100);
    const auto bad = withdraw("ada", 13);
    deposit("ada", 1);
    const auto unreadable = store_.append("ada", {"MoneyDeposited", "no json"}).value().first;
    deposit("bob", 2);
    auto runner = start(Accounts{});
    ASSERT_TRUE(runner.wait_until(store_.head().value(), patience));
    EXPECT_EQ(balance("ada"), 101);
    EXPECT_EQ(balance("bob"), 2);
    const auto letters = model_.store()->dead_letters("accounts", {}, 10).value();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0].position, bad);
    EXPECT_TRUE(letters[0].error.find("unlucky") != std::string::npos) << letters[0].error;
    EXPECT_EQ(letters[1].position, unreadable);
    EXPECT_EQ(runner.status().front().set_aside, 2U);
    // They fail again, and stay.
    EXPECT_EQ(runner.replay_dead_letters("accounts").value(), 0U);
    EXPECT_EQ(record().dead_letters, 2U);
    EXPECT_EQ(balance("ada"), 101);
}

TEST_P(RunnerModelsTest, tries_again_before_it_gives_up) {
    struct Moody : Accounts {
        std::shared_ptr<int> left = std::make_shared<int>(3);
        void apply(const Deposited& e, Documents& docs) {
            docs[e.account].balance += e.amount;
            if ((*left)-- > 0) throw std::runtime_error{"not now"};
        }
    };
    options_.on_failure.retries = 3;
    const auto last = deposit("ada", 5);
    const auto runner = start(Moody{});
    const auto done = runner.wait_until(last, patience);
    ASSERT_TRUE(done) << done.error();
    EXPECT_EQ(balance("ada"), 5);
}

TEST_P(RunnerModelsTest, waits_while_it_is_paused) {
    auto runner = start(Accounts{});
    ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    ASSERT_TRUE(runner.pause("accounts"));
    const auto last = deposit("ada", 1);
    EXPECT_FALSE(runner.wait_until(last, std::chrono::milliseconds{20}));
    EXPECT_EQ(balance("ada"), 1);
    ASSERT_TRUE(runner.resume("accounts"));
    EXPECT_TRUE(runner.wait_until(last, patience));
    EXPECT_EQ(balance("ada"), 2);
    EXPECT_EQ(runner.pause("nobody").error(), ReadModelError::not_found);
}

TEST_P(RunnerModelsTest, ends_where_somebody_wishes_so) {
    const auto runner = start(Accounts{});
    ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    ASSERT_TRUE(model_.store()->wish("accounts", ProjectionWish::stop));
    EXPECT_TRUE(runner.wait_stopped(patience));
    EXPECT_TRUE(model_.store()->try_lead("accounts").value() != nullptr);
}

TEST_P(RunnerModelsTest, several_projections_have_positions_of_their_own) {
    {
        const auto runner = start(Accounts{});
        ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    }
    deposit("ada", 2);
    const auto runner = ProjectionRunner::start(store_, model_, Accounts{}, Totals{}).value();
    ASSERT_TRUE(runner.wait_until(store_.head().value(), patience));
    EXPECT_EQ(balance("ada"), 3);
    EXPECT_EQ(model_.get<Total>("all").value()->value.events, 2);
    const auto last = deposit("bob", 1);
    ASSERT_TRUE(runner.wait_until(last, patience));
    EXPECT_EQ(model_.get<Total>("all").value()->value.events, 3);
    EXPECT_EQ(runner.status().size(), 2U);
}

TEST_P(RunnerModelsTest, a_new_version_is_built_beside_the_old_one) {
    deposit("ada", 10);
    {
        const auto runner = start(Accounts{});
        ASSERT_TRUE(runner.wait_until(Position{1}, patience));
    }
    const auto generation = record().generation;
    const auto runner = start(DoubledAccounts{});
    ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    EXPECT_EQ(balance("ada"), 22);
    EXPECT_EQ(record().declaration.version, 2U);
    EXPECT_NE(record().generation, generation);
    EXPECT_EQ(model_.projections().value().size(), 1U);
}

TEST_P(RunnerModelsTest, is_rebuilt_on_request_and_served_meanwhile) {
    for (int i = 0; i < 100; ++i) deposit("ada", 1);
    auto runner = start(Accounts{});
    ASSERT_TRUE(runner.wait_until(Position{100}, patience));
    const auto generation = record().generation;
    ASSERT_TRUE(runner.rebuild("accounts"));
    while (record().generation == generation) {
        ASSERT_EQ(balance("ada"), static_cast<Money>(record().position.value));
        ASSERT_TRUE(runner.wait_until(deposit("ada", 1), patience));
    }
    ASSERT_TRUE(runner.wait_until(store_.head().value(), patience));
    EXPECT_EQ(balance("ada"), static_cast<Money>(store_.head().value().value));
}

TEST_P(RunnerModelsTest, another_takes_over_when_the_first_has_ended) {
    auto first = std::optional{start(Accounts{})};
    ASSERT_TRUE(first->wait_until(deposit("ada", 1), patience));
    auto second = std::optional{start(Accounts{})};
    // Who stands by sees how far the first is.
    ASSERT_TRUE(second->wait_until(Position{1}, patience));
    EXPECT_EQ(second->status().front().state, ProjectionState::standing_by);
    ASSERT_TRUE(second->wait_until(deposit("ada", 1), patience));
    EXPECT_EQ(second->status().front().state, ProjectionState::standing_by);
    first.reset();
    ASSERT_TRUE(second->wait_until(deposit("ada", 1), patience));
    EXPECT_EQ(balance("ada"), 3);
    second.reset();
    EXPECT_EQ(differences(Accounts{}), 0U);
}

TEST_P(RunnerModelsTest, a_unique_index_names_the_event_that_breaks_it) {
    auto projection = projection_of(Accounts{});
    projection.declaration.collections.front().indexes = {
        {.name = "by_balance", .fields = {"balance"}, .unique = true}};
    options_.on_failure.then = OnFailure::skip;
    deposit("ada", 1);
    deposit("bob", 2);
    const auto bad = deposit("eve", 2);
    deposit("ada", 3);
    const auto runner =
        ProjectionRunner::start(store_, model_, std::vector{projection}, options_).value();
    ASSERT_TRUE(runner.wait_until(store_.head().value(), patience));
    const auto letters = model_.store()->dead_letters("accounts", {}, 10).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].position, bad);
    EXPECT_TRUE(letters[0].error.starts_with("position 3: collection ")) << letters[0].error;
    EXPECT_EQ(balance("ada"), 4);
    EXPECT_EQ(balance("eve"), -1);
}

TEST_P(RunnerModelsTest, needs_projections_of_different_names) {
    EXPECT_EQ(ProjectionRunner::start(store_, model_, std::vector<Projection>{}).error(),
              ProjectionError::invalid);
    EXPECT_EQ(ProjectionRunner::start(store_, model_, Accounts{}, Accounts{}).error(),
              ProjectionError::invalid);
}

}  // namespace
}  // namespace mainstem
