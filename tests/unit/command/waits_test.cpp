// What ends a wait: a stop and a deadline, in the queues of the parallel executor and the batcher,
// and between the attempts of a batch. Time passes only where a test lets it.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/bus.hpp>
#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Deposit;
using bank::Open;
using mainstem::testing::FaultyOptions;
using mainstem::testing::FaultyStore;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr BatchOptions one_batch{.items = 1000, .delay = hours{1}};

/// A time that tests set. A wait asks the test what happens, then lasts to its end or to a stop.
class Time final : public Waiter {
public:
    TimePoint now() override {
        const std::scoped_lock lock{mutex_};
        return now_;
    }
    void wait(TimePoint until, const std::stop_token& stop) override {
        const auto from = now();
        waits.push_back(until - from);
        if (meanwhile) meanwhile();
        if (!stop.stop_requested()) pass(until - from);
    }
    void pass(nanoseconds by) {
        const std::scoped_lock lock{mutex_};
        now_ += by;
    }

    std::function<void()> meanwhile;
    std::vector<nanoseconds> waits;  ///< how long they would have been

private:
    std::mutex mutex_;
    TimePoint now_{seconds{-5}};
};

class WaitsTest : public ::testing::Test {
protected:
    Time time_;
    Store memory_ = Store::open("memory:").value();
    std::stop_source stop_;

    /// With these conflicts, and waits of a second, two, four.
    Executor executor(std::vector<testing::Fault> faults = {}) {
        return Executor{
            Store{std::make_shared<FaultyStore>(memory_, FaultyOptions{.faults = faults})},
            {.retry = {.first = seconds{1}, .longest = hours{1}, .jitter = 0}, .waiter = &time_}};
    }
    [[nodiscard]] CommandOptions stoppable() const { return {.stop = stop_.get_token()}; }
};

template <class C>
auto into(std::optional<CommandResult<C>>& place) {
    return [&place](CommandResult<C> answer) { place = std::move(answer); };
}

/// A command that is in the middle of its execution for as long as a test likes.
struct Busy {
    std::string account;
    std::binary_semaphore* begun;
    std::binary_semaphore* end;

    Streams streams() const { return {account}; }
    bank::Decision handle(const bank::Balances&) const {
        begun->release();
        end->acquire();
        return {};
    }
};

/// A parallel executor in which one command does not end, and its caller.
class BusyParallel {
public:
    BusyParallel(Executor executor, const ParallelOptions& options)
        : parallel(std::move(executor), options),
          caller_([this] { EXPECT_TRUE(parallel.execute(Busy{"ada", &begun_, &end_})); }) {
        begun_.acquire();
    }
    ~BusyParallel() {
        if (caller_.joinable()) finish();
    }
    void finish() {
        end_.release();
        caller_.join();
    }
    ParallelExecutor parallel;

private:
    std::binary_semaphore begun_{0};
    std::binary_semaphore end_{0};
    std::thread caller_;
};

// --- the parallel executor

TEST_F(WaitsTest, a_stop_ends_the_wait_for_a_turn) {
    BusyParallel busy{executor(), {.concurrency = 4}};
    std::optional<CommandResult<Open>> answer;
    std::thread other{[&] { answer = busy.parallel.execute(Open{"ada"}, stoppable()); }};
    while (busy.parallel.stats().waiting == 0) std::this_thread::yield();
    stop_.request_stop();
    other.join();
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error(), ExecutionError::cancelled);
    EXPECT_EQ(busy.parallel.stats().waiting, 0U);
    EXPECT_EQ(memory_.head().value(), Position{0});
}

TEST_F(WaitsTest, who_is_behind_one_that_was_stopped_goes_on) {
    BusyParallel busy{executor(), {.concurrency = 4}};
    std::optional<CommandResult<bank::Transfer>> stopped;
    std::thread other{
        [&] { stopped = busy.parallel.execute(bank::Transfer{"ada", "bob", 1}, stoppable()); }};
    while (busy.parallel.stats().waiting == 0) std::this_thread::yield();
    std::binary_semaphore answered{0};
    busy.parallel.submit(Open{"bob"}, [&](const CommandResult<Open>& opened) {
        EXPECT_TRUE(opened);
        answered.release();
    });
    stop_.request_stop();
    other.join();
    answered.acquire();  // while the first one is still busy
    EXPECT_EQ(stopped->error(), ExecutionError::cancelled);
}

