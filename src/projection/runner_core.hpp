// The thread behind a ProjectionRunner: takes the lead of its projections, groups them by the place
// where they are in the log, and steps through it with each group in turn.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <mainstem/projection/runner.hpp>

#include "projection/feed.hpp"

namespace mainstem {

class RunnerCore {
public:
    RunnerCore(Store store, ReadModel model, std::vector<Projection> projections,
               const RunnerOptions& options);
    ~RunnerCore();

    Result<void> wait_until(std::string_view projection, Position position,
                            std::chrono::nanoseconds timeout);
    bool wait_stopped(std::chrono::nanoseconds timeout);
    std::vector<ProjectionStatus> status();
    [[nodiscard]] std::vector<std::string> names() const;
    Result<void> wish(std::string_view projection, ProjectionWish wish);
    Result<void> rebuild(std::string_view projection);
    Result<std::size_t> replay(std::string_view projection);

private:
    using Member = projection::Member;
    using TimePoint = Member::TimePoint;

    /// A projection as this runner has it.
    struct Run {
        Projection projection;
        std::unique_ptr<Lead> lead;        ///< null: it stands by
        std::shared_ptr<Member> serving;   ///< null: only a build is under way, or it stands by
        std::shared_ptr<Member> building;  ///< null: none is
        ProjectionWish wish = ProjectionWish::run;
        std::string failure;        ///< of what is no member's: of taking the lead
        std::string build_failure;  ///< of the last build beside the one that serves
        Position seen = {};         ///< of the one that serves, while it stands by
        TimePoint look_at = {};     ///< when to look at the model again
        bool over = false;          ///< stopped by a failure, and led no more
    };

    // On the thread.
    void run();
    void look(Run& run, TimePoint now);
    void let_go_of_build(Run& run);
    static void let_go(Run& run);
    Result<void> take_lead(Run& run);
    void give_up(Run& run, const Error& error);
    Result<void> begin_build(Run& run);
    Result<void> take_lead_of_reaction(Run& run, const ProjectionRecord& record);
    Result<void> begin_reaction(Run& run, Position to);
    void wake_waiting(Run& run, TimePoint now);
    void regroup();
    [[nodiscard]] projection::Feed::Members folding() const;
    [[nodiscard]] static ProjectionState state_of(const Run& run);
    /// False: the feeds are not what they were.
    bool step(projection::Feed& feed, std::chrono::nanoseconds timeout);
    bool finish_builds(const projection::Feed& feed);
    void publish();
    [[nodiscard]] std::chrono::nanoseconds until_next_look(TimePoint now) const;
    [[nodiscard]] Result<void> lead_now(Run& run);
    [[nodiscard]] Result<std::size_t> replay_now(Run& run);
    void run_tasks();
    /// Runs `task` on the thread, between two batches.
    template <class T>
    T on_thread(std::function<T(Run&)> task, std::string_view projection);

    const Store store_;
    const ReadModel model_;
    const RunnerOptions options_;
    std::vector<Run> runs_;  ///< of the thread, as what follows
    std::vector<projection::Feed> feeds_;
    projection::Interrupt interrupt_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<ProjectionStatus> statuses_;  ///< under `mutex_`, as what follows
    std::vector<std::function<void()>> tasks_;
    bool stopping_ = false;
    bool ended_ = false;
    std::thread thread_;  ///< the last member: it uses the others
};

}  // namespace mainstem
