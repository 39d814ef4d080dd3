// Store: the handle that applications use. It opens a backend by its address and forwards to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <mainstem/event/codec.hpp>
#include <mainstem/store/event_store.hpp>
#include <mainstem/store/subscription.hpp>

namespace mainstem {

class Clock;

enum class OpenMode : std::uint8_t {
    create,     ///< for writing; made if it does not exist
    existing,   ///< for writing; an error if it does not exist
    read_only,  ///< for reading, beside a writer of another process, too; changes nothing
};

struct OpenOptions {
    OpenMode mode = OpenMode::create;
    /// Size at which a log begins a new file, 64 KiB to 1 GiB; also bounds a request to a quarter.
    Bytes segment_size = limits::segment_default;
    /// Bounds what an open log keeps in memory of its files: pages, for reads of single streams,
    /// and blocks of indexes together. Taken as they are read; 0: none. On top come the indexes of
    /// the segment that is written and of full ones until they are in their files.
    Bytes memory = limits::memory_default;
    /// Read-only, damaged logs: serve what lies before the damage instead of refusing.
    bool up_to_damage = false;
    /// Must outlive the store. Default: the machine's clock.
    const Clock* clock = nullptr;
    /// Told in one line each what opening repaired (a tail that was cut) or, for reading, left out
    /// (what lies behind damage, what is not proven to be on the disk), and later, by any thread,
    /// which index was made anew or could not be written. Must not use the store, which may hold
    /// locks.
    std::function<void(std::string_view)> on_notice = {};
};

/// A handle on an open store: cheap to copy, usable from many threads at once. The store closes
/// with the last copy and the last cursor, after everything that was accepted is on the disk.
class Store {
public:
    /// Opens the store at `address`: a directory (`orders`, `file:orders`) for an embedded log, or
    /// `memory:` for one that ends with its handle.
    static Result<Store> open(std::string_view address, const OpenOptions& options = {});

    explicit Store(std::shared_ptr<EventStore> backend) : backend_(std::move(backend)) {}

    /// Appends to one stream, flushed unless said otherwise.
    Result<Appended> append(const StreamId& stream, NewEvent event,
                            const AppendOptions& options = {});
    Result<Appended> append(const StreamId& stream, NewEvents events,
                            const AppendOptions& options = {});
    /// Appends a typed event. Errors besides those of an append: EventError::unencodable.
    template <TypedEvent E>
    Result<Appended> append(const StreamId& stream, const E& event,
                            const AppendOptions& options = {}) {
        auto encoded = encode(event);
        if (!encoded) return std::move(encoded).error();
        return append(stream, *std::move(encoded), options);
    }
    /// Appends to several streams and checks others, all or nothing.
    Result<Appended> append(const AppendRequest& request) { return backend_->append(request); }
    /// Appends requests that build on each other; see EventStore::append_group.
    std::vector<Result<Appended>> append_group(const std::vector<AppendRequest>& requests) {
        return backend_->append_group(requests);
    }
    void async_append(const AppendRequest& request, AppendDone done) {
        backend_->async_append(request, std::move(done));
    }

    /// The answer to the request whose first event has this id; see EventStore::find_request.
    [[nodiscard]] Result<std::optional<Appended>> find_request(const EventId& first) const {
        return backend_->find_request(first);
    }

    [[nodiscard]] EventCursor read(const StreamId& stream, const StreamRead& read = {}) const {
        return backend_->read_stream(stream, read);
    }
    /// Several streams together, in the global order; see EventStore::read_streams.
    [[nodiscard]] EventCursor read_streams(
        const std::vector<StreamFrom>& streams,
        std::size_t page_events = limits::page_events_default) const {
        return backend_->read_streams(streams, page_events);
    }
    /// The events at these positions, in this order; see EventStore::read_positions.
    [[nodiscard]] EventCursor read_positions(
        const std::vector<Position>& positions,
        std::size_t page_events = limits::page_events_default) const {
        return backend_->read_positions(positions, page_events);
    }
    [[nodiscard]] EventCursor read_all(const PositionRead& read = {}) const {
        return backend_->read_all(read);
    }
    /// Begins a subscription whose events are asked for one by one.
    [[nodiscard]] Result<Subscription> subscribe(const SubscribeOptions& options = {}) const {
        return Subscription::begin(backend_, options);
    }
    /// Begins one that calls handlers on a thread of its own, until it is destroyed or ends.
    [[nodiscard]] Result<RunningSubscription> subscribe(const SubscribeOptions& options,
                                                        SubscriptionHandlers handlers) const;
    /// How `read_all` would go about its query.
    [[nodiscard]] Result<ReadPlan> explain(const PositionRead& read) const {
        return backend_->explain(read);
    }
    [[nodiscard]] Result<Position> head() const { return backend_->head(); }
    [[nodiscard]] Result<StreamInfo> stream_info(const StreamId& stream) const {
        return backend_->stream_info(stream);
    }
    /// All streams whose name begins with `prefix`; see EventStore::streams for paging.
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix = {},
                                                          std::string_view after = {},
                                                          std::size_t limit = 1000) const {
        return backend_->streams(prefix, after, limit);
    }
    [[nodiscard]] Result<StoreStats> stats() const { return backend_->stats(); }

    /// The port behind the handle.
    [[nodiscard]] EventStore& backend() const noexcept { return *backend_; }

private:
    std::shared_ptr<EventStore> backend_;
};

}  // namespace mainstem
