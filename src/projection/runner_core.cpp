// Each round: do what was asked for, look at the model where it is time, group, step.
#include "projection/runner_core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/clock.hpp>

namespace mainstem {

using projection::Feed;

namespace {

std::chrono::steady_clock::time_point now_steady() { return std::chrono::steady_clock::now(); }

Error unknown(std::string_view projection) {
    return {ReadModelError::not_found,
            fmt::format("this runner has no projection \"{}\"", projection)};
}
constexpr std::size_t letters_page = 1'000;

/// What no crash takes back: positions behind it may be given to other events yet.
Result<Position> durable_head(const Store& store) {
    const auto watch = store.backend().watch();
    if (!watch) return watch.error();
    return (*watch)->position();
}

Error ended_error() { return {ProjectionError::stopped, "the runner has ended"}; }

std::chrono::steady_clock::time_point later(std::chrono::steady_clock::time_point from,
                                            std::chrono::nanoseconds by) {
    using TimePoint = std::chrono::steady_clock::time_point;
    return by < TimePoint::max() - from ? from + by : TimePoint::max();
}

}  // namespace

RunnerCore::RunnerCore(Store store, ReadModel model, std::vector<Projection> projections,
                       const RunnerOptions& options)
    : store_(std::move(store)), model_(std::move(model)), options_(options) {
    for (auto& projection : projections) {
        auto& run = runs_.emplace_back();
        run.projection = std::move(projection);
        statuses_.emplace_back().name = run.projection.declaration.name;
    }
    thread_ = std::thread{[this] { run(); }};
}

RunnerCore::~RunnerCore() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    interrupt_.raise();
    thread_.join();
}

// --- the thread

void RunnerCore::run() {
    while (true) {
        run_tasks();
        const auto now = now_steady();
        for (auto& run : runs_) look(run, now);
        regroup();
        publish();
        const auto wait = until_next_look(now);
        if (feeds_.empty()) {
            std::unique_lock lock{mutex_};
            changed_.wait_for(lock, wait, [this] { return stopping_ || !tasks_.empty(); });
        }
        const bool alone = feeds_.size() == 1 && feeds_.front().at_head();
        for (auto& feed : feeds_) {
            if (!step(feed, alone ? wait : std::chrono::nanoseconds{0})) break;
        }
        interrupt_.take();
        const std::lock_guard lock{mutex_};
        if (stopping_) break;
    }
    run_tasks();
    for (auto& run : runs_) run.lead.reset();
    const std::lock_guard lock{mutex_};
    ended_ = true;
    changed_.notify_all();
}

void RunnerCore::run_tasks() {
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock{mutex_};
        tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
}

/// What the model says: whether we lead, and what users wish.
void RunnerCore::look(Run& run, TimePoint now) {
    wake_waiting(run, now);
    const bool fenced = (run.serving && run.serving->state() == Member::State::fenced) ||
                        (run.building && run.building->state() == Member::State::fenced);
    if (fenced) {
        run.serving.reset();
        run.building.reset();
        run.lead.reset();
        run.look_at = {};
    }
    let_go_of_build(run);
    let_go(run);
    if (now < run.look_at) return;
    run.look_at = now + options_.look_again;
    const auto record = model_.store()->projection(run.projection.declaration.name);
    if (!record) {
        run.failure = record.error().message();
        return;
    }
    if (run.wish == ProjectionWish::stop) return;
    run.wish = record->wish;
    if (run.wish == ProjectionWish::stop) {
        run.serving.reset();
        run.building.reset();
        run.lead.reset();
        return;
    }
    if (run.lead || run.over) return;
    if (record->declaration.version == run.projection.declaration.version) {
        run.seen = record->position;
    }
    run.failure.clear();
    if (auto done = take_lead(run); !done) give_up(run, done.error());
}

