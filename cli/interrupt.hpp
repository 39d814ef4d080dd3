// Ctrl-C: the first asks the program to end after the batch in hand, the second ends it at once.
// The process's only global state besides its standard streams.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include <mainstem/core/error.hpp>

namespace mainstem::cli {

/// Takes SIGINT from now on, and lets a write to a closed pipe, or beyond the limit on the size of
/// files, fail instead of killing the process.
void take_signals() noexcept;

/// Waits until `file` can be read, or Ctrl-C was pressed, now or before.
void wait_for_input(int file) noexcept;

/// True after the first Ctrl-C. Any thread.
[[nodiscard]] bool interrupt_requested() noexcept;

/// Calls a function once, on a thread of its own, when Ctrl-C was pressed, now or before, or when
/// nobody reads standard output any more: for what waits for something else.
class EndOfInterest {
public:
    explicit EndOfInterest(std::function<void()> call);
    /// Returns when the function has, if it was called.
    ~EndOfInterest();
    EndOfInterest(const EndOfInterest&) = delete;
    EndOfInterest& operator=(const EndOfInterest&) = delete;

private:
    int stopped_;  ///< an event that ends the thread
    std::function<void()> call_;
    std::thread thread_;
};

/// The error that a verb ends with after Ctrl-C: what was done, and how to go on.
[[nodiscard]] Error interrupted(std::string message);

}  // namespace mainstem::cli
