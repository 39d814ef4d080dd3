// The state machine: each function is one arrow of the picture in execution.hpp.
#include "command/execution.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "command/errors.hpp"

namespace mainstem::command {

using detail::Verdict;

/// Calls what calls functions of the application. False: they threw, and so it has failed.
template <class Function>
bool Execution::call_out(Function function) {
    try {
        function();
        return true;
    } catch (const std::exception& thrown) {
        fail(threw_error(thrown.what()));
    } catch (...) {
        fail(threw_error("something that is no std::exception"));
    }
    return false;
}

namespace {

/// The end of time, or its beginning, if that comes first.
Execution::TimePoint later(Execution::TimePoint now, std::chrono::nanoseconds by) {
    using TimePoint = Execution::TimePoint;
    if (by < std::chrono::nanoseconds::zero()) {
        return now < TimePoint::min() - by ? TimePoint::min() : now + by;
    }
    return now > TimePoint::max() - by ? TimePoint::max() : now + by;
}

}  // namespace

Execution::Execution(detail::CommandCall& call, const ExecutorOptions& options,
                     const CommandOptions& command, StateCache* cache, TimePoint begun)
    : call_(call),
      options_(options),
      command_(command),
      cache_(cache),
      deadline_(later(begun, command.deadline.value_or(options.retry.deadline))) {
    const bool called = call_out([this] {
        streams_ = sorted_once(call_.streams().release());
        declared_ = streams_.size();
        query_ = call_.query();
    });
    if (!called) return;
    if (call_.keeps_events() || query_) cache_ = nullptr;
    if (command_.id) {
        step_ = Step::find;
    } else {
        begin_attempt();
    }
}

void Execution::turn_came(TimePoint now) {
    if (step_ == Step::done || now <= deadline_) return;
    fail({ExecutionError::deadline,
          "the deadline passed while the command waited for its turn; nothing was written"});
}

void Execution::cancel() {
    fail({ExecutionError::cancelled,
          fmt::format("cancelled after {} attempts; nothing was written", executed_.attempts - 1)});
}

// --- find

void Execution::found(Result<std::optional<Appended>> request) {
    if (!request) return fail(std::move(request).error());
    if (!*request) return confirmed_ ? finish(*confirmed_) : begin_attempt();
    // What it has folded and decided meanwhile is not what was stored.
    drop_states();
    Appended& first = **request;
    // An id that names another command's events must not pass for this one's answer.
    for (const auto& [stream, version] : first.versions) {
        if (call_.declares_streams() && !call_.discovers() && !query_ &&
            !std::ranges::binary_search(declared(), stream)) {
            return fail(other_command_error(*command_.id, stream));
        }
    }
    if (first.durability == Durability::flushed || command_.durability == Durability::buffered) {
        return accept(std::move(first));
    }
    // It is not on the disk yet: whatever is flushed now comes after it.
    first_answer_ = std::move(first);
    request_ = {};
    step_ = Step::append;
}

// --- read

void Execution::begin_attempt() {
    parts_.clear();
    streams_.resize(declared_);
    read_streams_ = 0;
    rounds_ = 0;
    call_.forget_kept();
    step_ = Step::read;
    call_out([this] {
        if (call_.by_stream()) {
            for (const auto& stream : streams_) add_part({&stream, 1});
        } else {
            add_part(streams_);
        }
    });
}

void Execution::add_part(std::span<const StreamId> streams) {
    const StateKey key{call_.state_type(), streams};
    Part part;
    if (cache_) part.state = cache_->find(key);
    part.shared = part.state != nullptr;
    part.cold = cache_ && !part.shared;
    if (cache_) ++(part.shared ? counts_.hits : counts_.misses);
    if (!part.shared) part.state = new FoldedState{key};
    parts_.push_back(std::move(part));
}

std::span<const StreamId> Execution::declared() const noexcept {
    return {streams_.data(), declared_};
}

void Execution::begin_with(Part& part, SharedState state) {
    part.state = std::move(state);
    part.cold = false;
    ++counts_.snapshots;
}

void Execution::begin_on_top(Part& part, SharedState state) {
    part.state = std::move(state);
    part.shared = false;
    part.cold = false;
}

std::span<const StreamId> Execution::unread() const noexcept {
    return std::span{streams_}.subspan(read_streams_);
}

/// The state of a part to change: a copy if others hold it.
FoldedState& Execution::own_state(Part& part) {
    if (part.shared) {
        part.shared = false;
        if (!cache_->take(part.state)) part.state = new FoldedState{*part.state};
    }
    return *part.state;
}

std::optional<Execution::Place> Execution::place_of(std::string_view stream) const {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        const auto one = streams_[i].view();  // often the very one that is asked for
        if (one.data() != stream.data() && one != stream) continue;
        return call_.by_stream() ? Place{i, 0} : Place{0, i};
    }
    return std::nullopt;
}