/// What serves goes on without it. A build by the same rules would fail at the same event again, so
/// nothing of it is worth to be kept; if it cannot be removed now, the next run tries it again.
void RunnerCore::let_go_of_build(Run& run) {
    if (!run.serving || !run.building || run.building->state() != Member::State::stopped) return;
    run.build_failure = "the new build stopped: " + run.building->failure();
    static_cast<void>(model_.store()->drop_build(run.projection.declaration.name,
                                                 run.building->generation(), run.lead->epoch()));
    run.building.reset();
}

/// What has stopped for good is no reason to keep others from trying.
void RunnerCore::let_go(Run& run) {
    const auto stopped = [](const std::shared_ptr<Member>& member) {
        return !member || member->state() == Member::State::stopped;
    };
    if (!run.lead || (!run.serving && !run.building)) return;
    if (!stopped(run.serving) || !stopped(run.building)) return;
    run.over = true;
    run.lead.reset();
}

Result<void> RunnerCore::take_lead(Run& run) {
    const auto& declaration = run.projection.declaration;
    auto lead = model_.store()->try_lead(declaration.name);
    if (!lead) return std::move(lead).error();
    if (!*lead) return {};
    run.lead = *std::move(lead);
    // Only now nobody else moves it.
    const auto record = model_.store()->projection(declaration.name);
    if (!record) return record.error();
    if (!record->failure.empty()) {
        auto done = model_.store()->set_failure(declaration.name, record->generation, "");
        if (!done) return done;
    }
    if (run.projection.reacts) return take_lead_of_reaction(run, *record);
    const auto all = model_.projections();
    if (!all) return all.error();
    const bool build_under_way = std::ranges::any_of(*all, [&](const ProjectionRecord& each) {
        return !each.serving && each.declaration.name == declaration.name;
    });
    if (record->declaration.version == declaration.version) {
        run.serving = std::make_shared<Member>(run.projection, options_, model_.store(), *record,
                                               run.lead->epoch());
        if (!build_under_way) return {};
    }
    return begin_build(run);
}

/// A reaction serves from its second build on, which began at the head: so it shows, also after a
/// crash, that there was a first run. A new version goes on where the one before was.
Result<void> RunnerCore::take_lead_of_reaction(Run& run, const ProjectionRecord& record) {
    const bool first = record.generation == 1;
    const bool same = record.declaration.version == run.projection.declaration.version;
    if (first || !same) {
        const auto begin = first ? durable_head(store_) : Result<Position>{record.position};
        if (!begin) return begin.error();
        if (auto done = begin_reaction(run, *begin); !done) return done;
    }
    const auto now = model_.store()->projection(run.projection.declaration.name);
    if (!now) return now.error();
    run.serving =
        std::make_shared<Member>(run.projection, options_, model_.store(), *now, run.lead->epoch());
    return {};
}

/// Makes the build that serves from now on, with all up to `to` behind it.
Result<void> RunnerCore::begin_reaction(Run& run, Position to) {
    auto& model = *model_.store();
    const auto& name = run.projection.declaration.name;
    const auto epoch = run.lead->epoch();
    const auto build = model.begin_build(run.projection.declaration, epoch);
    if (!build) return build.error();
    Position at = build->position;
    Position after;
    while (true) {
        // What was set aside stays so.
        const auto letters = model.dead_letters(name, after, letters_page);
        if (!letters) return letters.error();
        if (letters->empty() && at >= to) break;
        const ModelCommit commit{.projection = name,
                                 .generation = build->generation,
                                 .epoch = epoch,
                                 .from = at,
                                 .to = std::max(at, to),
                                 .changes = {},
                                 .set_aside = *letters,
                                 .replayed = {}};
        if (auto done = model.commit(commit); !done) return done;
        at = commit.to;
        if (letters->empty()) break;
        after = letters->back().position;
    }
    return model.finish_build(name, build->generation, epoch);
}

void RunnerCore::give_up(Run& run, const Error& error) {
    run.serving.reset();
    run.building.reset();
    run.lead.reset();
    run.failure = error.message();
}

