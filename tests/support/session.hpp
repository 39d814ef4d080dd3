// What was asked of a store between two openings, and what it answered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include <mainstem/store/append.hpp>

namespace mainstem::support {

/// A place in the order in which requests were submitted and answered.
using LogicalTime = std::uint64_t;

struct Submission {
    AppendRequest request;
    LogicalTime submitted = 0;
    /// The time of the group's first submission; 0: it is alone.
    LogicalTime group = 0;
    LogicalTime answered = std::numeric_limits<LogicalTime>::max();
    /// None: the process ended first.
    std::optional<Result<Appended>> answer = {};

    [[nodiscard]] bool names(const StreamId& stream) const {
        const auto is_it = [&](const auto& one) { return one.stream == stream; };
        return std::ranges::any_of(request.expect, is_it) ||
               std::ranges::any_of(request.events, is_it);
    }

    /// The answer, if it is that all was done.
    [[nodiscard]] const Appended* appended() const {
        return answer && answer->has_value() ? &**answer : nullptr;
    }
    /// The error, if the answer is that nothing was written.
    [[nodiscard]] std::optional<Error> refusal() const {
        if (!answer || answer->has_value()) return std::nullopt;
        if (answer->error() == StoreError::outcome_unknown) return std::nullopt;
        return answer->error();
    }
    /// The name of a request for ever; none if it only checks.
    [[nodiscard]] std::optional<EventId> id() const {
        if (request.events.empty()) return std::nullopt;
        return request.events.front().event.id;
    }
};

/// A request that the store holds.
struct StoredRequest {
    AppendRequest request;
    Position first;
    Position last;
};
using StoredRequests = std::map<EventId, StoredRequest>;

struct Session {
    /// What the store held when it was opened.
    std::vector<Event> before = {};
    StoredRequests stored_before = {};
    std::vector<Submission> submissions = {};
    /// The last position that an answer named.
    Position answered = {};
    /// The last position that an answer or a read has shown to be on the disk.
    Position flushed = {};
    /// The machine stopped: what was not flushed may be gone.
    bool power_cut = false;
};

}  // namespace mainstem::support