TEST_F(WaitsTest, a_stop_ends_the_wait_for_room) {
    BusyParallel busy{executor(), {.concurrency = 1, .queue = 1}};
    stop_.request_stop();
    EXPECT_EQ(busy.parallel.execute(Open{"bob"}, stoppable()).error(), ExecutionError::cancelled);
    std::optional<CommandResult<Open>> submitted;
    busy.parallel.submit(Open{"eve"}, into<Open>(submitted), stoppable());
    EXPECT_EQ(submitted->error(), ExecutionError::cancelled);
}

TEST_F(WaitsTest, one_that_was_submitted_gives_up_when_its_turn_comes) {
    BusyParallel busy{executor(), {.concurrency = 4}};
    std::optional<CommandResult<Open>> stopped;
    std::optional<CommandResult<Open>> late;
    busy.parallel.submit(Open{"ada"}, into<Open>(stopped), stoppable());
    busy.parallel.submit(Open{"ada"}, into<Open>(late), {.deadline = seconds{1}});
    stop_.request_stop();
    time_.pass(seconds{2});
    busy.finish();
    busy.parallel.wait_idle();
    EXPECT_EQ(stopped->error(), ExecutionError::cancelled);
    ASSERT_FALSE(*late);
    EXPECT_EQ(late->error(), ExecutionError::deadline);
    EXPECT_EQ(late->error().error().message(),
              "the deadline passed while the command waited for its turn; nothing was written");
    EXPECT_EQ(memory_.head().value(), Position{0});
}

TEST_F(WaitsTest, the_time_in_a_queue_counts) {
    BusyParallel busy{executor({{.at = 2}}), {.concurrency = 4}};
    std::optional<CommandResult<Open>> answer;
    busy.parallel.submit(Open{"ada"}, into<Open>(answer), {.deadline = seconds{2}});
    // Two of the seconds pass in the queue: the turn is in time, the wait for a second is not.
    time_.pass(seconds{2});
    busy.finish();
    busy.parallel.wait_idle();
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error(), ExecutionError::deadline);
    EXPECT_TRUE(time_.waits.empty());
}

// --- batches

TEST_F(WaitsTest, in_a_batch_a_stop_is_seen_when_its_turn_comes_and_a_deadline_too) {
    CommandBatcher batcher{executor(), one_batch};
    std::optional<CommandResult<Open>> stopped;
    std::optional<CommandResult<Open>> late;
    std::optional<CommandResult<Open>> done;
    batcher.submit(Open{"ada"}, into<Open>(stopped), stoppable());
    batcher.submit(Open{"bob"}, into<Open>(late), {.deadline = seconds{1}});
    batcher.submit(Open{"eve"}, into<Open>(done), {.deadline = seconds{3}});
    stop_.request_stop();
    time_.pass(seconds{2});
    batcher.flush();
    EXPECT_EQ(stopped->error(), ExecutionError::cancelled);
    EXPECT_EQ(late->error(), ExecutionError::deadline);
    EXPECT_TRUE(*done);
    EXPECT_EQ(memory_.head().value(), Position{1});
}

TEST_F(WaitsTest, a_stop_ends_the_wait_of_a_batch_for_those_alone_that_it_concerns) {
    const auto bank = executor({{.at = 1}, {.at = 2}, {.at = 3}});
    CommandBatcher batcher{bank, one_batch};
    std::optional<CommandResult<Open>> stopped;
    std::optional<CommandResult<Open>> done;
    batcher.submit(Open{"ada"}, into<Open>(stopped), stoppable());
    batcher.submit(Open{"bob"}, into<Open>(done));
    time_.meanwhile = [&] {
        EXPECT_FALSE(done.has_value());
        EXPECT_EQ(stopped.has_value(), time_.waits.size() > 1);
        stop_.request_stop();
    };
    batcher.flush();
    EXPECT_EQ(stopped->error(), ExecutionError::cancelled);
    EXPECT_TRUE(*done) << done->error();
    // The wait that was broken off was begun again.
    EXPECT_EQ(time_.waits.at(0), seconds{1});
    EXPECT_EQ(time_.waits.at(1), seconds{1});
}

