// The shell around Turns: one lock, callers that wait for their turn, threads for what was
// submitted.
#include <mainstem/command/parallel.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <utility>

#include "command/errors.hpp"
#include "command/executor_core.hpp"
#include "command/turns.hpp"

namespace mainstem::detail {

using command::Turns;

/// A command in the queue: it is told when its turn has come, under the lock.
class QueuedCall : public Turns::Ticket {
public:
    using Ticket::Ticket;
    virtual void started() = 0;
};

namespace {

/// None if that throws, which its execution will tell.
std::vector<StreamId> streams_of(const CommandCall& call) {
    try {
        return command::sorted_once(call.streams().release());
    } catch (...) {
        return {};
    }
}

/// One whose caller waits for its turn.
class BlockingCall final : public QueuedCall {
public:
    using QueuedCall::QueuedCall;
    void started() override {
        has_turn_ = true;
        wake_.release();
    }
    /// Returns when its turn has come or a stop is asked for.
    void wait(const std::stop_token& stop) {
        const std::stop_callback stopped{stop, [this] { wake_.release(); }};
        wake_.acquire();
    }
    /// Under the lock.
    [[nodiscard]] bool has_turn() const noexcept { return has_turn_; }

private:
    bool has_turn_ = false;
    std::counting_semaphore<2> wake_{0};  ///< its turn has come, it was stopped, or both
};

Error full_error() {
    return {ExecutionError::overloaded,
            "the queue of commands is full; try again later; nothing was written"};
}

}  // namespace

class ParallelCore {
public:
    ParallelCore(ExecutorPtr executor, const ParallelOptions& options);
    ~ParallelCore();
    ParallelCore(const ParallelCore&) = delete;
    ParallelCore& operator=(const ParallelCore&) = delete;

    Result<CallAnswer> execute(CommandCall& call, const CommandOptions& options);
    void submit(std::unique_ptr<CommandCall> call, CommandOptions options, CallDone done);
    void wait_idle();
    ParallelStats stats();

private:
    class SubmittedCall;
    using Lock = std::unique_lock<std::mutex>;

    Result<void> enter(QueuedCall& call, const std::stop_token& stop);
    bool wait_turn(BlockingCall& call, const std::stop_token& stop);
    void leave(QueuedCall& call);
    void start_next();
    void work();

    ExecutorPtr executor_;
    ParallelOptions options_;
    std::mutex mutex_;
    std::condition_variable_any room_;  ///< a command has left
    std::condition_variable ready_;     ///< a submitted one has its turn, or the end has come
    Turns turns_;
    std::deque<SubmittedCall*> runnable_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

/// One that nobody waits for. It owns itself.
class ParallelCore::SubmittedCall final : public QueuedCall {
public:
    SubmittedCall(ParallelCore& core, std::unique_ptr<CommandCall> call, CommandOptions options,
                  CallDone done)
        : QueuedCall(streams_of(*call)),
          core_(core),
          call_(std::move(call)),
          options_(std::move(options)),
          done_(std::move(done)),
          submitted_(core.executor_->waiter().now()) {}

    [[nodiscard]] const std::stop_token& stop() const noexcept { return options_.stop; }
    void started() override {
        core_.runnable_.push_back(this);
        core_.ready_.notify_one();
    }
    void refuse(const Error& error) { done_(error); }

