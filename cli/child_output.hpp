// What another program prints.
#pragma once

#include <string>
#include <vector>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// Runs a program, found on PATH, without a shell, and returns its standard output when it has
/// ended with 0. Waits for it.
[[nodiscard]] Result<std::string> output_of(const std::vector<std::string>& command);

}  // namespace mainstem::cli
