// The thread, and what it has to do, in the order in which it is due.
#include "command/later.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace mainstem::command {

/// Shared with the thread, which may outlive the owner when it is the one that destroys it.
struct Later::State {
    explicit State(Waiter& time) : waiter(time) {}

    Waiter& waiter;  ///< not after the end
    std::mutex mutex;
    std::condition_variable changed;
    std::multimap<TimePoint, Task> tasks;
    std::stop_source earlier{
        std::nostopstate};  ///< than the wait that is under way: a task, or the end
    bool closing = false;
    std::thread thread;

    void run() {
        std::unique_lock lock{mutex};
        while (!closing || !tasks.empty()) {
            if (tasks.empty()) {
                changed.wait(lock);
            } else if (closing || is_due(lock, tasks.begin()->first)) {
                call_first(lock);
            }
        }
    }

    /// Waits for it. False: something else came before. Without the lock, as the waiter is not
    /// ours.
    bool is_due(std::unique_lock<std::mutex>& lock, TimePoint due) {
        if (due == at_once) return true;
        earlier = std::stop_source{};
        const auto stop = earlier.get_token();
        lock.unlock();
        if (waiter.now() < due) waiter.wait(due, stop);
        lock.lock();
        return !stop.stop_requested();
    }

    void call_first(std::unique_lock<std::mutex>& lock) {
        auto task = std::move(tasks.extract(tasks.begin()).mapped());
        lock.unlock();
        task();
        task = {};
        lock.lock();
    }
};

Later::Later(Waiter& waiter) : state_(std::make_shared<State>(waiter)) {}

Later::~Later() {
    std::unique_lock lock{state_->mutex};
    state_->closing = true;
    const auto wait = state_->earlier;
    auto thread = std::move(state_->thread);
    state_->changed.notify_all();
    if (thread.get_id() == std::this_thread::get_id()) {
        // A task has let go of the owner: what is left is called while the owner is there.
        while (!state_->tasks.empty()) state_->call_first(lock);
        thread.detach();
        return;
    }
    lock.unlock();
    wait.request_stop();
    if (thread.joinable()) thread.join();
}

void Later::at(TimePoint due, Task task) {
    const auto state = state_;  // the task may be the end of its owner
    std::unique_lock lock{state->mutex};
    const auto place = state->tasks.emplace(due, std::move(task));
    const bool first = place == state->tasks.begin();
    if (!state->thread.joinable() && !state->closing) {
        state->thread = std::thread{[state] { state->run(); }};
    }
    state->changed.notify_all();
    const auto wait = state->earlier;
    lock.unlock();
    if (first) wait.request_stop();  // without the lock, as it calls the waiter's own
}

}  // namespace mainstem::command
