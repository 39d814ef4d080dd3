// The log under random work and random trouble: crashes at any operation, power cuts, refused
// operations, failed flushes, again while it recovers. Whatever happens, the judge must find every
// promise kept. A seed replays its run: MAINSTEM_SEED=n.
#include <gtest/gtest.h>

#include "support/log_run.hpp"
#include "support/seeds.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint64_t shards = 4;
constexpr std::uint64_t usual_seeds = 200;

/// One life of a log, from nothing to its last closing.
class LogLife {
public:
    explicit LogLife(std::uint64_t seed)
        : random_(seed * 2 + 1), run_({.workload = seed, .disk = ~seed}) {}

    std::string live() {
        const std::uint64_t rounds = 2 + random_.below(4);
        for (std::uint64_t done = 0; done < rounds && !run_.failed(); ++done) round();
        if (!run_.failed()) last_round();
        return run_.report();
    }

private:
    void round() {
        if (!open_in_trouble()) return;
        // A stop right after recovery shows whether it put on the disk what it accepted.
        if (random_.chance(3, 4)) run_.work(3 + random_.below(25));
        end();
        between();
    }

    void last_round() {
        if (!run_.open()) return;
        run_.append_flushed();
        run_.check_reads();
        run_.close();
        run_.read_beside();
        if (random_.chance(1, 2)) run_.power_cut();
        if (!run_.open()) return;
        run_.check_reads();
        run_.close();
    }

    /// False only if something is wrong.
    bool open_in_trouble() {
        for (std::uint64_t failed_openings = 0; failed_openings < 4; ++failed_openings) {
            plan_trouble();
            if (run_.open()) return true;
            if (run_.failed()) return false;
            stop();
            between();
        }
        return run_.open();
    }

    void plan_trouble() {
        SimulatedDisk& disk = run_.disk();
        const std::uint64_t choice = random_.below(20);
        if (choice < 8) {
            disk.crash_at(1 + random_.below(random_.chance(1, 3) ? 12 : 150),
                          static_cast<CrashPoint>(random_.below(3)));
        } else if (choice < 10) {
            disk.plan({.kind = Operation::flush, .at = 1 + random_.below(25)});
        } else if (choice < 12) {
            disk.plan({.at = 1 + random_.below(100)});
        } else if (choice < 14) {
            disk.plan(
                {.at = 1 + random_.below(60), .times = for_ever, .error = DiskError::no_space});
        } else if (choice < 15) {
            disk.plan({.kind = random_.chance(1, 2) ? Operation::open : Operation::create,
                       .at = 1 + random_.below(5),
                       .error = DiskError::too_many_open});
        } else if (choice < 16) {
            disk.plan({.kind = Operation::read, .at = 1 + random_.below(60)});
        }
    }

    void end() {
        if (!run_.disk().crashed() && random_.chance(2, 5)) {
            run_.close();
            if (!run_.disk().crashed() && random_.chance(1, 2)) return;
        }
        stop();
    }

    void stop() { random_.chance(1, 2) ? run_.kill() : run_.power_cut(); }

    void between() {
        if (random_.chance(1, 4)) run_.spoil_indexes();
        if (random_.chance(1, 6)) run_.drop_clean_pages();
        if (random_.chance(1, 8)) run_.read_beside();
        if (random_.chance(1, 6)) run_.power_cut();
    }

    Random random_;
    LogRun run_;
};

class LogCrash : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(LogCrash, keeps_every_promise) {
    const SeedRange seeds = seeds_of_shard(GetParam(), shards, usual_seeds);
    for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
        const std::string report = LogLife(seed).live();
        ASSERT_TRUE(report.empty()) << "MAINSTEM_SEED=" << seed << ":\n" << report;
    }
}

INSTANTIATE_TEST_SUITE_P(Shard, LogCrash, ::testing::Range(std::uint64_t{0}, shards));

}  // namespace
}  // namespace mainstem::support