Version Execution::version_of(const StreamId& stream) const {
    const auto place = place_of(stream.view());
    return parts_[place->part].state->versions[place->index];
}

bool Execution::fold(const EventView& event) {
    Result<void> applied;
    const bool called = call_out([&] {
        const auto place = place_of(event.stream);
        FoldedState& folded = own_state(parts_[place ? place->part : 0]);
        if (place) folded.versions[place->index] = event.version;
        ++folded.events;
        applied = call_.keeps_events() ? call_.keep(event) : folded.state.apply(event);
        if (!applied) folded.skipped = true;
    });
    if (!called) return false;
    if (!applied && options_.unreadable == OnUnreadable::stop) {
        fail(applied.error());
        return false;
    }
    ++(applied ? counts_.folded : counts_.skipped);
    return true;
}

void Execution::read_done(const Result<void>& read) {
    if (step_ == Step::done) return;
    if (!read) return fail(read.error());
    call_out([this] {
        if (call_.keeps_events()) parts_[0].state->state = call_.fold_kept();
        if (call_.discovers() && discover()) return;
        decide();
    });
}

/// Calls `use` with what the command decides on.
template <class Use>
auto Execution::with_states(Use use) const {
    boost::container::small_vector<const void*, few> states;
    for (const auto& part : parts_) states.push_back(part.state->state.get());
    return use(detail::States{streams_, states});
}

/// True if there are more streams to read, or too many rounds.
bool Execution::discover() {
    read_streams_ = streams_.size();
    const auto found =
        with_states([&](const detail::States& states) { return call_.discover(states); });
    for (const auto& stream : found) {
        if (place_of(stream.view())) continue;
        streams_.push_back(stream);
        if (call_.by_stream()) {
            add_part({&stream, 1});
        } else {
            parts_[0].state->versions.emplace_back();
        }
    }
    if (streams_.size() == read_streams_) return false;
    if (++rounds_ > options_.discovery_rounds) {
        fail({ExecutionError::discovery,
              fmt::format("it still discovers streams after {} rounds, the last \"{}\"; see "
                          "ExecutorOptions::discovery_rounds",
                          options_.discovery_rounds, streams_.back().view())});
    }
    return true;
}

// --- decide

void Execution::decide() {
    std::vector<StreamEvent> events;
    const auto verdict =
        with_states([&](const detail::States& states) { return call_.decide(states, events); });
    if (!verdict) return fail(verdict.error());
    verdict_ = *verdict;
    if (const auto declared = check_declared(events); !declared) return fail(declared.error());
    prepare(std::move(events));
    step_ = Step::append;
}

Result<void> Execution::check_declared(const std::vector<StreamEvent>& events) const {
    if (!call_.declares_streams()) return {};
    for (const auto& [stream, event] : events) {
        if (!place_of(stream.view())) return undeclared_stream_error(stream, event.type);
    }
    return {};
}

void Execution::prepare(std::vector<StreamEvent> events) {
    request_.events = std::move(events);
    request_.durability = command_.durability;
    request_.expect.clear();
    request_.expect.reserve(streams_.size());
    for (const auto& stream : streams_) request_.expect.push_back({stream, version_of(stream)});
    if (query_) request_.unless = {.changed = query_, .after = query_head_};
    if (request_.events.empty() || (!command_.id && command_.metadata == Metadata{})) return;
    Metadata metadata = command_.metadata;
    if (command_.id) {
        request_.events.front().event.id = *command_.id;
        if (metadata.causation.empty()) metadata.causation = command_.id->to_string();
        if (metadata.correlation.empty()) metadata.correlation = command_.id->to_string();
    }
    for (auto& [stream, event] : request_.events) event.metadata = metadata;
}

