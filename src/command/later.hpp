// A thread that does what is due: how asynchronous executions wait and go on. It starts with the
// first task.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace mainstem::command {

/// Any thread.
class Later {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Task = std::function<void()>;

    Later();
    /// Does at once what is not due yet, and ends the thread; waits for it unless it is the thread.
    ~Later();
    Later(const Later&) = delete;
    Later& operator=(const Later&) = delete;

    /// Calls `task` once on the thread, at `due` or soon after.
    void at(TimePoint due, Task task);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace mainstem::command
