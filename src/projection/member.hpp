// One build of a projection while it is run: what was folded but not stored, and what to do when
// an event or a commit fails. It knows no thread and no subscription.
//
// Where an event failed the fold is spoiled, and where a commit failed it is not known which event
// of the batch was at fault. So what was folded since the last commit is dropped and read again: up
// to the event that failed, then that event alone; or in commits of half as many events, down to
// one, and of twice as many after each that succeeds.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <mainstem/core/clock.hpp>
#include <mainstem/projection/runner.hpp>

namespace mainstem::projection {

class Member {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    enum class State : std::uint8_t {
        folding,
        waiting,  ///< until `due`
        stopped,  ///< for good
        fenced,   ///< somebody else leads
    };

    /// `record` is the build. All must outlive it.
    Member(const Projection& projection, const RunnerOptions& options,
           std::shared_ptr<ModelStore> model, const ProjectionRecord& record, std::uint64_t epoch);

    [[nodiscard]] const std::string& name() const { return projection_.declaration.name; }
    [[nodiscard]] const EventQuery& filter() const { return projection_.filter; }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool serving() const noexcept { return serving_; }
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    /// Everything up to here is stored, or was of no concern.
    [[nodiscard]] Position position() const noexcept { return position_; }
    [[nodiscard]] TimePoint due() const noexcept { return due_; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
    [[nodiscard]] std::uint64_t commits() const noexcept { return commits_; }
    [[nodiscard]] std::uint64_t set_aside() const noexcept { return set_aside_; }

    /// True if the event must be applied on its own: a commit of all before it comes first.
    [[nodiscard]] bool alone(Position event) const noexcept { return event == suspect_; }
    /// True if a commit must follow the event that was applied.
    [[nodiscard]] bool full(Position event) const noexcept {
        return alone(event) || (event <= careful_until_ && folded_ >= careful_events_);
    }
    /// Folds the event, if it has not yet and it is one of its own. False: it has failed, and is
    /// not `folding` from `position()` on, or must read again from there.
    bool apply(const EventView& event, TimePoint now);
    /// Stores what was folded; everything up to `to` was looked at. What is behind `position()` is
    /// no news. False as for `apply`.
    bool commit(Position to, TimePoint now);
    [[nodiscard]] bool has_changes() const noexcept { return folded_ > 0; }

    /// The wait is over, or a stop was taken back: what is stored now, for the outcome of a commit
    /// that failed is unknown.
    void go_on(Position stored);
    /// What is stored could not be looked up: it waits on.
    void wait_on(TimePoint now) { wait(now); }
    /// The build is no more: somebody else leads.
    void fence() noexcept { state_ = State::fenced; }
    /// The build takes the place of the one that serves.
    Result<void> finish();
    /// Applies one dead letter again. False: it fails still.
    Result<bool> replay(const EventView& event);

private:
    void drop();
    [[nodiscard]] bool nothing_to_store() const { return last_ <= stored_ && letters_.empty(); }
    void event_failed(const EventView& event, const Error& error, TimePoint now);
    void set_aside(Position event, const Error& error, TimePoint now);
    Result<bool> replay_failed(const EventView& event, const Error& error);
    void commit_failed(const Error& error, TimePoint now);
    Result<void> store(Position to);
    void wait(TimePoint now);
    void stop(const Error& error);

    const Projection& projection_;
    const RunnerOptions& options_;
    const Clock& clock_;
    std::shared_ptr<ModelStore> model_;
    std::uint64_t generation_;
    std::uint64_t epoch_;
    bool serving_;
    std::unique_ptr<Fold> fold_;

    State state_ = State::folding;
    Position stored_;              ///< the checkpoint
    Position position_;            ///< `stored_`, or behind it if nothing in between was of concern
    Position last_;                ///< the last event that was folded
    Position suspect_ = {};        ///< the event that failed last
    Position careful_until_ = {};  ///< up to here commits are of `careful_events_`
    std::uint64_t careful_events_ = 0;
    std::uint64_t folded_ = 0;    ///< events since the last commit
    std::uint32_t failures_ = 0;  ///< of the event or the commit in hand
    TimePoint due_ = {};
    std::string failure_ = {};
    std::vector<DeadLetter> letters_ = {};
    std::vector<Position> replayed_ = {};
    std::uint64_t events_ = 0;
    std::uint64_t commits_ = 0;
    std::uint64_t set_aside_ = 0;
};

}  // namespace mainstem::projection
