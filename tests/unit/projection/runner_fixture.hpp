// What tests of the runner share: a store in memory, a model of each backend that may be told to
// fail, a projection whose documents show whether an event was counted twice.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/projection/runner.hpp>
#include <mainstem/projection/verify.hpp>
#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/sqlite/open.hpp>
#include <mainstem/testing/faulty_model.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem::projection_test {

using namespace std::chrono_literals;
using testing::FaultyModel;
using testing::ModelCall;
using testing::ModelFault;

/// Long enough for the slowest machine: no test waits for it to pass.
constexpr auto deadline = 60s;

struct Deposited {
    static constexpr auto event_type = "Deposited";
    std::string account;
    int amount = 0;
};
struct Closed {
    static constexpr auto event_type = "Closed";
    std::string account;
};
struct Account {
    static constexpr auto collection = "accounts";
    int balance = 0;
    int events = 0;
};
/// Amounts below 0 cannot be applied; 13 throws.
struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = std::variant<Deposited, Closed>;
    using Documents = mainstem::Documents<Account>;

    static Result<void> apply(const Deposited& event, Documents& documents) {
        auto& account = documents[event.account];
        account.balance += event.amount;
        ++account.events;
        if (event.amount < 0) return Error{ProjectionError::failed, "an amount below 0"};
        if (event.amount == 13) throw std::runtime_error{"unlucky"};
        return {};
    }
    static Result<void> apply(const Closed& event, Documents& documents) {
        if (documents.find(event.account) == nullptr) {
            return Error{ProjectionError::failed, "no such account"};
        }
        documents.remove(event.account);
        return {};
    }
};

/// The same projection with another version of its code.
inline Projection accounts_version(std::uint32_t version) {
    auto projection = projection_of(Accounts{});
    projection.declaration.version = version;
    return projection;
}

enum class Backend : std::uint8_t { memory, sqlite };

class RunnerTest : public ::testing::TestWithParam<Backend> {
protected:
    RunnerTest() { open({}); }

    /// A new, empty model that fails so.
    void open(std::vector<ModelFault> faults) {
        auto inner =
            GetParam() == Backend::memory
                ? open_memory_model()
                : open_sqlite_model(folder_.path() + "/" + std::to_string(models_++) + ".sqlite")
                      .value();
        faulty_ = std::make_shared<FaultyModel>(
            std::move(inner), testing::FaultyModelOptions{.faults = std::move(faults)});
        model_ = ReadModel{faulty_};
    }

    ProjectionRunner start(RunnerOptions options = {}) {
        return start(projection_of(Accounts{}), options);
    }
    ProjectionRunner start(Projection projection, RunnerOptions options = {}) {
        return start(std::vector{std::move(projection)}, options);
    }
    ProjectionRunner start(std::vector<Projection> projections, RunnerOptions options = {}) {
        options.gather = 0ms;
        options.look_again = 1ms;
        options.on_failure.first = 1ms;
        return ProjectionRunner::start(store_, model_, std::move(projections), options).value();
    }

    void deposit(const std::string& account, int amount) {
        store_.append("s-" + account, Deposited{account, amount}).value();
    }
    void close(const std::string& account) {
        store_.append("s-" + account, Closed{account}).value();
    }
    [[nodiscard]] Position head() const { return store_.head().value(); }

    /// "balance/events" of an account, "-" if there is none.
    [[nodiscard]] std::string account(const std::string& id) const {
        const auto found = ReadModel{faulty_->inner()}.get<Account>(id).value();
        if (!found) return "-";
        return std::to_string(found->value.balance) + "/" + std::to_string(found->value.events);
    }
    [[nodiscard]] std::vector<DeadLetter> letters(std::string_view projection = "accounts") const {
        return faulty_->inner()->dead_letters(projection, {}, 100).value();
    }
    [[nodiscard]] ProjectionRecord record(std::string_view projection = "accounts") const {
        return faulty_->inner()->projection(projection).value();
    }
    static void reaches(const ProjectionRunner& runner, Position position) {
        const auto done = runner.wait_until(position, deadline);
        ASSERT_TRUE(done) << done.error();
    }
    /// What is stored is a fold from the start.
    void expect_verified(const Projection& projection = projection_of(Accounts{})) const {
        const auto verified = verify_projection(store_, ReadModel{faulty_->inner()}, projection,
                                                ReadModel{open_memory_model()});
        ASSERT_TRUE(verified) << verified.error();
        EXPECT_EQ(verified->different, 0U);
    }
    template <class Condition>
    static void until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "it never came";
            std::this_thread::yield();
        }
    }

    support::TemporaryFolder folder_;
    int models_ = 0;
    Store store_{open_memory_store(Clock::system())};
    std::shared_ptr<FaultyModel> faulty_;
    ReadModel model_{open_memory_model()};
};

inline std::string backend_name(const ::testing::TestParamInfo<Backend>& info) {
    return info.param == Backend::memory ? "memory" : "sqlite";
}

}  // namespace mainstem::projection_test