// --- append

void Execution::appended(Result<Appended> answer, TimePoint now, double chance) {
    if (first_answer_) {
        if (!answer) return fail(std::move(answer).error());
        first_answer_->durability = answer->durability;
        return accept(*std::move(first_answer_));
    }
    if (answer && verdict_ != Verdict::events) return confirmed();
    if (answer) return accept(*std::move(answer));
    if (answer.error() == StoreError::conflict) return conflicted(answer.error(), now, chance);
    // Another thread has executed the same command meanwhile: what it was answered is the answer.
    if (answer.error() == StoreError::id_reused && command_.id && !id_looked_up_again_) {
        id_looked_up_again_ = true;
        step_ = Step::find;
        return;
    }
    drop_states();
    fail(std::move(answer).error());
}

/// Nothing is to be written, and what that rests on is true. If that is because the same command
/// has been accepted since its id was looked up, the first answer is the answer.
void Execution::confirmed() {
    const auto outcome = verdict_ == Verdict::rejected ? Outcome::rejected : Outcome::accepted;
    if (!command_.id) return finish(outcome);
    confirmed_ = outcome;
    step_ = Step::find;
}

void Execution::accept(Appended answer) {
    executed_.first = answer.first;
    executed_.position = answer.position;
    executed_.durability = answer.durability;
    executed_.repeated = answer.repeated;
    if (answer.repeated) {
        drop_states();
    } else if (verdict_ == Verdict::events) {
        apply_decided();
    }
    executed_.versions = std::move(answer.versions);
    finish(Outcome::accepted);
}

/// The states with the command's own events on top are what the next command begins with. If that
/// throws, what was decided stands, and the next one begins anew.
void Execution::apply_decided() {
    if (!cache_ || parts_.empty() || parts_[0].on_top) return;
    try {
        apply_to_states();
    } catch (...) {
        drop_states();
    }
}

void Execution::apply_to_states() {
    boost::container::small_vector<void*, few> changed(parts_.size(), nullptr);
    for (const auto& [stream, event] : request_.events) {
        const auto place = *place_of(stream.view());
        FoldedState& folded = own_state(parts_[place.part]);
        changed[place.part] = folded.state.get();
        folded.versions[place.index] = folded.versions[place.index].next();
        ++folded.events;
    }
    call_.apply_decided({streams_, changed});
}

void Execution::go_on_top() {
    if (first_answer_) return;
    if (verdict_ == Verdict::events) apply_decided();
    for (auto& part : parts_) part.on_top = true;
}

/// For the next command, where it is not what the cache has already.
void Execution::put_states() {
    if (!cache_) return;
    for (auto& part : parts_) {
        if (part.shared || part.on_top) continue;
        if (take_for_snapshot(*part.state, options_)) to_save_.push_back(part.state);
        cache_->put(std::move(part.state));
    }
}

void Execution::drop_states() {
    if (!cache_) return;
    for (const auto& part : parts_) cache_->drop(part.state->key());
    parts_.clear();
}

void Execution::conflicted(const Error& conflict, TimePoint now, double chance) {
    ++counts_.conflicts;
    drop_states();
    const auto attempts = executed_.attempts;
    if (attempts > options_.retry.retries) {
        return fail(conflict.in(fmt::format("gave up after {} attempts", attempts)));
    }
    wait_until_ = later(now, options_.retry.wait(attempts, chance));
    if (wait_until_ > deadline_) {
        return fail({ExecutionError::deadline,
                     fmt::format("the deadline passed after {} attempts; the last conflict: {}",
                                 attempts, conflict.message())});
    }
    step_ = Step::wait;
}

// --- wait

void Execution::waited() {
    ++executed_.attempts;
    begin_attempt();
}

// --- done

Result<Execution::Outcome> Execution::outcome() const {
    if (error_) return *error_;
    return outcome_;
}

void Execution::finish(Outcome outcome) {
    put_states();
    outcome_ = outcome;
    step_ = Step::done;
}

void Execution::fail(Error error) {
    error_ = std::move(error);
    step_ = Step::done;
}

}  // namespace mainstem::command
