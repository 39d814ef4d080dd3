// Repeats, expectations, staging.
#include "log/decider.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

#include "log/last_match.hpp"
#include "log/stored_request.hpp"
#include "store/errors.hpp"

namespace mainstem::log {

namespace {

/// The answer to a request whose id is that of one which is staged with it.
Result<Appended> answer_staged(const Pending& staged, const EncodedRequest& request) {
    if (!same_events(staged.request, request)) return id_reused_error(request.id(), staged.first);
    Appended answer = answer_to(staged.request, staged.first, Durability::flushed);
    answer.repeated = true;
    return answer;
}

}  // namespace

void Decider::start(std::shared_ptr<const SegmentList> list, std::uint64_t end) {
    list_ = std::move(list);
    active_ = list_->back().get();
    staged_end_ = end;
}

void Decider::prefetch(std::span<Pending* const> requests) const noexcept {
    for (const Pending* pending : requests) {
        const EncodedRequest& request = pending->request;
        if (!request.writes()) continue;
        const MemoryIndex& index = active_->memory_index();
        index.prefetch(request.streams.front().key.hash, hash_of(request.id()));
        for (const TermKey& term : request.terms(0)) index.prefetch(term);
    }
}

/// What a request has not stored decides about those that were appended together with it.
Decided Decider::decide(Pending& pending, Group& group, std::uint64_t durable_end) {
    if (!pending.refusal) {
        const Decided decided = decide_alone(pending, group, durable_end);
        if (decided != Decided::yes || !pending.outcome) return decided;
    }
    if (pending.unstored != nullptr) pending.unstored->add(*pending.asked);
    return Decided::yes;
}

Decided Decider::decide_alone(Pending& pending, Group& group, std::uint64_t durable_end) {
    const EncodedRequest& request = pending.request;
    if (request.writes()) {
        const Decided repeat = answer_repeat(pending, group);
        if (repeat != Decided::yes || pending.outcome) return repeat;
    }
    if (!builds_on_stored(pending)) return Decided::yes;
    if (!meets_expectations(pending) || !meets_condition(pending)) return Decided::yes;
    if (!request.writes()) return Decided::yes;
    if (staged_end_ + request.frame.size() > segment_size_) return Decided::no_room;
    stage(pending, group, durable_end);
    return Decided::yes;
}

std::optional<Result<std::optional<Result<Appended>>>> Decider::find_repeat(const Pending& pending,
                                                                            const Group& group) {
    using Found = Result<std::optional<Result<Appended>>>;
    const EncodedRequest& request = pending.request;
    std::vector<Ordinal> candidates;
    active_->memory_index().find_requests(hash_of(request.id()), candidates);
    const Ordinal stored = active_->visible().count;
    for (const Ordinal ordinal : candidates) {
        if (ordinal < stored) {
            auto found = compare_stored(*active_, ordinal, request);
            if (!found || *found) return found;
            continue;
        }
        const auto staged = std::ranges::find(group.staged, ordinal, &Group::Staged::ordinal);
        if (staged == group.staged.end()) return std::nullopt;
        if (staged->request->request.id() != request.id()) continue;
        return Found{answer_staged(*staged->request, request)};
    }
    if (pending.history) return Found{pending.history};
    return repeat_in(*list_, pending.sealed_segments_seen, list_->size() - 1, request);
}

bool Decider::may_be_repeat(const Pending& pending) const {
    if (!pending.request.writes()) return false;
    std::vector<Ordinal> candidates;
    active_->memory_index().find_requests(hash_of(pending.request.id()), candidates);
    if (!candidates.empty() || pending.history) return true;
    const auto sealed =
        repeat_in(*list_, pending.sealed_segments_seen, list_->size() - 1, pending.request);
    return !sealed || sealed->has_value();
}

Decided Decider::answer_repeat(Pending& pending, const Group& group) {
    auto found = find_repeat(pending, group);
    if (!found) return Decided::not_stored;
    if (!*found) {
        pending.outcome = found->error();
        pending.in_doubt = true;
    } else if (**found) {
        pending.outcome = ***std::move(found);
    }
    return Decided::yes;
}

Result<StreamHead> Decider::head_of(const Pending& pending, RequestStream& stream) {
    stream.entry = active_->memory_index().find(stream.key);
    if (stream.entry != nullptr) {
        return StreamHead{stream.entry->last(),
                          {active_->first().value + stream.entry->last_ordinal()}};
    }
    const auto newer = head_in(*list_, pending.sealed_segments_seen, list_->size() - 1, stream.key);
    if (!newer || newer->version.value != 0) return newer;
    return stream.history;
}

bool Decider::builds_on_stored(Pending& pending) {
    if (pending.unstored == nullptr) return true;
    const StreamId* unstored = pending.unstored->find(*pending.asked);
    if (unstored == nullptr) return true;
    const auto stream =
        std::ranges::find(pending.request.streams, unstored->view(),
                          [](const RequestStream& named) { return named.key.name; });
    MAINSTEM_ASSERT(stream != pending.request.streams.end(), "a request lost one of its streams");
    const auto head = head_of(pending, *stream);
    pending.outcome =
        head ? unstored_error(*unstored, stream->expected, head->version, head->position)
             : head.error();
    return false;
}

bool Decider::meets_expectations(Pending& pending) {
    const RequestStream* unmet = nullptr;
    StreamHead found;
    for (RequestStream& stream : pending.request.streams) {
        const auto head = head_of(pending, stream);
        if (!head) {
            pending.outcome = head.error();
            return false;
        }
        // Of several unmet expectations, the request's first is named.
        if (!stream.expected.met_by(head->version) &&
            (unmet == nullptr || stream.expectation < unmet->expectation)) {
            unmet = &stream;
            found = *head;
        }
        stream.version = head->version;
    }
    if (unmet == nullptr) return true;
    pending.outcome =
        conflict_error(unmet->key.name, unmet->expected, found.version, found.position);
    return false;
}

/// The last event that matches after what the caller of the append has looked at.
Result<Position> Decider::newer_match(const TermQuery& query, Position after) {
    const MemoryIndex& index = active_->memory_index();
    if (after.next() < active_->first()) return last_match_in(*list_, index.size(), query, after);
    const auto begin = static_cast<Ordinal>(after.next().value - active_->first().value);
    const auto found = last_candidate(index, query, {begin, index.size()});
    if (!found) return found.error();
    return *found ? Position{active_->first().value + **found} : Position{};
}

bool Decider::meets_condition(Pending& pending) {
    const AppendCondition* condition = pending.request.condition;
    if (condition == nullptr) return true;
    const ConditionLook& look = pending.look;
    const auto refuse = [&](Error error) {
        pending.outcome = std::move(error);
        return false;
    };
    const auto checked = check_after(*condition, {next_.value - 1});
    if (!checked) return refuse(checked.error());
    if (condition->changed) {
        const Position after = std::max(condition->after, look.upto);
        const auto newer = newer_match(pending.request.changed, after);
        if (!newer) return refuse(newer.error());
        const Position last = std::max(*newer, look.changed);
        if (last.value != 0) {
            return refuse(condition_error(*condition->changed, condition->after, last));
        }
    }
    if (condition->exists) {
        const auto newer = newer_match(pending.request.exists, look.upto);
        if (!newer) return refuse(newer.error());
        const Position last = std::max(*newer, look.exists);
        if (last.value != 0) return refuse(condition_error(*condition->exists, {}, last));
    }
    return true;
}

void Decider::stage(Pending& pending, Group& group, std::uint64_t durable_end) {
    EncodedRequest& request = pending.request;
    MemoryIndex& index = active_->memory_index();
    const std::uint64_t salt = active_->header().salt;
    last_recorded_at_ = std::max(last_recorded_at_, clock_->now());
    pending.first = next_;

    FrameHeader header;
    header.stored_size = request.stored_size;
    header.decoded_size = request.stored_size;
    header.count = static_cast<std::uint32_t>(request.events.size());
    header.durable_offset = static_cast<std::uint32_t>(durable_end);
    header.first_position = next_.value;
    seal(header, {salt, staged_end_});
    store(header, request.frame.data());

    group.staged.push_back({&pending, index.size()});
    index.add_request(request.id());
    for (std::size_t i = 0; i < request.events.size(); ++i) {
        const RequestEvent& event = request.events[i];
        RequestStream& stream = request.streams[event.stream];
        stream.version = stream.version.next();
        if (stream.entry == nullptr) stream.entry = &index.add_stream(stream.key, stream.version);
        assign(&request.frame[event.offset], event.checksum,
               {stream.version, last_recorded_at_, next_, salt});
        index.add_event(*stream.entry, static_cast<std::uint32_t>(staged_end_) + event.offset,
                        request.terms(i));
        next_ = next_.next();
    }
    group.parts.emplace_back(request.frame);
    staged_end_ += request.frame.size();
    group.written = {staged_end_, {next_.value - 1}};
    group.count = index.size();
}

}  // namespace mainstem::log
