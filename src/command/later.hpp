// A thread that does what is due: how asynchronous executions wait and go on. It starts with the
// first task.
#pragma once

#include <functional>
#include <memory>

#include <mainstem/command/retry.hpp>

namespace mainstem::command {

/// Any thread.
class Later {
public:
    using TimePoint = Waiter::TimePoint;
    using Task = std::function<void()>;
    static constexpr TimePoint at_once = TimePoint::min();

    /// Whose time it is, and who waits; used until the destructor is over.
    explicit Later(Waiter& waiter);
    /// Does at once what is not due yet, and ends the thread; waits for it unless it is the thread.
    ~Later();
    Later(const Later&) = delete;
    Later& operator=(const Later&) = delete;

    /// Calls `task` once on the thread, when the waiter says that it is `due`.
    void at(TimePoint due, Task task);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace mainstem::command
