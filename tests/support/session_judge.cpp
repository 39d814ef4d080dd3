#include "support/session_judge.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace mainstem::support {

void SessionJudge::judge() {
    judge_kept(session_.before.size());
    find_requests();
    judge_answered_order();
    for (const Submission& submission : session_.submissions) judge_submission(submission);
}

void SessionJudge::judge_shown() {
    judge_kept(std::min(session_.before.size(), observation_.events.size()));
    find_requests();
}

void SessionJudge::judge_kept(std::size_t count) {
    const auto& events = observation_.events;
    for (std::size_t index = 0; index < count; ++index) {
        if (index < events.size() && events[index] == session_.before[index]) continue;
        violations_.add(fmt::format("position {} is {}, it was there before", index + 1,
                                    index < events.size() ? "changed" : "gone"));
        return;
    }
}

void SessionJudge::find_requests() {
    std::size_t index = session_.before.size();
    while (index < observation_.events.size()) index += find_request_at(index);
}

/// Returns the number of events that it has explained. Of requests that share an id, one may be the
/// beginning of another: the longest that fits is the one that was stored.
std::size_t SessionJudge::find_request_at(std::size_t index) {
    const Event& event = observation_.events[index];
    const AppendRequest* found = nullptr;
    auto durability = Durability::flushed;
    for (const Submission& candidate : session_.submissions) {
        if (candidate.id() != event.id || candidate.refusal()) continue;
        if (!same_events(candidate.request, index)) continue;
        if (!found || candidate.request.events.size() > found->events.size()) {
            found = &candidate.request;
        }
        durability = std::max(durability, candidate.request.durability);
    }
    if (!found) {
        explain_stranger(event);
        return 1;
    }
    if (stored(event.id)) {
        violations_.add(fmt::format("position {} holds request {} once more", event.position.value,
                                    event.id.to_string()));
    }
    const std::size_t count = found->events.size();
    StoredRequest& stored = found_[event.id];
    stored = {.request = *found,
              .first = event.position,
              .last = observation_.events[index + count - 1].position};
    stored.request.durability = durability;
    return count;
}

void SessionJudge::explain_stranger(const Event& event) {
    std::string_view why = "an event that nobody asked for";
    for (const Submission& submission : session_.submissions) {
        if (submission.id() != event.id) continue;
        why = submission.refusal() ? "a request that was refused"
                                   : "a request in part, or not as it was asked for";
    }
    violations_.add(fmt::format("position {} holds {}: stream {} version {} id {}",
                                event.position.value, why, event.stream, event.version.value,
                                event.id.to_string()));
}

/// Whatever a power cut took away since: no two answers may have named the same position, and a
/// request that was answered before another was submitted comes before it.
void SessionJudge::judge_answered_order() {
    std::vector<const Submission*> accepted;
    for (const Submission& submission : session_.submissions) {
        const Appended* answer = submission.appended();
        if (answer && submission.id() && !answer->repeated) accepted.push_back(&submission);
    }
    std::ranges::sort(accepted, {}, [](const Submission* one) { return one->appended()->first; });
    Position last{session_.before.size()};
    LogicalTime submitted = 0;
    for (const Submission* submission : accepted) {
        const Appended& answer = *submission->appended();
        if (answer.first <= last) add(*submission, "was given a position that was taken");
        if (submission->answered < submitted) {
            add(*submission, "was answered before one was submitted that came before it");
        }
        last = answer.position;
        submitted = std::max(submitted, submission->submitted);
    }
}

void SessionJudge::judge_submission(const Submission& submission) {
    if (const Appended* answer = submission.appended()) {
        if (submission.request.durability == Durability::flushed &&
            answer->durability != Durability::flushed) {
            add(submission, "was to be flushed, and was answered as buffered");
        }
        submission.id() ? judge_appended(submission, *answer)
                        : judge_check_only(submission, *answer);
    } else if (const auto error = submission.refusal()) {
        if (*error == StoreError::conflict) judge_conflict(submission, *error);
        judge_refused_id(submission, *error);
        if (*error == StoreError::stopped) judge_not_stored(submission);
    }
    if (submission.group != 0) judge_group(submission);
}

void SessionJudge::judge_appended(const Submission& submission, const Appended& answer) {
    judge_repeat_flag(submission, answer);
    const StoredRequest* stored = this->stored(*submission.id());
    if (stored) {
        judge_answer(submission, answer, *stored);
        if (!answer.repeated) judge_expectations(submission, *stored);
    } else if (answer.first <= observation_.head) {
        add(submission, "was acknowledged, and something else is in its place");
    } else if (!session_.power_cut) {
        add(submission, "was acknowledged, and is not there");
    }
}

