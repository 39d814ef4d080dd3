// A runner that works for a person: how far it is while it does, and how it ended.
#pragma once

#include <mainstem/projection/runner.hpp>

#include "cli/projection_verbs.hpp"

namespace mainstem::cli {

[[nodiscard]] RunnerOptions runner_options(const ProjectionOptions& options);

/// Shows how far a runner of one projection is until it has stopped or is interrupted, with `once`
/// also until all events that were there are applied.
Result<ProjectionStatus> watch(const ProjectionRunner& runner, const Store& store, bool once);

/// Prints how it ended. The error: by an event that cannot be applied.
Result<void> finished(const ProjectionOptions& options, const ProjectionStatus& status);

}  // namespace mainstem::cli
