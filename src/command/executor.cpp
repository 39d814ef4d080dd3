// The shell around executions: does what they ask for, on the caller's thread or without it.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "command/executor_core.hpp"

namespace mainstem::detail {

using command::Execution;
using command::Later;
using Step = Execution::Step;

namespace {

ExecutorOptions with_waiter(ExecutorOptions options) {
    if (options.waiter == nullptr) options.waiter = &Waiter::system();
    return options;
}

}  // namespace

ExecutorCore::ExecutorCore(Store store, ExecutorOptions options, Disk& disk)
    : store_(std::move(store)),
      options_(with_waiter(std::move(options))),
      cache_(options_.state_cache),
      random_(options_.seed != 0 ? Random{options_.seed} : Random::from_system()),
      later_(waiter()) {
    if (options_.snapshots) {
        snapshots_.emplace(disk, options_.snapshots->directory);
    }
}

Execution ExecutorCore::begin(CommandCall& call, const CommandOptions& options,
                              std::optional<Waiter::TimePoint> submitted) {
    const auto now = waiter().now();
    Execution execution{call, options_, options, &cache_, submitted.value_or(now)};
    if (submitted) execution.turn_came(now);
    return execution;
}

void ExecutorCore::advance(Execution& execution, const CommandOptions& options) {
    advance(execution, options, [this](Execution& reading) { return read(reading); });
}

void ExecutorCore::advance(Execution& execution, const CommandOptions& options,
                           const Read& read_all) {
    while (true) {
        const Step step = execution.step();
        if (step == Step::done) return;
        if (options.stop.stop_requested()) return execution.cancel();
        if (step == Step::find) {
            execution.found(store_.find_request(execution.id()));
        } else if (step == Step::read) {
            execution.read_done(read_all(execution));
        } else {
            return;
        }
    }
}

Result<void> ExecutorCore::read(Execution& execution) {
    for (auto& part : execution.parts()) load_snapshot(execution, part);
    if (auto done = read_streams(execution, {}); !done) return done;
    return execution.query() ? read_query(execution) : Result<void>{};
}

namespace {

Result<void> fold(Execution& execution, EventCursor cursor, const ExecutorCore::Bound& below) {
    while (const auto* event = cursor.next()) {
        if (!event->has_value()) return event->error();
        if (below && (*event)->version >= below((*event)->stream)) continue;
        if (!execution.fold(**event)) break;
    }
    return {};
}

}  // namespace

Result<void> ExecutorCore::read_streams(Execution& execution, const Bound& below) {
    std::vector<StreamFrom> newer;
    for (const auto& stream : execution.unread()) {
        const auto from = execution.version_of(stream).next();
        if (below && from >= below(stream.view())) continue;
        const auto info = store_.stream_info(stream);
        if (!info) return info.error();
        if (info->version >= from) newer.push_back({stream, from});
    }
    if (newer.empty()) return {};
    if (newer.size() == 1) {
        return fold(execution, store_.read(newer[0].stream, {.from = newer[0].from}), below);
    }
    return fold(execution, store_.read_streams(newer), below);
}

Result<void> ExecutorCore::read_query(Execution& execution) {
    const auto head = store_.head();
    if (!head) return head.error();
    execution.query_read_to(*head);
    if (head->value == 0) return {};
    return fold(execution, store_.read_all({.to = *head, .query = *execution.query()}), {});
}

void ExecutorCore::load_snapshot(Execution& execution, Execution::Part& part) {
    if (!snapshots_ || !part.cold || part.state->key().type->name.empty()) return;
    if (auto state = snapshots_->load(part.state->key(), store_)) {
        execution.begin_with(part, std::move(state));
        snapshots_read_.add();
    }
}

/// Beside the command's answer, which does not depend on it. Where commands come faster than their
/// snapshots can be written, a later one will do.
void ExecutorCore::save_snapshot(command::SharedState state) {
    if (queued_snapshots_.fetch_add(1) >= queued_snapshots) {
        queued_snapshots_.fetch_sub(1);
        snapshots_dropped_.add();
        return;
    }
    later_.at(Later::at_once, [this, state = std::move(state)] {
        if (snapshots_->save(*state, store_)) snapshots_written_.add();
        queued_snapshots_.fetch_sub(1);
    });
}

void ExecutorCore::keep(command::SharedState state) {
    if (take_for_snapshot(*state, options_)) save_snapshot(state);
    cache_.put(std::move(state));
}

double ExecutorCore::chance() {
    const std::lock_guard lock{random_mutex_};
    return static_cast<double>(random_() >> 11) * 0x1.0p-53;
}

void ExecutorCore::appended(Execution& execution, Result<Appended> answer) {
    const bool accepted = answer.has_value();
    execution.appended(std::move(answer), accepted ? Execution::TimePoint{} : waiter().now(),
                       accepted ? 0.0 : chance());
}

Result<CallAnswer> ExecutorCore::finish(Execution& execution) {
    for (const auto& state : execution.to_save()) save_snapshot(state);
    const auto& counts = execution.counts();
    if (counts.conflicts != 0) conflicts_.add(counts.conflicts);
    if (counts.folded != 0) folded_.add(counts.folded);
    if (counts.skipped != 0) skipped_.add(counts.skipped);
    if (counts.hits != 0) hits_.add(counts.hits);
    if (counts.misses != 0) misses_.add(counts.misses);
    const auto outcome = execution.outcome();
    if (!outcome) return failed_.add(), outcome.error();
    if (*outcome == Execution::Outcome::rejected) return rejected_.add(), CallAnswer{};
    accepted_.add();
    if (execution.executed().repeated) repeated_.add();
    return CallAnswer{true, std::move(execution.executed())};
}

ExecutorStats ExecutorCore::stats() const {
    const auto cached = cache_.size();
    return {.accepted = accepted_.value(),
            .rejected = rejected_.value(),
            .failed = failed_.value(),
            .repeated = repeated_.value(),
            .conflicts = conflicts_.value(),
            .cache_hits = hits_.value(),
            .cache_misses = misses_.value(),
            .snapshots_read = snapshots_read_.value(),
            .snapshots_written = snapshots_written_.value(),
            .snapshots_dropped = snapshots_dropped_.value(),
            .folded_events = folded_.value(),
            .skipped_events = skipped_.value(),
            .cached_states = cached.entries,
            .cached_bytes = cached.bytes};
}

ExecutorPtr make_executor(Store store, ExecutorOptions options) {
    return std::make_shared<ExecutorCore>(std::move(store), std::move(options));
}

ExecutorStats stats(const ExecutorCore& core) { return core.stats(); }

namespace {

Result<CallAnswer> run(ExecutorCore& core, Execution execution, const CommandOptions& options) {
    while (true) {
        core.advance(execution, options);
        if (execution.step() == Step::done) return core.finish(execution);
        if (execution.step() == Step::append) {
            core.appended(execution, core.store().append(execution.request()));
        } else {
            core.waiter().wait(execution.wait_until(), options.stop);
            execution.waited();
        }
    }
}

/// A command that nobody waits for. It holds itself until it is answered. One thread at a time: it
/// goes on with an answer of the store on the thread that has asked or on the store's, whichever is
/// the later one, so that the store is not let go while it is still being asked.
class AsyncRun : public std::enable_shared_from_this<AsyncRun> {
    using TimePoint = Waiter::TimePoint;

public:
    AsyncRun(ExecutorPtr core, std::unique_ptr<CommandCall> call, CommandOptions options,
             CallDone done, std::optional<TimePoint> submitted = {})
        : core_(std::move(core)),
          call_(std::move(call)),
          options_(std::move(options)),
          done_(std::move(done)),
          execution_(core_->begin(*call_, options_, submitted)) {}