Result<void> RunnerCore::begin_build(Run& run) {
    auto build = model_.store()->begin_build(run.projection.declaration, run.lead->epoch());
    if (!build) return std::move(build).error();
    if (!build->failure.empty()) {
        const auto& name = run.projection.declaration.name;
        if (auto done = model_.store()->set_failure(name, build->generation, ""); !done)
            return done;
    }
    run.build_failure.clear();
    run.building = std::make_shared<Member>(run.projection, options_, model_.store(), *build,
                                            run.lead->epoch());
    return {};
}

/// Goes on with what is stored, whatever became of the commit that failed.
void RunnerCore::wake_waiting(Run& run, TimePoint now) {
    for (const auto& member : {run.serving, run.building}) {
        if (!member || member->state() != Member::State::waiting || member->due() > now) continue;
        const auto all = model_.projections();
        if (!all) {
            member->wait_on(now);
            continue;
        }
        const auto record = std::ranges::find_if(*all, [&](const ProjectionRecord& each) {
            return each.generation == member->generation() &&
                   each.declaration.name == member->name();
        });
        if (record == all->end()) {
            member->fence();
        } else {
            member->go_on(record->position);
        }
    }
}

/// Builds at the same place share a feed; those that have reached the head share one, too.
void RunnerCore::regroup() {
    auto free = folding();
    const auto is_free = [&](const auto& member) {
        return std::ranges::find(free, member) != free.end();
    };
    const bool joins = std::ranges::count_if(feeds_, &Feed::at_head) > 1;
    std::vector<Feed> feeds;
    Feed::Members at_head;
    for (auto& feed : feeds_) {
        if (joins && feed.at_head()) {
            std::ranges::copy_if(feed.members(), std::back_inserter(at_head), is_free);
        } else if (!feed.members().empty() && std::ranges::all_of(feed.members(), is_free)) {
            for (const auto& member : feed.members()) std::erase(free, member);
            feeds.push_back(std::move(feed));
        }
    }
    for (const auto& member : at_head) std::erase(free, member);
    if (!at_head.empty()) feeds.emplace_back(store_, std::move(at_head), options_);
    std::map<Position, Feed::Members> groups;
    for (const auto& member : free) groups[member->position()].push_back(member);
    for (auto& [position, members] : groups) {
        feeds.emplace_back(store_, std::move(members), options_);
    }
    feeds_ = std::move(feeds);
}

/// All builds that can go on.
Feed::Members RunnerCore::folding() const {
    Feed::Members members;
    for (const auto& run : runs_) {
        if (run.wish != ProjectionWish::run) continue;
        for (const auto& member : {run.serving, run.building}) {
            if (member && member->state() == Member::State::folding) members.push_back(member);
        }
    }
    return members;
}

bool RunnerCore::step(Feed& feed, std::chrono::nanoseconds timeout) {
    if (auto done = feed.step(timeout, interrupt_); !done) {
        for (auto& run : runs_) {
            const auto is_run = [&](const auto& member) {
                return member == run.serving || member == run.building;
            };
            if (std::ranges::any_of(feed.members(), is_run)) give_up(run, done.error());
        }
        return true;
    }
    return !feed.at_head() || !finish_builds(feed);
}

/// A build that has all events takes the place of the one that serves, which is stepped no more.
bool RunnerCore::finish_builds(const Feed& feed) {
    bool any = false;
    for (auto& run : runs_) {
        if (!run.building ||
            std::ranges::find(feed.members(), run.building) == feed.members().end())
            continue;
        if (run.serving && run.serving->position() > run.building->position()) continue;
        any = true;
        if (auto done = run.building->finish(); !done) {
            give_up(run, done.error());
            continue;
        }
        run.serving = std::exchange(run.building, nullptr);
    }
    return any;
}