void SessionJudge::judge_answer(const Submission& submission, const Appended& answer,
                                const StoredRequest& stored) {
    if (!same_content(submission.request, stored.request)) {
        add(submission, "was acknowledged, and another content is stored under its id");
    } else if (answer.first != stored.first || answer.position != stored.last) {
        add(submission,
            fmt::format("is at positions {} to {}", stored.first.value, stored.last.value));
    } else if (answer.versions != versions_after(stored)) {
        add(submission, "was answered with other versions than those stored");
    }
}

void SessionJudge::judge_expectations(const Submission& submission, const StoredRequest& stored) {
    if (stored.first.value == 0) return;
    if (!all_met(submission.request, Position{stored.first.value - 1})) {
        add(submission, "was accepted, and an expectation does not hold at its place");
    }
}

void SessionJudge::judge_repeat_flag(const Submission& submission, const Appended& answer) {
    bool known = session_.stored_before.contains(*submission.id());
    bool possible = known;
    for (const Submission& other : session_.submissions) {
        if (&other == &submission || other.id() != submission.id() || other.refusal()) continue;
        known = known || (other.appended() && other.answered < submission.submitted);
        possible = possible || other.submitted < submission.answered;
    }
    if (known && !answer.repeated) add(submission, "was stored before, and is no repeat");
    if (!possible && answer.repeated) add(submission, "is new, and was answered as a repeat");
}

void SessionJudge::judge_check_only(const Submission& submission, const Appended& answer) {
    if (answer.first.value != 0 || answer.position.value != 0 || !answer.versions.empty()) {
        add(submission, "only checks, and was answered with positions");
    }
    const Window window = this->window(submission);
    bool met = all_met(submission.request, window.from);
    for (const Expectation& expectation : submission.request.expect) {
        for (const Position position : versions_.positions(expectation.stream.view())) {
            if (met || position <= window.from || position > window.to) continue;
            met = all_met(submission.request, position);
        }
    }
    if (!met && !may_rest_on_lost(submission)) {
        add(submission, "only checks, and its expectations held at no time");
    }
}

void SessionJudge::judge_conflict(const Submission& submission, const Error& error) {
    const auto& conflict = error.conflict();
    if (!conflict) return add(submission, "has a conflict that names no stream");
    if (!builds_on_unstored(submission, conflict->stream)) judge_unmet(submission, *conflict);
    if (may_rest_on_lost(submission)) return;
    const Window window = this->window(submission);
    if (conflict->actual < versions_.at(conflict->stream, window.from) ||
        conflict->actual > versions_.at(conflict->stream, window.to)) {
        add(submission, "has a conflict with a version that the stream did not have then");
    } else if (conflict->position != versions_.position_of(conflict->stream, conflict->actual)) {
        add(submission, "has a conflict that names another position than the version's");
    }
}

/// A conflict over what the request itself expects.
void SessionJudge::judge_unmet(const Submission& submission, const Conflict& conflict) {
    const auto& expected = submission.request.expect;
    const bool asked = std::ranges::any_of(expected, [&](const Expectation& one) {
        return one.stream.view() == conflict.stream && one.expected == conflict.expected;
    });
    if (!asked) add(submission, "has a conflict over what it did not expect");
    if (conflict.expected.met_by(conflict.actual)) {
        add(submission, "has a conflict with a version that it expects");
    }
}

/// What builds on a request of its group that stored nothing new is not stored.
void SessionJudge::judge_group(const Submission& submission) {
    const Appended* answer = submission.appended();
    const bool there = submission.id() && found_.contains(*submission.id());
    const bool accepted =
        answer ? !answer->repeated : there && is_only_one(submission) && !submission.refusal();
    if (!accepted) return;
    const auto judge = [&](const StreamId& stream) {
        if (builds_on_unstored(submission, stream)) {
            add(submission, "builds on one of its group that was not stored, and was accepted");
        }
        for (const Submission& other : session_.submissions) {
            if (&other == &submission) break;
            if (!there || other.group != submission.group || !other.names(stream)) continue;
            if (other.id() && is_only_one(other) && !stored(*other.id())) {
                add(submission, "is there without one of its group that it builds on");
            }
        }
    };
    for (const Expectation& expectation : submission.request.expect) judge(expectation.stream);
    for (const StreamEvent& entry : submission.request.events) judge(entry.stream);
}

bool SessionJudge::builds_on_unstored(const Submission& submission, const StreamId& stream) const {
    for (const Submission& other : session_.submissions) {
        if (&other == &submission) break;
        if (other.group == 0 || other.group != submission.group) continue;
        if (other.names(stream) && surely_unstored(other)) return true;
    }
    return false;
}

