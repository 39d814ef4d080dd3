// Ctrl-C: the first asks the program to end after the batch in hand, the second ends it at once.
// The process's only global state besides its standard streams.
#pragma once

#include <string>

#include <mainstem/core/error.hpp>

namespace mainstem::cli {

/// Takes SIGINT from now on, and lets a write to a closed pipe, or beyond the limit on the size of
/// files, fail instead of killing the process.
void take_signals() noexcept;

/// Waits until `file` can be read, or Ctrl-C was pressed, now or before.
void wait_for_input(int file) noexcept;

/// True after the first Ctrl-C. Any thread.
[[nodiscard]] bool interrupt_requested() noexcept;

/// The error that a verb ends with after Ctrl-C: what was done, and how to go on.
[[nodiscard]] Error interrupted(std::string message);

}  // namespace mainstem::cli
