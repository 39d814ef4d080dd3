// A runner that works for a person: how far it is while it does, and how it ended.
#pragma once

#include <mainstem/projection/runner.hpp>

#include "cli/projection_verbs.hpp"

namespace mainstem::cli {

[[nodiscard]] RunnerOptions runner_options(const ProjectionOptions& options);

/// How a run ended.
struct Watched {
    ProjectionStatus status;
    bool reached = false;  ///< all events that were there are applied
};

/// Shows how far a runner of one projection is until it has stopped or is interrupted, with `once`
/// also until all events that were there are applied.
Result<Watched> watch(const ProjectionRunner& runner, const Store& store,
                      const ProjectionOptions& options, bool once);

/// Prints how it ended. Errors: an event cannot be applied; with `once`, not all are applied.
Result<void> finished(const ProjectionOptions& options, const Watched& watched, bool once);

}  // namespace mainstem::cli