bool SessionJudge::surely_unstored(const Submission& submission) const {
    if (const auto error = submission.refusal()) {
        // Checks alone that held are answered so, too, when others of their commit failed.
        return submission.id() || *error != StoreError::stopped;
    }
    if (submission.appended() && submission.appended()->repeated) return true;
    return submission.id() && session_.stored_before.contains(*submission.id());
}

bool SessionJudge::is_only_one(const Submission& submission) const {
    return !session_.stored_before.contains(*submission.id()) &&
           std::ranges::count_if(session_.submissions, [&](const Submission& other) {
               return other.id() == submission.id();
           }) == 1;
}

/// Repeats are looked up before anything is checked.
void SessionJudge::judge_refused_id(const Submission& submission, const Error& error) {
    const bool conflict = error == StoreError::conflict;
    const bool reused = error == StoreError::id_reused;
    if (!submission.id() || (!conflict && !reused)) return;
    bool other_content = false;
    const auto compare = [&](const AppendRequest& earlier, bool certain) {
        const bool same = same_content(earlier, submission.request);
        other_content = other_content || !same;
        if (certain && (same || conflict)) {
            add(submission, same ? "is a repeat, and was refused" : "reuses an id unnoticed");
        }
    };
    const auto before = session_.stored_before.find(*submission.id());
    if (before != session_.stored_before.end()) compare(before->second.request, true);
    for (const Submission& other : session_.submissions) {
        if (&other == &submission || other.id() != submission.id() || other.refusal()) continue;
        if (other.submitted > submission.answered) continue;
        compare(other.request, other.appended() && other.answered < submission.submitted);
    }
    if (reused && !other_content) add(submission, "was refused for an id that is not used");
}

/// Nothing is stored under the id of a request that was stopped, unless by one that came later.
void SessionJudge::judge_not_stored(const Submission& submission) {
    const StoredRequest* there = submission.id() ? stored(*submission.id()) : nullptr;
    if (!there || !same_content(submission.request, there->request)) return;
    const bool earlier = std::ranges::any_of(session_.submissions, [&](const Submission& other) {
        return other.id() == submission.id() && !other.refusal() &&
               other.submitted < submission.submitted;
    });
    if (earlier || session_.stored_before.contains(*submission.id())) {
        add(submission, "was answered as not stored, and is there");
    }
}

bool SessionJudge::same_events(const AppendRequest& request, std::size_t index) const {
    const auto& stored = observation_.events;
    if (request.events.size() > stored.size() - index) return false;
    for (std::size_t offset = 0; offset < request.events.size(); ++offset) {
        if (!same_content(request.events[offset], stored[index + offset])) return false;
    }
    return true;
}

const StoredRequest* SessionJudge::stored(EventId id) const {
    if (const auto at = found_.find(id); at != found_.end()) return &at->second;
    const auto at = session_.stored_before.find(id);
    return at == session_.stored_before.end() ? nullptr : &at->second;
}

SessionJudge::Window SessionJudge::window(const Submission& submission) const {
    Window window{.from = {session_.before.size()}, .to = {observation_.events.size()}};
    for (const Submission& other : session_.submissions) {
        const Appended* answer = other.appended();
        if (!answer || !other.id()) continue;
        if (other.answered < submission.submitted) {
            window.from = std::max(window.from, answer->position);
        } else if (other.submitted > submission.answered && !answer->repeated) {
            window.to = std::min(window.to, Position{answer->first.value - 1});
        }
    }
    return window;
}

bool SessionJudge::all_met(const AppendRequest& request, Position after) const {
    return std::ranges::all_of(request.expect, [&](const Expectation& one) {
        return one.expected.met_by(versions_.at(one.stream.view(), after));
    });
}

std::vector<StreamVersion> SessionJudge::versions_after(const StoredRequest& stored) const {
    std::vector<StreamVersion> versions;
    for (const StreamEvent& event : stored.request.events) {
        const bool named =
            std::ranges::find(versions, event.stream, &StreamVersion::stream) != versions.end();
        if (named) continue;
        versions.push_back({event.stream, versions_.at(event.stream.view(), stored.last)});
    }
    return versions;
}

bool SessionJudge::may_rest_on_lost(const Submission& submission) const {
    return session_.power_cut && session_.answered > observation_.head &&
           submission.request.durability == Durability::buffered;
}

void SessionJudge::add(const Submission& submission, std::string_view what) {
    std::ostringstream line;
    line << "the request submitted at " << submission.submitted;
    if (const auto id = submission.id()) line << " (" << *id << ')';
    if (const Appended* answer = submission.appended()) {
        line << ", answered with positions " << answer->first << " to " << answer->position << ',';
    } else if (submission.answer) {
        line << ", answered with \"" << submission.answer->error() << "\",";
    }
    line << ' ' << what;
    violations_.add(std::move(line).str());
}

}  // namespace mainstem::support
