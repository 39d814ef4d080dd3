// What the verbs of `projection` do; `cli/projection.cpp` has their flags.
#pragma once

#include <cstdint>
#include <string>

#include <mainstem/projection/runner.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

struct ProjectionOptions {
    StoreArguments store;
    std::string model;
    std::string what;  ///< a name or a TOML file
    bool once = false;
    bool replay = false;
    std::uint64_t retries = 0;
    OnFailure on_failure = OnFailure::stop;
    Format format = Format::table;
};

// Errors end the program, as those of all verbs do.

/// `list`.
Result<void> list_projections(const ProjectionOptions& options);
/// `status`.
Result<void> show_projection(const ProjectionOptions& options);
/// `dead-letters`.
Result<void> show_dead_letters(const ProjectionOptions& options);
/// `run`.
Result<void> run_projection(const ProjectionOptions& options);
/// `rebuild`.
Result<void> rebuild_projection(const ProjectionOptions& options);
/// `dead-letters --replay`.
Result<void> replay_dead_letters(const ProjectionOptions& options);
/// `verify`.
Result<void> verify_documents(const ProjectionOptions& options);

}  // namespace mainstem::cli