std::chrono::nanoseconds RunnerCore::until_next_look(TimePoint now) const {
    auto next = TimePoint::max();
    for (const auto& run : runs_) {
        const bool looks = !run.lead || run.wish == ProjectionWish::pause;
        if (looks && run.wish != ProjectionWish::stop) next = std::min(next, run.look_at);
        // While it is led, a wish of another process shows as often.
        if (run.lead) next = std::min(next, std::max(run.look_at, now));
        for (const auto& member : {run.serving, run.building}) {
            if (member && member->state() == Member::State::waiting) {
                next = std::min(next, member->due());
            }
        }
    }
    if (next == TimePoint::max()) return Subscription::forever;
    return std::max(next - now, TimePoint::duration{0});
}

ProjectionState RunnerCore::state_of(const Run& run) {
    const auto* const shown = run.serving ? run.serving.get() : run.building.get();
    if (run.wish == ProjectionWish::stop) return ProjectionState::stopped;
    if (shown == nullptr) return ProjectionState::standing_by;
    if (run.wish == ProjectionWish::pause) return ProjectionState::paused;
    switch (shown->state()) {
        case Member::State::stopped: return ProjectionState::stopped;
        case Member::State::waiting: return ProjectionState::waiting;
        case Member::State::folding:
        case Member::State::fenced: break;
    }
    return ProjectionState::running;
}

void RunnerCore::publish() {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const auto& run = runs_[i];
        auto& status = statuses_[i];
        const auto* const shown = run.serving ? run.serving.get() : run.building.get();
        status.state = state_of(run);
        status.building = run.building != nullptr;
        status.built = run.building ? run.building->position() : Position{};
        status.built_events = run.building ? run.building->events() : 0;
        status.failure = run.failure;
        if (status.failure.empty() && shown != nullptr) status.failure = shown->failure();
        if (status.failure.empty()) status.failure = run.build_failure;
        if (shown == nullptr) {
            status.position = std::max(status.position, run.seen);
            continue;
        }
        if (run.serving) status.position = run.serving->position();
        status.events = shown->events();
        status.commits = shown->commits();
        status.set_aside = shown->set_aside();
    }
    changed_.notify_all();
}

/// Takes the lead if nobody has it.
Result<void> RunnerCore::lead_now(Run& run) {
    if (!run.lead) {
        run.over = false;
        run.look_at = {};
        look(run, now_steady());
    }
    if (run.lead) return {};
    if (run.wish == ProjectionWish::stop) {
        return Error{ProjectionError::stopped,
                     fmt::format("projection \"{}\" was stopped", run.projection.declaration.name)};
    }
    if (!run.failure.empty()) return Error{ProjectionError::stopped, run.failure};
    return Error{ProjectionError::leads, fmt::format("projection \"{}\" is led by another runner",
                                                     run.projection.declaration.name)};
}

Result<std::size_t> RunnerCore::replay_now(Run& run) {
    if (auto leads = lead_now(run); !leads) return std::move(leads).error();
    if (!run.serving) {
        return Error{ProjectionError::stopped,
                     fmt::format("projection \"{}\" has another version; it is being built anew",
                                 run.projection.declaration.name)};
    }
    std::size_t applied = 0;
    Position after;
    while (true) {
        const auto letters =
            model_.store()->dead_letters(run.projection.declaration.name, after, letters_page);
        if (!letters) return letters.error();
        if (letters->empty()) return applied;
        for (const auto& letter : *letters) {
            after = letter.position;
            auto cursor = store_.read_positions({letter.position});
            const auto* const event = cursor.next();
            if (event == nullptr) continue;
            if (!*event) return event->error();
            const auto done = run.serving->replay(**event);
            if (!done) return done.error();
            applied += *done ? 1 : 0;
        }
    }
}

// --- other threads

template <class T>
T RunnerCore::on_thread(std::function<T(Run&)> task, std::string_view projection) {
    // The thread may still be in set_value when the answer is here.
    const auto promise = std::make_shared<std::promise<T>>();
    auto answer = promise->get_future();
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) return ended_error();
        tasks_.push_back([this, promise, task = std::move(task), projection] {
            const auto run = std::ranges::find(runs_, projection, [](const Run& each) {
                return std::string_view{each.projection.declaration.name};
            });
            if (run == runs_.end()) return promise->set_value(unknown(projection));
            auto done = task(*run);
            // Who gets the answer sees what it changed.
            look(*run, now_steady());
            publish();
            promise->set_value(std::move(done));
        });
    }
    changed_.notify_all();
    interrupt_.raise();
    return answer.get();
}

