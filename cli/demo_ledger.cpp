// Clients that pay, each one payment after the other. The first runs on the caller's thread and
// shows how far all of them are.
#include "cli/demo_ledger.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/core/random.hpp>

#include "cli/command_load.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr ledger::Money first_balance = 1000;
constexpr std::uint64_t largest_payment = 200;
constexpr std::uint64_t seed = 20'240'108;

/// Conflicts are over as soon as the other's payment is on the disk: short waits, many of them.
constexpr RetryPolicy retry{.retries = 100,
                            .first = std::chrono::milliseconds{1},
                            .longest = std::chrono::milliseconds{50}};

class Ledger {
public:
    Ledger(Store& store, const LedgerLoad& load)
        : executor_(store, {.retry = retry, .state_cache = {.entries = 2 * load.accounts}}),
          parallel_(executor_, {.concurrency = load.clients}),
          taken_(load.payments) {
        run_.load = load;
    }

    Result<LedgerRun> run() {
        open_accounts();
        const auto begin = Steady::now();
        Progress progress{"payments", "payment"};
        progress.set_total(run_.load.payments);
        std::vector<std::thread> others;
        others.reserve(run_.load.clients);
        for (std::uint64_t i = 1; i < run_.load.clients; ++i) {
            others.emplace_back([this, i] { pay(i, nullptr); });
        }
        pay(0, &progress);
        for (auto& other : others) other.join();
        run_.elapsed = Steady::now() - begin;
        if (error_) return *error_;
        if (interrupt_requested()) return interrupted("interrupted; the demonstration ended");
        finish();
        return std::move(run_);
    }

private:
    void open_accounts() {
        CommandBatcher batcher{executor_, {.items = 1000}};
        for (std::uint64_t i = 0; i < run_.load.accounts; ++i) {
            batcher.submit(ledger::OpenAccount{ledger_account(i), first_balance},
                           [this](const CommandResult<ledger::OpenAccount>& opened) {
                               if (!opened && !opened.error().rejected()) {
                                   fail(opened.error().error());
                               }
                           });
        }
    }

    /// The payments that fall to one client.
    void pay(std::uint64_t client, Progress* progress) {
        Random random{seed + client};
        for (auto i = client; i < run_.load.payments; i += run_.load.clients) {
            if (failed_ || interrupt_requested()) return;
            const auto payment = next(random, i);
            const auto begin = Steady::now();
            const CommandOptions options{.id = EventId::generate()};
            const auto paid = past_the_queue(client) ? executor_.execute(payment, options)
                                                     : parallel_.execute(payment, options);
            latencies_.record(Steady::now() - begin);
            if (paid) {
                taken_[i] = Taken::accepted;
            } else if (paid.error().rejected()) {
                taken_[i] = Taken::refused;
            } else if (paid.error() == StoreError::conflict) {
                taken_[i] = Taken::failed;
            } else {
                return fail(paid.error().error());
            }
            const auto done = ++done_;
            if (progress) progress->update(done, done);
        }
    }

    /// Some clients do not take turns with the others, as another process would not: they run into
    /// conflicts, and so do others with them.
    static bool past_the_queue(std::uint64_t client) { return client % 16 == 1; }

    ledger::Pay next(Random& random, std::uint64_t number) const {
        const bool hot = random.chance(1, 2);
        const auto among =
            std::max<std::uint64_t>(hot ? run_.load.accounts / 100 : run_.load.accounts, 2);
        const auto from = random.below(among);
        const auto to = (from + 1 + random.below(among - 1)) % among;
        return {number, ledger_account(from), ledger_account(to),
                static_cast<ledger::Money>(1 + random.below(largest_payment))};
    }

    void fail(const Error& error) {
        const std::lock_guard lock{mutex_};
        if (!error_) error_ = error;
        failed_ = true;
    }

    void finish() {
        run_.acknowledged.reserve(taken_.size());
        for (const auto taken : taken_) run_.acknowledged.push_back(taken == Taken::accepted);
        run_.accepted = static_cast<std::uint64_t>(std::ranges::count(taken_, Taken::accepted));
        run_.refused = static_cast<std::uint64_t>(std::ranges::count(taken_, Taken::refused));
        run_.failed = static_cast<std::uint64_t>(std::ranges::count(taken_, Taken::failed));
        run_.conflicts = executor_.stats().conflicts;
        run_.latencies = latencies_.snapshot();
    }

    enum class Taken : std::uint8_t { open, accepted, refused, failed };

    Executor executor_;
    ParallelExecutor parallel_;
    LedgerRun run_;
    std::vector<Taken> taken_;  ///< by payment; each is written by its client alone
    std::atomic<std::uint64_t> done_{0};
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::optional<Error> error_;
    Histogram latencies_;
};

}  // namespace

Result<LedgerRun> run_ledger(Store& store, const LedgerLoad& load) {
    const auto head = store.head();
    if (!head) return head.error();
    auto run = Ledger{store, load}.run();
    if (run) run->before = *head;
    return run;
}

}  // namespace mainstem::cli
