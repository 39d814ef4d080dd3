// The handle: checks what is started, and hands everything to the core.
#include <mainstem/projection/runner.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "projection/runner_core.hpp"

namespace mainstem {

std::chrono::milliseconds FailurePolicy::wait(std::uint32_t failures) const noexcept {
    auto wait = first;
    for (std::uint32_t i = 1; i < failures && wait < longest; ++i) wait *= 2;
    return std::min(wait, longest);
}

std::string_view name(ProjectionState state) noexcept {
    switch (state) {
        case ProjectionState::standing_by: return "standing by";
        case ProjectionState::running: return "running";
        case ProjectionState::waiting: return "waiting";
        case ProjectionState::paused: return "paused";
        case ProjectionState::stopped: return "stopped";
    }
    return "unknown";
}

void RunnerDeleter::operator()(RunnerCore* core) const noexcept { delete core; }

Result<ProjectionRunner> ProjectionRunner::start(const Store& store, const ReadModel& model,
                                                 std::vector<Projection> projections,
                                                 const RunnerOptions& options) {
    if (projections.empty()) {
        return Error{ProjectionError::invalid, "a runner needs at least one projection"};
    }
    for (const auto& projection : projections) {
        const auto& name = projection.declaration.name;
        const auto same = [&](const Projection& other) { return other.declaration.name == name; };
        if (std::ranges::count_if(projections, same) > 1) {
            return Error{
                ProjectionError::invalid,
                fmt::format("two projections are called \"{}\"; name one of them otherwise", name)};
        }
        if (auto record = model.store()->declare(projection.declaration); !record) {
            return std::move(record).error();
        }
    }
    auto within = options;
    within.batch_events = std::max<std::size_t>(within.batch_events, 1);
    // Who looks without a pause leaves the lock to nobody.
    within.look_again = std::max(within.look_again, std::chrono::milliseconds{1});
    return ProjectionRunner{std::unique_ptr<RunnerCore, RunnerDeleter>{
        new RunnerCore{store, model, std::move(projections), within}}};
}

Result<void> ProjectionRunner::wait_until(std::string_view projection, Position position,
                                          std::chrono::nanoseconds timeout) const {
    return core_->wait_until(projection, position, timeout);
}
Result<void> ProjectionRunner::wait_until(Position position,
                                          std::chrono::nanoseconds timeout) const {
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& name : core_->names()) {
        const auto left = timeout - (std::chrono::steady_clock::now() - begin);
        if (auto done = core_->wait_until(name, position, left); !done) return done;
    }
    return {};
}
bool ProjectionRunner::wait_stopped(std::chrono::nanoseconds timeout) const {
    return core_->wait_stopped(timeout);
}
std::vector<ProjectionStatus> ProjectionRunner::status() const { return core_->status(); }
Result<void> ProjectionRunner::pause(std::string_view projection) {
    return core_->wish(projection, ProjectionWish::pause);
}
Result<void> ProjectionRunner::resume(std::string_view projection) {
    return core_->wish(projection, ProjectionWish::run);
}
Result<void> ProjectionRunner::rebuild(std::string_view projection) {
    return core_->rebuild(projection);
}
Result<std::size_t> ProjectionRunner::replay_dead_letters(std::string_view projection) {
    return core_->replay(projection);
}

}  // namespace mainstem
