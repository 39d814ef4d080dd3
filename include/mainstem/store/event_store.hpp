// The port: what a backend implements. Applications use Store (store.hpp), a handle on one.
// Every backend passes the same contract suite (testing/contract.hpp), and so can one of yours.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>
#include <mainstem/store/read.hpp>
#include <mainstem/store/watch.hpp>

namespace mainstem {

/// One stream as it stands.
struct StreamInfo {
    StreamId stream;
    Version version;         ///< of its last event; 0: there is no such stream
    Position last_position;  ///< of its last event

    bool operator==(const StreamInfo&) const = default;
};

/// What a store holds.
struct StoreStats {
    std::uint64_t events = 0;         ///< all, those of system streams included
    std::uint64_t system_events = 0;  ///< in streams that begin with `$`
    std::uint64_t streams = 0;        ///< without system streams
    std::uint64_t system_streams = 0;
    std::uint64_t segments = 0;     ///< files of the log; 0 in memory
    std::uint64_t data_bytes = 0;   ///< of the log
    std::uint64_t index_bytes = 0;  ///< of the index files
    Position head;
};

/// Thread-safe: every function may be called from many threads at once. A function returns after
/// its work is done; cursors hold what they need of the store.
class EventStore {
public:
    EventStore() = default;
    EventStore(const EventStore&) = delete;
    EventStore& operator=(const EventStore&) = delete;
    virtual ~EventStore() = default;

    /// Appends one request; returns when the durability that it asks for is reached. In this
    /// order: the rules of `check_request`, the repeat of a request, the expectations.
    /// Everything in the answer, conflicts and repeats too, rests on data at least as durable as
    /// what was asked for.
    virtual Result<Appended> append(const AppendRequest& request) = 0;

    /// Appends requests that build on each other: decided in this order, as if appended one after
    /// the other, each atomic and with its own answer at its place; committed together as far as
    /// possible. What others append may come between them.
    ///
    /// A request that names a stream, by an expectation or an event, which an earlier request of
    /// the group names that stored nothing new is refused as a conflict: the caller has decided on
    /// what that one would have stored, and events of others could make its expectations true by
    /// chance. Stored nothing new: refused for whatever reason, this one included, or recognised as
    /// a repeat. Requests of checks alone count only if they are refused. In this order: the rules,
    /// the repeat of a request, this, the expectations.
    ///
    /// As written here it appends one after the other. Memory: O(size of the group).
    virtual std::vector<Result<Appended>> append_group(const std::vector<AppendRequest>& requests);

    /// The same as `append` without waiting: `request` is copied before it returns, `done` called
    /// once. A full queue is refused with `overloaded`, by the callback, too.
    virtual void async_append(const AppendRequest& request, AppendDone done) = 0;

    /// As `append`, for the system's own streams (`$...`), which users cannot write.
    virtual Result<Appended> append_system(const AppendRequest& request) = 0;

    /// The answer to the request whose first event has this id, marked as a repeat, with the
    /// durability that is reached by now; nothing if no such request is visible. For those who know
    /// the id and not the content: nothing is compared. Reads only. Errors: those of a read.
    virtual Result<std::optional<Appended>> find_request(const EventId& first) = 0;

    virtual EventCursor read_stream(const StreamId& stream, const StreamRead& read) = 0;
    /// The events of several streams together, in the global order; a stream that is named twice
    /// is read once, from the lower version. What lies scattered is fetched at the same time.
    virtual EventCursor read_streams(const std::vector<StreamFrom>& streams,
                                     std::size_t page_events) = 0;
    /// The events at these positions, in this order. A position beyond the head, or 0, is
    /// out_of_range. What lies scattered is fetched at the same time.
    virtual EventCursor read_positions(const std::vector<Position>& positions,
                                       std::size_t page_events) = 0;
    virtual EventCursor read_all(const PositionRead& read) = 0;

    /// How `read_all` would go about it. Errors are those of the read.
    virtual Result<ReadPlan> explain(const PositionRead& read) = 0;

    /// What tells of new events, the same for all who ask until it has ended. It has told of all
    /// that was flushed before the call. Errors: io, if the process that writes cannot be watched;
    /// those of a read.
    virtual Result<std::shared_ptr<Watch>> watch() = 0;

    /// The last visible position; 0 in an empty store.
    virtual Result<Position> head() = 0;

    /// A stream that does not exist has version 0.
    virtual Result<StreamInfo> stream_info(const StreamId& stream) = 0;

    /// Streams whose name begins with `prefix` and sorts after `after`, sorted by name bytewise,
    /// at most `limit`. Page on with the last name as `after`.
    virtual Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                    std::size_t limit) = 0;

    virtual Result<StoreStats> stats() = 0;
};

}  // namespace mainstem
