// The thread, and what it has to do, in the order in which it is due.
#include "command/later.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace mainstem::command {

/// Shared with the thread, which may outlive the owner when it is the one that destroys it.
struct Later::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::multimap<TimePoint, Task> tasks;
    bool closing = false;
    std::thread thread;

    void run() {
        std::unique_lock lock{mutex};
        while (!closing || !tasks.empty()) {
            if (tasks.empty()) {
                changed.wait(lock);
            } else if (const auto due = tasks.begin()->first;
                       closing || due <= std::chrono::steady_clock::now()) {
                call_first(lock);
            } else {
                changed.wait_until(lock, due);
            }
        }
    }

    void call_first(std::unique_lock<std::mutex>& lock) {
        auto task = std::move(tasks.extract(tasks.begin()).mapped());
        lock.unlock();
        task();
        task = {};
        lock.lock();
    }
};

Later::Later() : state_(std::make_shared<State>()) {}

Later::~Later() {
    std::unique_lock lock{state_->mutex};
    state_->closing = true;
    auto thread = std::move(state_->thread);
    state_->changed.notify_all();
    if (thread.get_id() == std::this_thread::get_id()) {
        // A task has let go of the owner: what is left is called while the owner is there.
        while (!state_->tasks.empty()) state_->call_first(lock);
        thread.detach();
        return;
    }
    lock.unlock();
    if (thread.joinable()) thread.join();
}

void Later::at(TimePoint due, Task task) {
    const auto state = state_;  // the task may be the end of its owner
    const std::lock_guard lock{state->mutex};
    state->tasks.emplace(due, std::move(task));
    if (!state->thread.joinable() && !state->closing) {
        state->thread = std::thread{[state] { state->run(); }};
    }
    state->changed.notify_all();
}

}  // namespace mainstem::command
