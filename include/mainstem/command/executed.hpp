// What goes with a command, and what comes back of one that was accepted.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include <mainstem/core/types.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem {

/// What goes with a command.
struct CommandOptions {
    /// Names the command for ever: when one with this id was accepted, the next with it gets the
    /// first answer and writes nothing, also if it is another command over the same streams: the id
    /// is all that is compared. One that was rejected is decided anew.
    std::optional<EventId> id = {};
    /// Goes to each of its events. Where there is an `id`, it stands for an empty causation and an
    /// empty correlation.
    Metadata metadata = {};
    Durability durability = Durability::flushed;
    /// Instead of the retry policy's.
    std::optional<std::chrono::nanoseconds> deadline = {};
    /// Asks to give up before the next step, and ends waits for another attempt. In a queue: ends
    /// the wait for room, and for its turn where the caller waits for that; a command that nobody
    /// waits for gives up when its turn comes. What was given to the store is not taken back.
    std::stop_token stop = {};
};

/// The metadata of a command that an event has led to: the event's correlation, or its id if it has
/// none, and its id as causation.
[[nodiscard]] Metadata caused_by(const EventView& event);

/// The answer to a command that was accepted.
struct Executed {
    /// Of its first and its last event; both 0 if it had nothing to record.
    Position first = {};
    Position position = {};
    /// Each stream that it wrote to, with its version after it.
    std::vector<StreamVersion> versions = {};
    Durability durability = Durability::flushed;
    std::uint32_t attempts = 1;
    /// True if a command with this id had been accepted before; then the rest is the first answer.
    bool repeated = false;
};

}  // namespace mainstem