    void go_on() {
        core_->advance(execution_, options_);
        if (execution_.step() == Step::done) return finish();
        const auto self = shared_from_this();
        appending_ = 2;
        core_->store().async_append(execution_.request(), [self](Result<Appended> answer) {
            self->answer_ = std::move(answer);
            self->has_appended();
        });
        has_appended();
    }

private:
    /// Called by the one who asked and by the one who answers.
    void has_appended() {
        if (appending_.fetch_sub(1) == 1) appended();
    }

    /// Perhaps on a thread of the store, which must not wait: what is not done goes on elsewhere.
    void appended() {
        core_->appended(execution_, std::move(answer_));
        if (execution_.step() == Step::done) return finish();
        core_->later().at(Later::at_once, [self = shared_from_this()] {
            if (self->execution_.step() == Step::wait) return self->wait();
            self->go_on();
        });
    }

    /// Goes on when the wait is over or a stop is asked for, whichever comes first.
    void wait() {
        const auto number = ++waits_;
        stop_.emplace(options_.stop, [run = weak_from_this(), number] {
            if (const auto self = run.lock()) self->wake_at(Later::at_once, number);
        });
        wake_at(execution_.wait_until(), number);
    }
    void wake_at(TimePoint due, std::uint64_t number) {
        core_->later().at(due, [self = shared_from_this(), number] {
            if (self->waits_ != number || !self->stop_) return;
            self->stop_.reset();  // waits for the other thread that may be asking for it
            self->execution_.waited();
            self->go_on();
        });
    }

    /// Who is answered may open the store again, so it is let go before.
    void finish() {
        auto answer = core_->finish(execution_);
        const auto done = std::move(done_);
        core_.reset();
        done(std::move(answer));
    }

    ExecutorPtr core_;  ///< until it is done
    std::unique_ptr<CommandCall> call_;
    CommandOptions options_;
    CallDone done_;
    Execution execution_;
    std::atomic<int> appending_{0};
    Result<Appended> answer_{Appended{}};
    std::uint64_t waits_ = 0;
    std::optional<std::stop_callback<std::function<void()>>> stop_;  ///< while it waits
};

}  // namespace

Result<CallAnswer> execute(ExecutorCore& core, CommandCall& call, const CommandOptions& options) {
    return run(core, core.begin(call, options), options);
}

Result<CallAnswer> execute(ExecutorCore& core, CommandCall& call, const CommandOptions& options,
                           Waiter::TimePoint submitted) {
    return run(core, core.begin(call, options, submitted), options);
}

void async_execute(const ExecutorPtr& core, std::unique_ptr<CommandCall> call,
                   CommandOptions options, CallDone done) {
    std::make_shared<AsyncRun>(core, std::move(call), std::move(options), std::move(done))->go_on();
}

void async_execute(const ExecutorPtr& core, std::unique_ptr<CommandCall> call,
                   CommandOptions options, CallDone done, Waiter::TimePoint submitted) {
    std::make_shared<AsyncRun>(core, std::move(call), std::move(options), std::move(done),
                               submitted)
        ->go_on();
}

}  // namespace mainstem::detail
