// The rules for what one opening of a store answered, held against a full read made later.
#pragma once

#include <optional>
#include <string>

#include "support/observation.hpp"
#include "support/session.hpp"

namespace mainstem::support {

/// Used once. Session, observation and violations must outlive it.
class SessionJudge {
public:
    SessionJudge(const Session& session, const Observation& observation, Violations& violations)
        : session_(session),
          observation_(observation),
          versions_(observation),
          violations_(violations) {}

    /// O(events + requests squared).
    void judge();
    /// Only that what is shown is a beginning of what can be there; it may be an older state.
    void judge_shown();
    /// The session's requests that the observation holds.
    [[nodiscard]] const StoredRequests& found() const noexcept { return found_; }

private:
    /// Between which positions the store was while it worked on a request.
    struct Window {
        Position from;
        Position to;
    };

    void judge_kept(std::size_t count);
    void find_requests();
    std::size_t find_request_at(std::size_t index);
    void explain_stranger(const Event& event);
    void judge_answered_order();

    void judge_submission(const Submission& submission);
    void judge_appended(const Submission& submission, const Appended& answer);
    void judge_answer(const Submission& submission, const Appended& answer,
                      const StoredRequest& stored);
    void judge_expectations(const Submission& submission, const StoredRequest& stored);
    void judge_repeat_flag(const Submission& submission, const Appended& answer);
    void judge_check_only(const Submission& submission, const Appended& answer);
    void judge_conflict(const Submission& submission, const Error& error);
    void judge_unmet(const Submission& submission, const Conflict& conflict);
    void judge_group(const Submission& submission);
    void judge_refused_id(const Submission& submission, const Error& error);
    void judge_not_stored(const Submission& submission);

    /// True if an earlier request of the group names the stream and has surely stored nothing new.
    [[nodiscard]] bool builds_on_unstored(const Submission& submission,
                                          const StreamId& stream) const;
    [[nodiscard]] bool surely_unstored(const Submission& submission) const;
    /// True if no other request was submitted under its id, nor stored before.
    [[nodiscard]] bool is_only_one(const Submission& submission) const;
    [[nodiscard]] bool same_events(const AppendRequest& request, std::size_t index) const;
    [[nodiscard]] const StoredRequest* stored(EventId id) const;
    [[nodiscard]] Window window(const Submission& submission) const;
    /// True if all that the request expects holds after `after`.
    [[nodiscard]] bool all_met(const AppendRequest& request, Position after) const;
    [[nodiscard]] std::vector<StreamVersion> versions_after(const StoredRequest& stored) const;
    /// True if answers of this session may rest on what a power cut has taken away since.
    [[nodiscard]] bool may_rest_on_lost(const Submission& submission) const;
    void add(const Submission& submission, std::string_view what);

    const Session& session_;
    const Observation& observation_;
    StreamVersions versions_;
    Violations& violations_;
    StoredRequests found_;
};

}  // namespace mainstem::support
