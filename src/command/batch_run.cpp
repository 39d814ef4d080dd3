// Batches: what each command of a group reads, and what becomes of it.
#include "command/batch_run.hpp"

#include <algorithm>
#include <deque>
#include <stop_token>
#include <utility>

namespace mainstem::command {

using Step = Execution::Step;

namespace {

/// True of commands that rest on more than a set of streams: those before them must be stored. What
/// throws is told by its execution.
bool stands_alone(const detail::CommandCall& call) {
    try {
        return call.keeps_events() || call.query().has_value();
    } catch (...) {
        return false;
    }
}

void answer(std::unique_ptr<detail::BatchedCall>& call, Result<detail::CallAnswer> answer) {
    std::exchange(call, nullptr)->answer(std::move(answer));
}

}  // namespace

void BatchRun::run(Calls& calls) {
    forget();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        auto& call = calls[i]->call();
        if (!stands_alone(call)) continue;
        run_group(calls, begin, i);
        answer(calls[i], execute_alone(*calls[i]));
        begin = i + 1;
    }
    run_group(calls, begin, calls.size());
}

Result<detail::CallAnswer> BatchRun::execute_alone(detail::BatchedCall& call) {
    if (!call.submitted) return detail::execute(core_, call.call(), call.options);
    return detail::execute(core_, call.call(), call.options, *call.submitted);
}

/// Until all are answered. In each round those that ran into a conflict are left.
void BatchRun::run_group(Calls& calls, std::size_t begin, std::size_t end) {
    members_.reserve(end - begin);
    for (auto i = begin; i < end; ++i) {
        auto& call = *calls[i];
        members_.emplace_back(&calls[i], core_.begin(call.call(), call.options, call.submitted));
        group_.push_back(&members_.back());
    }
    while (!group_.empty()) {
        run_round();
        wait();
    }
    members_.clear();
}

/// Before the next batch, if one of this has thrown.
void BatchRun::forget() {
    keep_states(false);
    group_.clear();
    members_.clear();
}

void BatchRun::run_round() {
    appending_.clear();
    requests_.clear();
    for (auto* const member : group_) {
        decide(*member);
        if (member->execution.step() != Step::append) continue;
        appending_.push_back(member);
        requests_.push_back(member->execution.take_request());
    }
    bool all_stored = true;
    auto answers = core_.store().append_group(requests_);
    for (std::size_t i = 0; i < appending_.size(); ++i) {
        all_stored = all_stored && answers[i].has_value() && !answers[i]->repeated;
        core_.appended(appending_[i]->execution, std::move(answers[i]));
    }
    keep_states(all_stored);
    answer_done();
}

void BatchRun::answer_done() {
    std::erase_if(group_, [this](Member* member) {
        if (member->execution.step() != Step::done) return false;
        answer(*member->call, core_.finish(member->execution));
        return true;
    });
}

/// What ran into a conflict is tried again together, in its order, when the last of them may be; or
/// at the first deadline, which that one may still meet. Who is stopped meanwhile is answered at
/// once.
void BatchRun::wait() {
    while (true) {
        cancel_stopped();
        const auto until = waits_until();
        if (!until || wait_unless_stopped(*until)) break;
    }
    for (auto* const member : group_) {
        if (member->execution.step() == Step::wait) member->execution.waited();
    }
}

/// Empty: nothing waits.
std::optional<Waiter::TimePoint> BatchRun::waits_until() const {
    std::optional<Waiter::TimePoint> last;
    auto deadline = Waiter::TimePoint::max();
    for (const auto* const member : group_) {
        const auto& execution = member->execution;
        if (execution.step() != Step::wait) continue;
        last = std::max(last.value_or(execution.wait_until()), execution.wait_until());
        deadline = std::min(deadline, execution.deadline());
    }
    return last ? std::optional{std::min(*last, deadline)} : std::nullopt;
}

/// False: one of them was stopped before.
bool BatchRun::wait_unless_stopped(Waiter::TimePoint until) {
    std::stop_source stopped;
    auto stop = [&stopped] { stopped.request_stop(); };
    std::deque<std::stop_callback<decltype(stop)>> stops;
    for (const auto* const member : group_) {
        const auto& token = (*member->call)->options.stop;
        if (token.stop_possible()) stops.emplace_back(token, stop);
    }
    core_.waiter().wait(until, stopped.get_token());
    return !stopped.stop_requested();
}

void BatchRun::cancel_stopped() {
    for (auto* const member : group_) {
        auto& execution = member->execution;
        if (!(*member->call)->options.stop.stop_requested()) continue;
        if (execution.step() == Step::wait) execution.waited();
        execution.cancel();
    }
    answer_done();
}

/// Until it wants an append, or is done.
void BatchRun::decide(Member& member) {
    auto& execution = member.execution;
    core_.advance(execution, (*member.call)->options,
                  [this](Execution& reading) { return read(reading); });
    if (execution.step() != Step::append) return;
    add_pending(execution);
    execution.go_on_top();
    for (const auto& part : execution.parts()) {
        // One that the cache has, too, is as it was.
        if (part.on_top && !part.shared) states_.insert(part.state);
    }
}

Result<void> BatchRun::read(Execution& execution) {
    for (auto& part : execution.parts()) {
        if (const auto kept = states_.find(part.state->key()); kept != states_.end()) {
            Execution::begin_on_top(part, *kept);
            states_.erase(kept);
        } else if (std::ranges::none_of(part.state->streams, [this](const StreamId& stream) {
                       return pending_.contains(stream.view());
                   })) {
            core_.load_snapshot(execution, part);
        }
    }
    detail::ExecutorCore::Bound below;
    if (!pending_.empty())
        below = [this](std::string_view stream) { return first_pending(stream); };
    if (auto done = core_.read_streams(execution, below); !done) return done;
    fold_pending(execution);
    return {};
}

/// The version of the first of the batch's own events of a stream; what the store has from there on
/// is none of theirs.
Version BatchRun::first_pending(std::string_view stream) const {
    const auto own = pending_.find(stream);
    return own == pending_.end() ? Version{no_limit} : own->second.front().version;
}

void BatchRun::fold_pending(Execution& execution) {
    std::vector<const Pending*> events;
    for (const auto& stream : execution.unread()) {
        const auto own = pending_.find(stream.view());
        if (own == pending_.end()) continue;
        const auto known = execution.version_of(stream);
        for (const auto& pending : own->second) {
            if (pending.version > known) events.push_back(&pending);
        }
    }
    std::ranges::sort(events, {}, &Pending::order);
    for (const auto* pending : events) {
        const auto& [stream, event] = *pending->event;
        EventView view{};
        view.version = pending->version;
        view.stream = stream.view();
        view.type = event.type;
        view.content_type = event.content_type;
        view.data = event.data;
        if (!execution.fold(view)) return;
    }
}

void BatchRun::add_pending(const Execution& execution) {
    for (const auto& entry : execution.request().events) {
        auto& events = pending_[entry.stream.view()];
        const auto last =
            events.empty() ? execution.version_of(entry.stream) : events.back().version;
        events.push_back({&entry, last.next(), pending_events_++});
    }
}

/// After a group. If all of it was stored, its states are what the next commands begin with.
void BatchRun::keep_states(bool all_stored) {
    if (all_stored) {
        for (const auto& state : states_) core_.keep(state);
    }
    states_.clear();
    pending_.clear();
}

}  // namespace mainstem::command
