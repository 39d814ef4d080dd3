// The shell around the schedule: one lock, one thread, and those who wait for it.
#include <mainstem/command/batch_worker.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/assert.hpp>

#include "command/batch_schedule.hpp"

namespace mainstem::detail {

struct BatchWorker::State {
    State(const BatchOptions& options, BatchItems& work)
        : when_full(options.when_full),
          timer(options.timer != nullptr ? *options.timer : BatchTimer::system()),
          items(work),
          schedule(options) {}

    void run();
    void process(std::unique_lock<std::mutex>& lock, std::size_t batch);

    const WhenFull when_full;
    BatchTimer& timer;
    BatchItems& items;
    std::mutex mutex;  ///< of what follows
    BatchSchedule schedule;
    std::condition_variable changed;   ///< for the worker: its next step may be another one
    std::condition_variable_any room;  ///< for callers: the queue has room, or it was stopped
    std::condition_variable answered;  ///< for callers: a batch was answered
    std::thread thread;
};

void BatchWorker::State::run() {
    std::unique_lock lock{mutex};
    for (;;) {
        const auto step = schedule.next(timer.now());
        switch (step.kind) {
            case BatchStep::Kind::process: process(lock, step.items); break;
            case BatchStep::Kind::wait: timer.wait(changed, lock, step.until); break;
            case BatchStep::Kind::idle: changed.wait(lock); break;
            case BatchStep::Kind::end: return;
        }
    }
}

void BatchWorker::State::process(std::unique_lock<std::mutex>& lock, std::size_t batch) {
    items.take(batch);
    schedule.take(batch);
    room.notify_all();
    lock.unlock();
    items.process();
    lock.lock();
    schedule.answer(batch);
    answered.notify_all();
}

BatchWorker::BatchWorker(const BatchOptions& options, BatchItems& items)
    : state_(std::make_unique<State>(options, items)) {
    // Under the lock, so that the thread sees its own handle.
    const std::scoped_lock lock{state_->mutex};
    state_->thread = std::thread{[state = state_.get()] { state->run(); }};
}

BatchWorker::~BatchWorker() {
    MAINSTEM_ASSERT(!is_this_thread(), "a batch processor that is destroyed by its own thread");
    stop();
    state_->thread.join();
}

bool BatchWorker::is_this_thread() const noexcept {
    return state_->thread.get_id() == std::this_thread::get_id();
}

Result<std::unique_lock<std::mutex>> BatchWorker::admit(const std::stop_token& stop) {
    std::unique_lock lock{state_->mutex};
    const auto& schedule = state_->schedule;
    if (state_->when_full == WhenFull::block && !is_this_thread()) {
        state_->room.wait(lock, stop, [&] { return !schedule.full() || schedule.stopped(); });
    }
    if (schedule.stopped()) {
        return Error{BatchError::stopped, "the batch processor was stopped; it takes no more"};
    }
    if (schedule.full()) {
        return Error{BatchError::refused,
                     "the queue of the batch processor is full; try again later"};
    }
    return lock;
}

void BatchWorker::added(std::unique_lock<std::mutex> lock) {
    MAINSTEM_ASSERT(lock.owns_lock(), "an item that was put in place without the lock");
    // Under the lock: who is answered may destroy the processor as soon as it is released.
    if (state_->schedule.add(state_->timer.now())) state_->changed.notify_one();
}

void BatchWorker::flush() {
    MAINSTEM_ASSERT(!is_this_thread(), "a batch processor whose own thread waits for it");
    std::unique_lock lock{state_->mutex};
    const auto last = state_->schedule.flush();
    state_->changed.notify_one();
    state_->answered.wait(lock, [&] { return state_->schedule.answered() >= last; });
}

void BatchWorker::stop() {
    {
        const std::scoped_lock lock{state_->mutex};
        state_->schedule.stop();
        state_->changed.notify_one();
        state_->room.notify_all();
    }
    if (!is_this_thread()) flush();
}

Error no_answer_error(const MissingAnswer& missing) {
    return {BatchError::no_answer,
            fmt::format("the processing function gave {} answers to {} items, none to item {}",
                        missing.answers, missing.items, missing.item)};
}

Error batch_failed_error(std::string_view what) {
    std::string line{what};
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return {BatchError::failed, fmt::format("the processing function threw: {}", line)};
}

}  // namespace mainstem::detail
