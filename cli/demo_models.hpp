// The read models of the demonstration: packages, kept from their history and queried; balances,
// kept up while payments run and compared with the audit.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
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
    std::uint64_t commits = 0;
    std::uint64_t different = 0;  ///< balances that are not those of the audit
    AskedQuery richest = {};
};

/// A runner that keeps the balances of a ledger.
[[nodiscard]] Result<ProjectionRunner> keep_balances(const Store& store, const ReadModel& model);
/// Waits for all that the store has, and asks.
[[nodiscard]] Result<BalancesRun> ask_balances(const ProjectionRunner& runner, Position head,
                                               const ReadModel& model);
/// How many balances are not those that were audited; one that is too many counts, too.
[[nodiscard]] Result<std::uint64_t> count_different(
    const ReadModel& model, const std::unordered_map<std::string, ledger::Money>& audited);

}  // namespace mainstem::cli
