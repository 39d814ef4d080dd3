// Each function leaves a member that folds on, waits, has stopped or was fenced.
#include "projection/member.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "projection/partitioned_fold.hpp"
#include "read_model/documents.hpp"

namespace mainstem::projection {
namespace {

/// How far a checkpoint may stay behind what was looked at without finding anything: so much is
/// looked at again after a restart.
constexpr std::uint64_t idle_positions = 100'000;

/// Threads for one build, unless options say otherwise.
constexpr std::size_t partitions_most = 8;

/// Builds have much to catch up with, and nobody waits for their single events.
std::unique_ptr<Fold> begin_fold(const Projection& projection, const RunnerOptions& options,
                                 const std::shared_ptr<ModelStore>& model,
                                 const ProjectionRecord& record) {
    const FoldBegin begin{.model = model,
                          .generation = record.generation,
                          .empty = record.position == Position{},
                          .documents_most = options.documents};
    const std::size_t cores = std::max(std::thread::hardware_concurrency(), 1U);
    const auto partitions =
        options.partitions == 0 ? std::min(cores, partitions_most) : options.partitions;
    if (record.serving || partitions == 1 || projection.partition_by == PartitionBy::nothing) {
        return projection.fold(begin);
    }
    return std::make_unique<PartitionedFold>(projection, begin, partitions);
}

/// Documents are canonical JSON by their codecs, but for a character that no backend can compare.
Result<void> check_texts(const std::vector<DocumentChange>& changes) {
    for (const auto& change : changes) {
        if (change.document.json.find("\\u0000") == std::string::npos) continue;
        if (auto json = read_model::canonical_document(change.document.json); !json) {
            return json.error().in(fmt::format("collection \"{}\", document \"{}\"",
                                               change.collection, change.document.id));
        }
    }
    return {};
}

}  // namespace

Member::Member(const Projection& projection, const RunnerOptions& options,
               std::shared_ptr<ModelStore> model, const ProjectionRecord& record,
               std::uint64_t epoch)
    : projection_(projection),
      options_(options),
      clock_(options.clock == nullptr ? Clock::system() : *options.clock),
      model_(std::move(model)),
      generation_(record.generation),
      epoch_(epoch),
      serving_(record.serving),
      fold_(begin_fold(projection, options, model_, record)),
      stored_(record.position),
      position_(record.position),
      last_(record.position) {}

bool Member::apply(const EventView& event, TimePoint now) {
    if (event.position <= last_ || !projection_.filter.matches(event)) return true;
    if (auto applied = fold_->apply(event); !applied) {
        event_failed(event, applied.error(), now);
        return false;
    }
    last_ = event.position;
    ++folded_;
    return true;
}

bool Member::commit(Position to, TimePoint now) {
    to = std::max(to, position_);
    if (nothing_to_store() && to.value - stored_.value < idle_positions) {
        position_ = to;
        return true;
    }
    const auto events = folded_;
    if (auto done = store(to); !done) {
        commit_failed(done.error(), now);
        return false;
    }
    events_ += events;
    failures_ = 0;
    failure_.clear();
    if (careful_events_ <= careful_until_.value) careful_events_ *= 2;
    return true;
}

Result<void> Member::store(Position to) {
    ModelCommit commit{.projection = projection_.declaration.name,
                       .generation = generation_,
                       .epoch = epoch_,
                       .from = stored_,
                       .to = to,
                       .changes = {},
                       .set_aside = letters_,
                       .replayed = replayed_};
    commit.changes.reserve(fold_->changed());
    if (auto done = fold_->collect(commit.changes); !done) return done;
    if (auto done = check_texts(commit.changes); !done) return done;
    if (auto done = model_->commit(commit); !done) return done;
    fold_->committed();
    folded_ = 0;
    set_aside_ += letters_.size();
    letters_.clear();
    replayed_.clear();
    ++commits_;
    stored_ = position_ = to;
    last_ = std::max(last_, to);
    return {};
}

/// Back to what is stored. What was reacted to stays so: it is only to be stored.
void Member::drop() {
    fold_->drop();
    folded_ = 0;
    letters_.clear();
    replayed_.clear();
    position_ = stored_;
    last_ = projection_.reacts ? std::max(last_, stored_) : stored_;
}

void Member::event_failed(const EventView& event, const Error& error, TimePoint now) {
    const bool first = folded_ > 0;
    drop();
    suspect_ = event.position;
    // What came before it in the batch is stored first.
    if (first) return;
    failure_ = error.message();
    ++failures_;
    // The model could not be read: no fault of the event.
    if (error.retryable()) return wait(now);
    if (failures_ <= options_.on_failure.retries) return wait(now);
    if (options_.on_failure.then == OnFailure::stop) return stop(error);
    set_aside(event.position, error, now);
}

void Member::set_aside(Position event, const Error& error, TimePoint now) {
    letters_.push_back({event, error.message(), clock_.now()});
    if (auto done = store(event); !done) return commit_failed(done.error(), now);
    failures_ = 0;
}

void Member::commit_failed(const Error& error, TimePoint now) {
    const auto last = last_;
    const auto events = folded_;
    const bool of_event = letters_.empty() && events > 0;
    drop();
    failure_ = error.message();
    if (error == ReadModelError::fenced) {
        state_ = State::fenced;
        return;
    }
    if (error.retryable()) {
        ++failures_;
        return wait(now);
    }
    const bool of_content = error == ReadModelError::not_unique ||
                            error == ReadModelError::invalid || error == ProjectionError::failed;
    if (!of_content || !of_event) return stop(error);
    if (events > 1) {
        careful_until_ = std::max(careful_until_, last);
        careful_events_ = events / 2;
        return;
    }
    // What an event's own fold says names its position.
    const auto located =
        error == ProjectionError::failed ? error : error.in(fmt::format("position {}", last.value));
    failure_ = located.message();
    if (++failures_ <= options_.on_failure.retries) return wait(now);
    if (options_.on_failure.then == OnFailure::stop) return stop(located);
    set_aside(last, located, now);
}

void Member::wait(TimePoint now) {
    state_ = State::waiting;
    due_ = now + options_.on_failure.wait(failures_);
}

void Member::stop(const Error& error) {
    state_ = State::stopped;
    failure_ = error.message();
    static_cast<void>(model_->set_failure(name(), generation_, failure_));
}

void Member::go_on(Position stored) {
    stored_ = stored;
    drop();
    state_ = State::folding;
}

Result<void> Member::finish() {
    // What serves never goes back behind what queries have seen.
    if (position_ > stored_) {
        if (auto done = store(position_); !done) return done;
    }
    if (auto done = model_->finish_build(name(), generation_, epoch_); !done) return done;
    serving_ = true;
    return {};
}

Result<bool> Member::replay(const EventView& event) {
    const auto position = position_;
    auto done = fold_->apply(event);
    if (done) {
        replayed_.push_back(event.position);
        done = store(stored_);
    }
    auto answer = done ? Result<bool>{true} : replay_failed(event, done.error());
    // Nothing was looked at: that goes on where it was.
    position_ = std::max(position_, position);
    return answer;
}

/// The event stays a dead letter if it is at fault, with what is wrong with it now.
Result<bool> Member::replay_failed(const EventView& event, const Error& error) {
    drop();
    if (error == ReadModelError::fenced || error.retryable()) return error;
    letters_.push_back({event.position, error.message(), clock_.now()});
    if (auto stored = store(stored_); !stored) {
        drop();
        return std::move(stored).error();
    }
    return false;
}

}  // namespace mainstem::projection
