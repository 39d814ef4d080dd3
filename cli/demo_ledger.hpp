// The second act of the demonstration: payments between accounts, by many clients at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <mainstem/core/histogram.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

#include "cli/ledger_audit.hpp"

namespace mainstem::cli {

struct LedgerLoad {
    std::uint64_t accounts = 10'000;
    std::uint64_t payments = 100'000;
    std::uint64_t clients = 64;
};

/// What the payments came to.
struct LedgerRun {
    LedgerLoad load;
    Position before;                 ///< the head before the first account was opened
    std::vector<bool> acknowledged;  ///< by the number of the payment
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;  ///< there was not enough money
    std::uint64_t failed = 0;   ///< given up for conflicts
    std::uint64_t conflicts = 0;
    std::chrono::nanoseconds elapsed{0};  ///< of the payments
    HistogramSnapshot latencies;
    LedgerAudit audit = {};  ///< made by who opens the store again
    std::chrono::nanoseconds audit_elapsed{0};
};

/// Opens accounts and pays, flushed. Every second payment is among a hundredth of the accounts.
/// Shows how far it is. Errors: those of the store; interrupted.
[[nodiscard]] Result<LedgerRun> run_ledger(Store& store, const LedgerLoad& load);

}  // namespace mainstem::cli
