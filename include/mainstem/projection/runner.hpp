// ProjectionRunner: keeps projections up to date, on a thread of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/projection/projection.hpp>
#include <mainstem/projection/reaction.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {

class Clock;

/// What becomes of an event that cannot be applied.
enum class OnFailure : std::uint8_t {
    stop,  ///< the projection ends there, with all before it folded in
    skip,  ///< it is set aside as a dead letter, and the projection goes on
};

struct FailurePolicy {
    std::uint32_t retries = 0;  ///< of the event, before `then`
    std::chrono::milliseconds first = std::chrono::milliseconds{100};  ///< wait; then twice as long
    std::chrono::milliseconds longest = std::chrono::seconds{30};
    OnFailure then = OnFailure::stop;

    /// The wait before the retry after `failures` (1 or more) of them.
    [[nodiscard]] std::chrono::milliseconds wait(std::uint32_t failures) const noexcept;
};

struct RunnerOptions {
    FailurePolicy on_failure = {};
    /// Events of one commit, at most. At the head it is what has come since the last one; 1 or
    /// more.
    std::size_t batch_events = 10'000;
    /// Commits are at least so far apart while events keep coming; an event after a pause is
    /// committed at once. It bounds what the disk has to do, and what latency that costs.
    std::chrono::milliseconds gather = std::chrono::milliseconds{5};
    /// Documents of a projection that stay in memory between commits.
    std::size_t documents = 100'000;
    /// Threads of a build whose projection is partitioned; 0: one for each core, at most 8.
    std::size_t partitions = 0;
    /// How often a runner that stands by tries to lead, and one that is paused looks again; 1 ms or
    /// more.
    std::chrono::milliseconds look_again = std::chrono::milliseconds{200};
    /// Of the times of dead letters and of lags. Must outlive the runner. Default: the machine's.
    const Clock* clock = nullptr;
};

enum class ProjectionState : std::uint8_t {
    standing_by,  ///< another runner leads
    running,
    waiting,  ///< for the retry of an event, or of a model that failed
    paused,
    stopped,  ///< for good: by an event that cannot be applied, or because somebody wished so
};
[[nodiscard]] std::string_view name(ProjectionState state) noexcept;

struct ProjectionStatus {
    std::string name = {};
    ProjectionState state = ProjectionState::standing_by;
    Position position = {};           ///< everything up to here is folded in, or set aside
    std::uint64_t lag_events = 0;     ///< positions from there to the head of the store
    std::chrono::microseconds lag{};  ///< since the first of these was recorded; 0 without any
    std::uint64_t events = 0;         ///< that this runner has applied
    std::uint64_t commits = 0;        ///< of this runner
    std::uint64_t set_aside = 0;      ///< by this runner
    /// The last one, also of the last build; empty if all is well.
    std::string failure = {};
    bool building = false;           ///< a new build is under way beside the one that serves
    Position built = {};             ///< how far that is
    std::uint64_t built_events = 0;  ///< that this runner has applied to it
};

class RunnerCore;
struct RunnerDeleter {
    void operator()(RunnerCore* core) const noexcept;
};

/// A running runner. Movable; its destructor ends it after the event in hand and waits for that.
/// Any thread may call its functions.
///
/// Of several runners of one projection, in one process or many, one leads and the others stand by.
/// What it has written is exactly what the events up to its position make of it: documents and
/// position change together. If the version of a projection is not the stored one, a new build is
/// made from the first event on, while queries see the old one.
class ProjectionRunner {
public:
    /// Declares the projections and begins. Errors: ReadModelError, StoreError;
    /// ProjectionError::invalid for none, or two of one name.
    static Result<ProjectionRunner> start(const Store& store, const ReadModel& model,
                                          std::vector<Projection> projections,
                                          const RunnerOptions& options = {});
    template <TypedProjection... P>
    static Result<ProjectionRunner> start(const Store& store, const ReadModel& model,
                                          P... projections) {
        std::vector<Projection> all;
        (all.push_back(projection_of(std::move(projections))), ...);
        return start(store, model, std::move(all));
    }
    template <TypedProjection P>
    static Result<ProjectionRunner> start(const Store& store, const ReadModel& model, P projection,
                                          const RunnerOptions& options) {
        return start(store, model, {projection_of(std::move(projection))}, options);
    }

    /// Returns when all events up to `position` are in the documents of a projection, or of all of
    /// them: so one reads one's own writes. A runner that stands by sees how far the one that leads
    /// is every `look_again`. Errors: timed_out; stopped, with the failure.
    Result<void> wait_until(std::string_view projection, Position position,
                            std::chrono::nanoseconds timeout) const;
    Result<void> wait_until(Position position, std::chrono::nanoseconds timeout) const;
    /// Returns when all projections are stopped, or at `timeout`. True: they are.
    bool wait_stopped(std::chrono::nanoseconds timeout) const;

    [[nodiscard]] std::vector<ProjectionStatus> status() const;

    /// Like the functions of ModelStore::wish, and at once. Errors: ReadModelError::not_found.
    Result<void> pause(std::string_view projection);
    Result<void> resume(std::string_view projection);
    /// Makes a new build beside the one that serves; returns when it has begun. One that stops at
    /// an event is removed, `status()` tells its failure, and the old one serves on. Errors:
    /// not_found;
    /// ProjectionError::leads if another process leads, stopped, invalid for a reaction.
    Result<void> rebuild(std::string_view projection);
    /// Applies dead letters again, in their order, to the documents as they are now; those that
    /// fail again stay. Answers how many were applied. Errors as rebuild, and of the model.
    Result<std::size_t> replay_dead_letters(std::string_view projection);

private:
    explicit ProjectionRunner(std::unique_ptr<RunnerCore, RunnerDeleter> core)
        : core_(std::move(core)) {}

    std::unique_ptr<RunnerCore, RunnerDeleter> core_;
};

}  // namespace mainstem
