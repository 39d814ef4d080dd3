// A small piece of work that meets trouble at every single operation in turn: a crash before,
// within or after it, or its refusal by the disk; followed by the end of the process or by a power
// cut with one of several outcomes. Then the log is opened, used and read again.
#include <ostream>

#include <gtest/gtest.h>

#include "support/log_run.hpp"
#include "support/seeds.hpp"

namespace mainstem::support {
namespace {

/// Fewer where few seeds are asked for: that is where each run is slow, under sanitizers.
std::uint64_t outcomes() {
    constexpr std::uint64_t many_seeds = 1'000;
    return environment_number("MAINSTEM_SIM_SEEDS").value_or(many_seeds) < many_seeds ? 2 : 4;
}

constexpr std::uint64_t workloads = 8;

enum class Trouble : std::uint8_t {
    crash_before,
    crash_within,
    crash_after,
    refused_once,
    disk_full_from_here,
};
constexpr Trouble troubles[] = {Trouble::crash_before, Trouble::crash_within, Trouble::crash_after,
                                Trouble::refused_once, Trouble::disk_full_from_here};

/// Which run meets what, where, and what becomes of it.
struct Stop {
    std::uint64_t workload = 0;
    std::uint64_t change = 0;
    Trouble trouble = Trouble::crash_before;
    /// Even: the process ends; odd: a power cut. One of the disk's ways to lose things, too.
    std::uint64_t outcome = 0;
};

std::ostream& operator<<(std::ostream& out, const Stop& stop) {
    return out << "workload " << stop.workload << ", operation " << stop.change << ", trouble "
               << static_cast<int>(stop.trouble) << ", outcome " << stop.outcome;
}

class StoppedRun {
public:
    explicit StoppedRun(const Stop& stop)
        : stop_(stop), run_({.workload = stop.workload, .disk = stop.workload + stop.outcome}) {}

    /// What went wrong; empty if nothing did.
    std::string live() {
        plan();
        if (run_.open()) {
            run_.work(12);
            run_.close();
        }
        reached_ = run_.disk().crashed() || run_.disk().failures() > 0;
        stop_.outcome % 2 == 0 ? run_.kill() : run_.power_cut();
        // A power cut right after recovery shows whether the disk has what recovery accepted.
        reopen();
        run_.power_cut();
        reopen();
        if (!run_.failed()) run_.append_flushed();
        run_.power_cut();
        reopen();
        return run_.report();
    }

    /// False if the work was over before the trouble.
    [[nodiscard]] bool reached() const { return reached_; }

private:
    void plan() {
        SimulatedDisk& disk = run_.disk();
        if (stop_.trouble == Trouble::refused_once) {
            disk.plan({.at = stop_.change});
        } else if (stop_.trouble == Trouble::disk_full_from_here) {
            disk.plan({.at = stop_.change, .times = for_ever, .error = DiskError::no_space});
        } else {
            disk.crash_at(stop_.change, static_cast<CrashPoint>(stop_.trouble));
        }
    }

    void reopen() {
        if (!run_.failed() && run_.open()) run_.check_reads();
    }

    Stop stop_;
    LogRun run_;
    bool reached_ = false;
};

class EveryStop : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryStop, keeps_every_promise) {
    Stop stop{.workload = GetParam()};
    for (bool reached = true; reached;) {
        ++stop.change;
        for (const Trouble trouble : troubles) {
            stop.trouble = trouble;
            for (stop.outcome = 0; stop.outcome < outcomes(); ++stop.outcome) {
                StoppedRun run(stop);
                const std::string report = run.live();
                ASSERT_TRUE(report.empty()) << stop << ":\n" << report;
                reached = run.reached();
            }
        }
    }
    EXPECT_GT(stop.change, 20U) << "the work was too small to prove anything";
}

INSTANTIATE_TEST_SUITE_P(Workload, EveryStop, ::testing::Range(std::uint64_t{1}, workloads + 1));

}  // namespace
}  // namespace mainstem::support