TEST_F(WaitsTest, a_batch_does_not_wait_beyond_a_deadline_of_its_own) {
    int cut_short = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Store faulty{std::make_shared<FaultyStore>(
            Store::open("memory:").value(), FaultyOptions{.faults = {{.at = 1}, {.at = 2}}})};
        CommandBatcher batcher{
            Executor{faulty, {.retry = {.first = seconds{2}}, .seed = seed, .waiter = &time_}},
            one_batch};
        std::optional<CommandResult<Open>> brief;
        std::optional<CommandResult<Open>> patient;
        batcher.submit(Open{"ada"}, into<Open>(brief), {.deadline = milliseconds{500}});
        batcher.submit(Open{"bob"}, into<Open>(patient));
        time_.waits.clear();
        batcher.flush();
        EXPECT_TRUE(*patient) << patient->error();
        ASSERT_EQ(time_.waits.size(), 1U);
        if (!*brief) continue;  // its own wait was too long
        EXPECT_LE(time_.waits[0], milliseconds{500});
        if (time_.waits[0] == milliseconds{500}) ++cut_short;
    }
    EXPECT_GT(cut_short, 0);
}

TEST_F(WaitsTest, a_stop_ends_the_wait_for_room_in_a_batcher) {
    std::binary_semaphore begun{0};
    std::binary_semaphore end{0};
    CommandBatcher batcher{executor(), {.items = 1, .delay = hours{1}, .queue = 1}};
    batcher.submit(Busy{"ada", &begun, &end}, [](const auto& done) { EXPECT_TRUE(done); });
    begun.acquire();
    batcher.submit(Open{"bob"}, [](const auto& done) { EXPECT_TRUE(done); });
    std::optional<CommandResult<Open>> stopped;
    std::thread other{[&] { batcher.submit(Open{"eve"}, into<Open>(stopped), stoppable()); }};
    stop_.request_stop();
    other.join();
    EXPECT_EQ(stopped->error(), ExecutionError::cancelled);
    end.release();
}

// --- asynchronous commands

/// Executes them without waiting, then waits for the answer.
template <class C>
CommandResult<C> async(Executor& executor, C command, CommandOptions options = {}) {
    std::optional<CommandResult<C>> answer;
    std::binary_semaphore answered{0};
    executor.async_execute(
        std::move(command),
        [&](CommandResult<C> done) {
            answer = std::move(done);
            answered.release();
        },
        std::move(options));
    answered.acquire();
    return *std::move(answer);
}

TEST_F(WaitsTest, of_asynchronous_commands_pass_in_the_time_of_the_waiter) {
    auto bank = executor({{.at = 1}, {.at = 2}, {.at = 3}});
    EXPECT_EQ(async(bank, Open{"ada"}, {.deadline = hours{1}}).value().attempts, 4U);
    EXPECT_EQ(time_.waits, (std::vector<nanoseconds>{seconds{1}, seconds{2}, seconds{4}}));
    EXPECT_EQ(time_.now(), Waiter::TimePoint{seconds{2}});
}

TEST_F(WaitsTest, of_asynchronous_commands_are_not_begun_beyond_the_deadline) {
    auto bank = executor({{.at = 1}, {.at = 2}});
    const auto opened = async(bank, Open{"ada"}, {.deadline = milliseconds{2500}});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), ExecutionError::deadline);
    EXPECT_EQ(time_.waits, (std::vector<nanoseconds>{seconds{1}}));
}

TEST_F(WaitsTest, of_asynchronous_commands_end_with_a_stop) {
    auto bank = executor({{.at = 1}});
    time_.meanwhile = [&] { stop_.request_stop(); };
    EXPECT_EQ(async(bank, Open{"ada"}, stoppable()).error(), ExecutionError::cancelled);
    EXPECT_EQ(memory_.head().value(), Position{0});
}

// --- the bus

struct OpenAccount {
    static constexpr auto command_type = "OpenAccount";
    std::string account;

    Streams streams() const { return {account}; }
    bank::Decision handle(const bank::Balances& balances) const {
        return Open{account}.handle(balances);
    }
};

TEST_F(WaitsTest, a_stop_ends_the_wait_of_a_message) {
    CommandBus bus{executor({{.at = 1}, {.at = 2}})};
    bus.add<OpenAccount>();
    time_.meanwhile = [&] { stop_.request_stop(); };
    const CommandMessage ada{"OpenAccount", R"({"account":"ada"})", stoppable()};
    EXPECT_EQ(bus.send(ada).error(), ExecutionError::cancelled);
    stop_ = std::stop_source{};
    const CommandMessage bob{"OpenAccount", R"({"account":"bob"})", stoppable()};
    const auto answers = bus.send_all({bob, {"OpenAccount", R"({"account":"eve"})"}});
    EXPECT_EQ(answers.at(0).error(), ExecutionError::cancelled);
    EXPECT_TRUE(answers.at(1)) << answers.at(1).error();
}

}  // namespace
}  // namespace mainstem
