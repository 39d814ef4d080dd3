// One append on its way: from its caller, through the queue, to the writer and back.
#pragma once

#include <atomic>
#include <optional>

#include "log/request.hpp"

namespace mainstem::log {

/// What the caller of an append found of its condition.
struct ConditionLook {
    Position upto;     ///< it looked at all events up to here
    Position changed;  ///< the last that matches the condition's first part; 0: none
    Position exists;   ///< the last that matches its second part
};

/// Made by the caller; in the writer's hands until it is answered.
struct Pending {
    EncodedRequest request;
    /// How many sealed segments the caller has looked through for the streams and the id.
    std::size_t sealed_segments_seen = 0;
    /// What that found: the request was stored before, or its id with other content.
    std::optional<Result<Appended>> history;
    ConditionLook look;

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
        outcome.reset();
        first = {};
        committed = in_doubt = false;
        turn.store(waiting, std::memory_order_relaxed);
    }

    // The queue's.

    enum Turn : std::uint32_t { waiting, asleep, lead, answered };
    std::atomic<std::uint32_t> turn{waiting};
    AppendDone done;  ///< set for an asynchronous append

    /// The answer, once there is one. Builds it, so call it outside both roles.
    [[nodiscard]] Result<Appended> answer() const {
        return outcome ? *outcome : Result<Appended>{answer_to(request, first, durability)};
    }
};

}  // namespace mainstem::log