Result<void> RunnerCore::wait_until(std::string_view projection, Position position,
                                    std::chrono::nanoseconds timeout) {
    std::unique_lock lock{mutex_};
    const auto found = std::ranges::find(statuses_, projection, &ProjectionStatus::name);
    if (found == statuses_.end()) return unknown(projection);
    const auto reached = [&] { return found->position >= position; };
    const auto over = [&] {
        return reached() || ended_ || stopping_ || found->state == ProjectionState::stopped;
    };
    const bool told = changed_.wait_until(lock, later(now_steady(), timeout), over);
    if (reached()) return {};
    if (!told) {
        return Error{
            ProjectionError::timed_out,
            fmt::format("projection \"{}\" is {}, at position {}, not yet at {}{}", projection,
                        mainstem::name(found->state), found->position.value, position.value,
                        found->failure.empty() ? "" : ": " + found->failure)};
    }
    return Error{ProjectionError::stopped,
                 fmt::format("projection \"{}\" stopped at position {}: {}", projection,
                             found->position.value,
                             found->failure.empty() ? "as was asked for" : found->failure)};
}

bool RunnerCore::wait_stopped(std::chrono::nanoseconds timeout) {
    std::unique_lock lock{mutex_};
    return changed_.wait_until(lock, later(now_steady(), timeout), [this] {
        return ended_ || std::ranges::all_of(statuses_, [](const ProjectionStatus& status) {
                   return status.state == ProjectionState::stopped;
               });
    });
}

std::vector<ProjectionStatus> RunnerCore::status() {
    std::vector<ProjectionStatus> all;
    {
        const std::lock_guard lock{mutex_};
        all = statuses_;
    }
    const auto head = store_.head().value_or(Position{});
    const auto& clock = options_.clock == nullptr ? Clock::system() : *options_.clock;
    for (auto& status : all) {
        if (status.position >= head) continue;
        status.lag_events = head.value - status.position.value;
        auto cursor = store_.read_all({.from = status.position.next(), .limit = 1});
        const auto* const event = cursor.next();
        if (event == nullptr || !event->has_value()) continue;
        status.lag = std::max(clock.now() - (*event)->recorded_at, std::chrono::microseconds{0});
    }
    return all;
}

std::vector<std::string> RunnerCore::names() const {
    std::vector<std::string> names;
    names.reserve(runs_.size());
    for (const auto& run : runs_) names.push_back(run.projection.declaration.name);
    return names;
}

Result<void> RunnerCore::wish(std::string_view projection, ProjectionWish wish) {
    return on_thread<Result<void>>(
        [this, wish](Run& run) -> Result<void> {
            run.look_at = {};
            run.over = run.over && wish != ProjectionWish::run;
            if (wish == ProjectionWish::run) run.wish = wish;
            return model_.store()->wish(run.projection.declaration.name, wish);
        },
        projection);
}

Result<void> RunnerCore::rebuild(std::string_view projection) {
    return on_thread<Result<void>>(
        [this](Run& run) -> Result<void> {
            if (run.projection.reacts) {
                return Error{ProjectionError::invalid,
                             fmt::format("\"{}\" is a reaction, which is never rebuilt",
                                         run.projection.declaration.name)};
            }
            if (auto leads = lead_now(run); !leads) return leads;
            if (run.building) return {};
            return begin_build(run);
        },
        projection);
}

Result<std::size_t> RunnerCore::replay(std::string_view projection) {
    return on_thread<Result<std::size_t>>([this](Run& run) { return replay_now(run); }, projection);
}

}  // namespace mainstem
