// One append on its way: from its caller, through the queue, to the writer and back.
#pragma once

#include <atomic>
#include <optional>

#include "log/request.hpp"
#include "store/append_group.hpp"

namespace mainstem::log {

/// What the caller of an append found of its condition.
struct ConditionLook {
    Position upto;     ///< it looked at all events up to here
    Position changed;  ///< the last that matches the condition's first part; 0: none
    Position exists;   ///< the last that matches its second part
};

/// On what a caller sleeps until its request is answered, or all that it appends together.
struct Waiter {
    enum Turn : std::uint32_t { waiting, asleep, lead, answered };

    std::atomic<std::uint32_t> turn{waiting};
    std::atomic<std::size_t> unanswered{1};

    /// One more request is answered. True: it was the last; before that the caller stays.
    [[nodiscard]] bool count_answer() noexcept {
        if (unanswered.load(std::memory_order_acquire) == 1) return true;
        return unanswered.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }
};

/// Made by the caller; in the writer's hands until it is answered.
struct Pending {
    EncodedRequest request;
    /// How many sealed segments the caller has looked through for the streams and the id.
    std::size_t sealed_segments_seen = 0;
    /// What that found: the request was stored before, or its id with other content.
    std::optional<Result<Appended>> history;
    ConditionLook look;
    /// What the caller found against it. Then it only counts among its group.
    std::optional<Error> refusal;

    // Of one that is appended together with others.

    const AppendRequest* asked = nullptr;  ///< what it was encoded from
    UnstoredStreams* unstored = nullptr;   ///< of all of them; in the hands of who decides

    // The writer's answer.

    std::optional<Result<Appended>> outcome;  ///< set unless the request was written
    Position first;                           ///< of its first event, if it was written
    bool committed = false;                   ///< it was written, and flushed if that was due
    bool in_doubt = false;  ///< if the store has failed: it may be stored nevertheless
    Durability durability = Durability::flushed;

    /// Begins anew with another request.
    void reset() {
        sealed_segments_seen = 0;
        history.reset();
        look = {};
        refusal.reset();
        asked = nullptr;
        unstored = nullptr;
        outcome.reset();
        first = {};
        committed = in_doubt = false;
        own_waiter.turn.store(Waiter::waiting, std::memory_order_relaxed);
        waiter = &own_waiter;
    }

    // The queue's.

    Waiter own_waiter;
    Waiter* waiter = &own_waiter;  ///< shared by what is appended together
    AppendDone done;               ///< set for an asynchronous append

    /// The answer, once there is one. Builds it, so call it outside both roles.
    [[nodiscard]] Result<Appended> answer() const {
        if (refusal) return *refusal;
        return outcome ? *outcome : Result<Appended>{answer_to(request, first, durability)};
    }
};

}  // namespace mainstem::log
