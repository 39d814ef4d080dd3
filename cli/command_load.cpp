// Clients that execute commands, one after the other, or without waiting when they are batched.
#include "cli/command_load.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <mainstem/core/random.hpp>

#include "cli/ledger.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;
using Kind = CommandLoad::Kind;
using Through = CommandLoad::Through;

constexpr ledger::Money first_balance = 1'000'000;
/// Accounts of the load that pays in: as many as have a state in the cache.
constexpr std::uint64_t few_accounts = 500;

}  // namespace

std::string_view name(Kind kind) noexcept {
    switch (kind) {
        case Kind::create_user: return "create-user";
        case Kind::pay_in: return "pay-in";
        case Kind::pay: return "pay";
        case Kind::pay_hot: return "pay-hot";
    }
    return "unknown";
}

std::string_view name(Through through) noexcept {
    switch (through) {
        case Through::executor: return "executor";
        case Through::parallel: return "parallel";
        case Through::batcher: return "batcher";
    }
    return "unknown";
}

std::string ledger_account(std::uint64_t number) { return fmt::format("account-{:05}", number); }

Result<void> open_ledger(const Executor& executor, std::uint64_t accounts) {
    std::mutex mutex;
    std::optional<Error> failed;
    CommandBatcher batcher{executor, {.items = 1000, .delay = std::chrono::milliseconds{10}}};
    for (std::uint64_t i = 0; i < accounts; ++i) {
        batcher.submit(ledger::OpenAccount{ledger_account(i), first_balance}, [&](auto opened) {
            if (opened || opened.error().rejected()) return;
            const std::lock_guard lock{mutex};
            if (!failed) failed = opened.error().error();
        });
    }
    batcher.flush();
    if (failed) return *failed;
    return {};
}

/// What the clients of one slice share.
struct CommandLoadRun::Slice {
    Steady::time_point end;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::optional<Error> error;  ///< the first one

    void fail(const Error& first) {
        const std::lock_guard lock{mutex};
        if (!error) error = first;
        failed = true;
    }
    [[nodiscard]] bool over() const { return failed || Steady::now() >= end; }

    template <class Answer>
    void take(const Answer& answer) {
        if (answer) {
            ++accepted;
        } else if (!answer.error().rejected() &&
                   !(answer.error().error() == StoreError::conflict)) {
            // Conflicts beyond the retries are the load's own, and show in the rate.
            fail(answer.error().error());
        }
    }
};

CommandLoadRun::CommandLoadRun(Executor executor, const CommandLoad& load, std::uint64_t run)
    : load_(load), run_(run), executor_(std::move(executor)), done_(load.clients) {
    if (load.through == Through::parallel) {
        parallel_.emplace(executor_, ParallelOptions{.concurrency = load.clients});
    } else if (load.through == Through::batcher) {
        batcher_.emplace(
            executor_, BatchOptions{.items = load.batch, .delay = std::chrono::milliseconds{100}});
    }
}

Result<double> CommandLoadRun::slice(double seconds) {
    const auto begin = Steady::now();
    Slice slice;
    slice.end = begin + std::chrono::duration_cast<Steady::duration>(
                            std::chrono::duration<double>{seconds});
    std::vector<std::thread> clients;
    clients.reserve(load_.clients);
    for (std::uint64_t i = 0; i < load_.clients; ++i) {
        clients.emplace_back([this, &slice, i] { client(slice, i); });
    }
    for (auto& thread : clients) thread.join();
    if (batcher_) batcher_->flush();
    if (slice.error) return *slice.error;
    const std::chrono::duration<double> took = Steady::now() - begin;
    return static_cast<double>(slice.accepted) / took.count();
}

template <class C>
void CommandLoadRun::execute(Slice& slice, const C& command) {
    const auto begin = Steady::now();
    if (batcher_) {
        return batcher_->submit(command, [this, &slice, begin](const CommandResult<C>& answer) {
            latencies_.record(Steady::now() - begin);
            slice.take(answer);
        });
    }
    const auto answer = parallel_ ? parallel_->execute(command) : executor_.execute(command);
    latencies_.record(Steady::now() - begin);
    slice.take(answer);
}

void CommandLoadRun::client(Slice& slice, std::uint64_t number) {
    auto& done = done_[number];
    Random random{run_ * 1'000'003 + number * 7919 + done + 1};
    const auto any = [&] { return ledger_account(random.below(load_.accounts)); };
    const auto hot = [&] {
        return ledger_account(random.below(std::max<std::uint64_t>(load_.accounts / 100, 2)));
    };
    for (; !slice.over(); ++done) {
        if (load_.kind == Kind::create_user) {
            execute(slice,
                    ledger::CreateUser{fmt::format("u{}.{}.{}@example.org", run_, number, done),
                                       "User", "Test"});
        } else if (load_.kind == Kind::pay_in) {
            execute(slice, ledger::PayIn{ledger_account(random.below(few_accounts)), 1});
        } else {
            const bool among_few = load_.kind == Kind::pay_hot && random.chance(1, 2);
            auto from = among_few ? hot() : any();
            auto to = among_few ? hot() : any();
            if (from == to) continue;
            execute(slice, ledger::Pay{done, std::move(from), std::move(to), 1});
        }
    }
}

}  // namespace mainstem::cli
