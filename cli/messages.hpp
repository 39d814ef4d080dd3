// What is said to people while a verb runs: lines on standard error, apart from its results.
#pragma once

#include <string_view>

namespace mainstem::cli {

/// Prints `mainstem: text` as one line on standard error. Any thread.
void say(std::string_view text) noexcept;

}  // namespace mainstem::cli
