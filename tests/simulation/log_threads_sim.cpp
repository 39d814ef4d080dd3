// The log with its own threads under callers on many threads, while the disk fails or the process
// ends. What interleaves is not in a seed's hands, but whatever does, the judge must find every
// promise kept; the thread sanitizer looks on.
#include <algorithm>
#include <array>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/store/subscription.hpp>

#include "log/log_store.hpp"
#include "support/history.hpp"
#include "support/seeds.hpp"
#include "support/simulated_disk.hpp"
#include "support/workload.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint64_t shards = 4;
constexpr std::uint64_t usual_seeds = 200;
/// Threads take longer than one: so many fewer lives.
constexpr std::uint64_t seeds_for_a_life = 20;

class ThreadedLife {
public:
    explicit ThreadedLife(std::uint64_t seed) : seed_(seed), random_(seed), disk_(~seed) {}

    std::string live() {
        open(true);
        plan_trouble();
        follow();
        const std::uint64_t callers = 2 + random_.below(5);
        {
            std::vector<std::jthread> threads;
            for (std::uint64_t caller = 0; caller < callers; ++caller) {
                threads.emplace_back([this, caller] { call(seed_ * 100 + caller); });
            }
        }
        end();
        disk_.clear_faults();
        open(false);
        store_.reset();
        return history_.violations().text() + violations_.text();
    }

private:
    void open(bool with_threads) {
        log::LogConfig config;
        config.segment_size = limits::segment_least;
        config.disk = &disk_;
        config.clock = &clock_;
        config.seed = seed_ + (with_threads ? 1 : 2);
        config.helper_thread = with_threads;
        constexpr std::array<std::uint64_t, 3> bulk_writes{1, 2'000, ~0ULL};
        config.bulk_write = bulk_writes[random_.below(bulk_writes.size())];
        store_ = log::LogStore::open("/store", config).value();
        const auto observation = observe(*store_);
        history_.check_reopened(observation);
        judge_followed(observation);
    }

    void plan_trouble() {
        const std::uint64_t choice = random_.below(4);
        if (choice == 0) disk_.plan({.kind = Operation::flush, .at = 1 + random_.below(60)});
        if (choice == 1) disk_.plan({.at = 1 + random_.below(400)});
        if (choice == 2) disk_.crash_at(1 + random_.below(200), CrashPoint::before);
    }

    /// One caller: blocking appends, appends with a callback, groups, and reads.
    void call(std::uint64_t seed) {
        constexpr std::ptrdiff_t steps = 40;
        Random random{seed};
        Workload workload{seed};
        std::latch answered{steps};
        for (std::ptrdiff_t step = 0; step < steps; ++step) {
            if (random.chance(1, 10)) look();
            if (random.chance(1, 5)) {
                append_group(workload.group(clock_.now()));
                answered.count_down();
                continue;
            }
            const AppendRequest request = workload.next(clock_.now());
            const auto ticket = submit(request);
            const auto done = [&answered, this, ticket](const Result<Appended>& answer) {
                note(ticket, answer);
                answered.count_down();
            };
            random.chance(1, 3) ? store_->async_append(request, done)
                                : done(store_->append(request));
        }
        answered.wait();
    }

    void append_group(const std::vector<AppendRequest>& requests) {
        std::vector<History::Ticket> tickets;
        {
            const std::lock_guard lock{mutex_};
            tickets = history_.submit_group(requests);
        }
        const auto answers = store_->append_group(requests);
        for (std::size_t i = 0; i < requests.size(); ++i) note(tickets[i], answers[i]);
    }

    /// Begins to keep what a subscriber sees, on a thread of its own.
    void follow() {
        auto subscription = Subscription::begin(store_, {.page_events = 1 + random_.below(20)});
        subscriber_.emplace(*std::move(subscription),
                            SubscriptionHandlers{.event = [this](const EventView& event) {
                                seen_.push_back(event.to_owned());
                            }});
    }
    /// What it saw must be a beginning of what is there for good.
    void judge_followed(const Observation& observation) {
        const auto& events = observation.events;
        const bool kept =
            seen_.size() <= events.size() && std::equal(seen_.begin(), seen_.end(), events.begin());
        if (!kept) violations_.add("a subscriber saw what is not there");
    }

    History::Ticket submit(const AppendRequest& request) {
        const std::lock_guard lock{mutex_};
        return history_.submit(request);
    }
    void note(History::Ticket ticket, const Result<Appended>& answer) {
        const std::lock_guard lock{mutex_};
        history_.answer(ticket, answer);
    }
    void look() {
        const std::lock_guard lock{mutex_};
        Observation observation = observe(*store_);
        if (observation.error) return;
        // Others may have appended since the head was asked for.
        if (!observation.events.empty()) observation.head = observation.events.back().position;
        history_.check_running(observation);
    }

    void end() {
        const bool close = random_.chance(1, 3);
        if (!close) disk_.crash_now();
        store_.reset();
        subscriber_->wait();
        subscriber_.reset();
        const bool troubled = disk_.crashed() || disk_.failures() > 0;
        if (close && !troubled) history_.flushed();
        if (random_.chance(1, 2)) {
            disk_.power_cut();
            history_.power_cut();
        } else {
            disk_.kill();
        }
    }

    std::uint64_t seed_;
    Random random_;
    SimulatedDisk disk_;
    ManualClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    std::mutex mutex_;
    History history_;
    Violations violations_;
    std::vector<Event> seen_;  ///< the subscriber's
    std::shared_ptr<log::LogStore> store_;
    std::optional<RunningSubscription> subscriber_;
};

class LogThreads : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(LogThreads, keep_every_promise) {
    const SeedRange seeds = seeds_of_shard(GetParam(), shards, usual_seeds);
    for (std::uint64_t seed = seeds.first; seed <= seeds.last; seed += seeds_for_a_life) {
        const std::string report = ThreadedLife(seed).live();
        ASSERT_TRUE(report.empty()) << "MAINSTEM_SEED=" << seed << ":\n" << report;
    }
}

INSTANTIATE_TEST_SUITE_P(Shard, LogThreads, ::testing::Range(std::uint64_t{0}, shards));

}  // namespace
}  // namespace mainstem::support
