// Printing how a read goes about its query: `read --explain`.
#pragma once

#include <mainstem/core/result.hpp>
#include <mainstem/store/read.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

/// One row or line for each part of the plan; below a table the sums of all.
[[nodiscard]] Result<void> print_plan(const ReadPlan& plan, Format format);

}  // namespace mainstem::cli