    /// On a worker, which goes on while the disk works.
    void run() {
        async_execute(
            core_.executor_, std::move(call_), std::move(options_),
            [this](Result<CallAnswer> answer) {
                // What the callback holds goes before the last one is out.
                std::exchange(done_, nullptr)(std::move(answer));
                core_.leave(*this);
                delete this;
            },
            submitted_);
    }

private:
    ParallelCore& core_;
    std::unique_ptr<CommandCall> call_;
    CommandOptions options_;
    CallDone done_;
    Waiter::TimePoint submitted_;
};

ParallelCore::ParallelCore(ExecutorPtr executor, const ParallelOptions& options)
    : executor_(std::move(executor)),
      options_(options),
      turns_(std::max<std::size_t>(options.concurrency, 1)) {
    options_.queue = std::max<std::size_t>(options_.queue, 1);
    if (options_.threads == 0) options_.threads = std::max(1U, std::thread::hardware_concurrency());
}

ParallelCore::~ParallelCore() {
    wait_idle();
    {
        const std::lock_guard lock{mutex_};
        closing_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_) thread.join();
}

Result<void> ParallelCore::enter(QueuedCall& call, const std::stop_token& stop) {
    Lock lock{mutex_};
    const auto has_room = [&] { return turns_.size() < options_.queue; };
    if (!has_room()) {
        if (options_.when_full == WhenFull::refuse) return full_error();
        if (!room_.wait(lock, stop, has_room)) return command::cancelled_in_queue_error();
    }
    turns_.enter(call);
    start_next();
    return {};
}

/// False: it was stopped before, and has gone.
bool ParallelCore::wait_turn(BlockingCall& call, const std::stop_token& stop) {
    call.wait(stop);
    if (!stop.stop_requested()) return true;
    const std::lock_guard lock{mutex_};
    if (call.has_turn()) return true;
    turns_.withdraw(call);
    start_next();
    room_.notify_all();
    return false;
}

/// Nothing of this may be touched after: the last one out lets the destructor go on.
void ParallelCore::leave(QueuedCall& call) {
    const std::lock_guard lock{mutex_};
    turns_.leave(call);
    start_next();
    room_.notify_all();
}

void ParallelCore::start_next() {
    while (auto* const ticket = turns_.start()) static_cast<QueuedCall*>(ticket)->started();
}

Result<CallAnswer> ParallelCore::execute(CommandCall& call, const CommandOptions& options) {
    const auto submitted = executor_->waiter().now();
    BlockingCall queued{streams_of(call)};
    if (auto entered = enter(queued, options.stop); !entered) return entered.error();
    if (!wait_turn(queued, options.stop)) return command::cancelled_in_queue_error();
    // Also if it throws: others wait behind it.
    struct Leaving {
        ParallelCore& core;
        QueuedCall& call;
        ~Leaving() { core.leave(call); }
    } const leaving{*this, queued};
    return detail::execute(*executor_, call, options, submitted);
}

void ParallelCore::submit(std::unique_ptr<CommandCall> call, CommandOptions options,
                          CallDone done) {
    {
        const std::lock_guard lock{mutex_};
        while (threads_.size() < options_.threads) threads_.emplace_back([this] { work(); });
    }
    auto queued = std::make_unique<SubmittedCall>(*this, std::move(call), std::move(options),
                                                  std::move(done));
    SubmittedCall* const entering = queued.release();
    const auto entered = enter(*entering, entering->stop());
    if (entered) return;
    entering->refuse(entered.error());
    delete entering;
}

void ParallelCore::work() {
    Lock lock{mutex_};
    while (true) {
        ready_.wait(lock, [&] { return closing_ || !runnable_.empty(); });
        if (runnable_.empty()) return;
        SubmittedCall* const call = runnable_.front();
        runnable_.pop_front();
        lock.unlock();
        call->run();
        lock.lock();
    }
}

void ParallelCore::wait_idle() {
    Lock lock{mutex_};
    room_.wait(lock, [&] { return turns_.size() == 0; });
}

ParallelStats ParallelCore::stats() {
    const std::lock_guard lock{mutex_};
    return {.running = turns_.running(),
            .waiting = turns_.size() - turns_.running(),
            .streams = turns_.streams()};
}

void ParallelDeleter::operator()(ParallelCore* core) const noexcept { delete core; }

ParallelPtr make_parallel(ExecutorPtr executor, const ParallelOptions& options) {
    return ParallelPtr{new ParallelCore{std::move(executor), options}};
}

Result<CallAnswer> execute(ParallelCore& core, CommandCall& call, const CommandOptions& options) {
    return core.execute(call, options);
}

void submit(ParallelCore& core, std::unique_ptr<CommandCall> call, CommandOptions options,
            CallDone done) {
    core.submit(std::move(call), std::move(options), std::move(done));
}

void wait_idle(ParallelCore& core) { core.wait_idle(); }
ParallelStats stats(ParallelCore& core) { return core.stats(); }

}  // namespace mainstem::detail
