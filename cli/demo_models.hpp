// The read models of the demonstration: packages, kept from their history and queried; balances,
// kept up while payments run and compared with the audit.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <mainstem/projection/runner.hpp>
#include <mainstem/read_model/read_model.hpp>

#include "cli/ledger.hpp"

namespace mainstem::cli {

/// A query that was asked, and how it went.
struct AskedQuery {
    std::string question;
    std::string text;
    std::string way;  ///< `index by_state`, `scan`, ...
    std::uint64_t rows = 0;
    std::chrono::nanoseconds elapsed{0};
    std::vector<std::string> answer = {};  ///< the rows, as lines for people
};

struct PackagesRun {
    std::uint64_t events = 0;
    std::uint64_t documents = 0;
    std::chrono::nanoseconds elapsed{0};  ///< from the first event to the last commit
    std::vector<AskedQuery> queries = {};
};

/// Projects the package history of a store and asks what there is to ask.
[[nodiscard]] Result<PackagesRun> project_packages(const Store& store, const ReadModel& model);

struct BalancesRun {
    std::uint64_t documents = 0;
    std::chrono::nanoseconds caught_up_after{0};  ///< the last payment
    std::uint64_t most_behind = 0;                ///< events, of all glances while payments ran
    std::chrono::microseconds most_lag{0};        ///< the same as time
    std::uint64_t commits = 0;
    std::uint64_t different = 0;  ///< balances that are not those of the audit
    AskedQuery richest = {};
};

/// A runner that keeps the balances of a ledger; it has all that is there.
[[nodiscard]] Result<ProjectionRunner> keep_balances(const Store& store, const ReadModel& model);
/// Glances at a runner of one projection on a thread of its own, to see how far it falls behind.
/// The runner must outlive it.
class LagWatch {
public:
    explicit LagWatch(const ProjectionRunner& runner);
    LagWatch(const LagWatch&) = delete;
    LagWatch& operator=(const LagWatch&) = delete;
    ~LagWatch() = default;
    /// Ends the watch. What was seen, and is now.
    [[nodiscard]] ProjectionStatus most();

private:
    void glance();

    const ProjectionRunner& runner_;
    ProjectionStatus most_;  ///< of the thread, until that has ended
    std::jthread thread_;
};

/// Waits for all that the store has, and asks.
[[nodiscard]] Result<BalancesRun> ask_balances(const ProjectionRunner& runner, Position head,
                                               const ReadModel& model);
/// How many balances are not those that were audited; one that is too many counts, too.
[[nodiscard]] Result<std::uint64_t> count_different(
    const ReadModel& model, const std::unordered_map<std::string, ledger::Money>& audited);

}  // namespace mainstem::cli
