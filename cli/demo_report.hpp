// What the demonstration found and measured, as text and as one line of JSON. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mainstem/log/open.hpp>

#include "cli/demo_ledger.hpp"
#include "cli/demo_models.hpp"
#include "cli/demo_store.hpp"
#include "cli/package_state.hpp"

namespace mainstem::cli {

struct DemoReport {
    bool generated = false;       ///< the history is made up
    std::uint64_t lines = 0;      ///< read
    std::uint64_t set_aside = 0;  ///< lines that are no events
    std::uint64_t unread_files =
        0;  ///< not read, or not to their end: no history is proven complete
    std::uint64_t streams = 0;
    std::string store;  ///< directory
    AppendCost append;
    LogReport verified;
    std::chrono::nanoseconds verify_elapsed{0};
    std::chrono::nanoseconds fold_elapsed{0};
    std::optional<PackageComparison> comparison;  ///< nullopt: nothing to compare with
    PackagesRun packages;
    LedgerRun ledger;
    BalancesRun balances;
    std::uint64_t peak_memory = 0;
};

[[nodiscard]] double milliseconds(std::chrono::nanoseconds duration);

/// A target of the system that Mainstem succeeds, and what was measured.
struct TargetLine {
    std::string name;
    std::string goal;
    std::string measured;
    bool met = false;
};

/// The production targets: 100 commands/s, 1,000 events/s, p50/p95/p99 below 10/50/100 ms, below
/// 1 GB of memory, below 70 % of the processor at that load.
[[nodiscard]] std::vector<TargetLine> against_targets(const DemoReport& report);

/// The processor's share of one core that 1,000 events/s would take, in per cent.
[[nodiscard]] double processor_share(const AppendCost& cost);

[[nodiscard]] std::string report_text(const DemoReport& report);
[[nodiscard]] std::string report_line(const DemoReport& report);

}  // namespace mainstem::cli
