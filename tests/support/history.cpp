#include "support/history.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "support/session_judge.hpp"

namespace mainstem::support {

History::Ticket History::submit(AppendRequest request) {
    session_.submissions.push_back({.request = std::move(request), .submitted = ++now_});
    return session_.submissions.size() - 1;
}

std::vector<History::Ticket> History::submit_group(const std::vector<AppendRequest>& requests) {
    const LogicalTime group = now_ + 1;
    std::vector<Ticket> tickets(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        tickets[i] = submit(requests[i]);
        session_.submissions.back().group = group;
    }
    return tickets;
}

void History::answer(Ticket ticket, const Result<Appended>& answer) {
    Submission& submission = session_.submissions.at(ticket);
    if (submission.answer) violations_.add("a request was answered twice");
    submission.answered = ++now_;
    submission.answer = answer;
    Position known;
    if (answer.has_value()) {
        known = answer->position;
    } else if (const auto& conflict = answer.error().conflict()) {
        known = conflict->position;
    }
    session_.answered = std::max(session_.answered, known);
    if (submission.request.durability == Durability::flushed ||
        (answer.has_value() && answer->durability == Durability::flushed)) {
        session_.flushed = std::max(session_.flushed, known);
    }
}

void History::flushed() { session_.flushed = session_.answered; }

void History::check_running(const Observation& observation) {
    check_order(observation, violations_);
    require_head(observation, session_.answered);
    SessionJudge judge(session_, observation, violations_);
    judge.judge();
    for (const auto& [id, stored] : judge.found()) {
        if (stored.request.durability == Durability::buffered) continue;
        session_.flushed = std::max(session_.flushed, stored.last);
    }
}

void History::check_reopened(const Observation& observation) {
    check_order(observation, violations_);
    require_head(observation, session_.power_cut ? session_.flushed : session_.answered);
    SessionJudge judge(session_, observation, violations_);
    judge.judge();
    StoredRequests stored = std::move(session_.stored_before);
    stored.insert(judge.found().begin(), judge.found().end());
    session_ = {.before = observation.events,
                .stored_before = std::move(stored),
                .answered = observation.head,
                .flushed = observation.head};
}

void History::check_beside(const Observation& observation) {
    check_order(observation, violations_);
    SessionJudge(session_, observation, violations_).judge_shown();
    session_.flushed = std::max(session_.flushed, observation.head);
}

void History::require_head(const Observation& observation, Position promised) {
    if (observation.head >= promised) return;
    violations_.add(fmt::format("positions up to {} must be there, the head is {}", promised.value,
                                observation.head.value));
}

}  // namespace mainstem::support
