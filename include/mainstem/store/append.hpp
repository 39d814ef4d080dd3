// What a store is asked to append, what it answers, and how it fails.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem {

/// Why a store did not do what it was asked. Each value says what is known about the outcome.
enum class StoreError : std::uint8_t {
    conflict,         ///< nothing written: a stream or the condition is not as expected
    id_reused,        ///< nothing written: the first event's id was used with other content
    invalid,          ///< nothing written: the request or the argument breaks a rule or a limit
    overloaded,       ///< nothing written: the queue is full; try again later
    read_only,        ///< nothing written: the store was opened for reading only
    stopped,          ///< nothing written: a write or flush has failed; open the store again
    outcome_unknown,  ///< a write or flush failed; append again after reopening to learn it
    not_found,        ///< there is no store at that address
    in_use,           ///< another process has the store open for writing
    damaged,          ///< stored data is not what was written
    newer_format,     ///< the store was written by a newer version
    out_of_range,     ///< a position beyond the head; nothing written
    closed,           ///< the store was closed: there are no more events to wait for
    cancelled,        ///< by who asked for it
    io,               ///< the operating system refused; nothing was changed
};
[[nodiscard]] std::string_view name(StoreError code) noexcept;
[[nodiscard]] bool retryable(StoreError code) noexcept;

/// What one stream must look like. The stream needs no event in the request: then it is only
/// checked.
struct Expectation {
    StreamId stream;
    ExpectedVersion expected;
};

/// An event and the stream that it goes to.
struct StreamEvent {
    StreamId stream;
    NewEvent event;
};

/// Refuses a request if events match: a consistency boundary that is drawn by a query instead of by
/// streams. Its queries take types and tags alone, no prefix and no times. Events of the request
/// itself do not count. Both parts may be given.
struct AppendCondition {
    /// Nothing that matches may have been stored after position `after`, which is the head that
    /// the caller has seen when it read for its decision.
    std::optional<EventQuery> changed = {};
    Position after = {};
    /// Nothing that matches may have been stored at all: what is to be unique.
    std::optional<EventQuery> exists = {};

    /// True if it asks for nothing.
    [[nodiscard]] bool empty() const noexcept { return !changed && !exists; }
};

/// One atomic append: all of its events are stored, in this order and next to each other in the
/// global order, or none. A request without events only checks; it writes nothing. The id of its
/// first event names the request for ever: the same request again gets the first answer.
struct AppendRequest {
    std::vector<Expectation> expect = {};  ///< at most one for each stream
    std::vector<StreamEvent> events = {};
    AppendCondition unless = {};
    Durability durability = Durability::flushed;
};

/// Options of an append to one stream.
struct AppendOptions {
    ExpectedVersion expect = Expect::any;
    AppendCondition unless = {};
    Durability durability = Durability::flushed;
};

struct StreamVersion {
    StreamId stream;
    Version version;

    bool operator==(const StreamVersion&) const = default;
};

/// The answer to an append.
struct Appended {
    /// Positions of the first and the last event; both 0 if the request had no events.
    Position first;
    Position position;
    /// Each stream that got events, in the order of its first event, with its version after it.
    std::vector<StreamVersion> versions;
    /// The durability that was reached: at least the one that was asked for.
    Durability durability = Durability::flushed;
    /// True if this request had been stored before; then the rest is the first answer.
    bool repeated = false;

    /// The version after the request of the first stream in it; 0 if it had no events.
    [[nodiscard]] Version version() const {
        return versions.empty() ? Version{} : versions.front().version;
    }
};

/// Called exactly once with the answer to an asynchronous append, on a thread of the store or of
/// another caller. It must not block and must not throw. It may append with a callback, and it may
/// let go of the last handle of the store, which then closes on a thread of its own.
using AppendDone = std::function<void(Result<Appended>)>;

/// The rules that every store applies to a request before it looks at any stream: names, limits,
/// UTF-8, one expectation for each stream, a condition of types and tags, no `$` streams unless
/// `system`. O(size of the names).
Result<void> check_request(const AppendRequest& request, bool system = false);

}  // namespace mainstem
