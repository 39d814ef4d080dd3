// What the memory store holds, and all that it does, for one thread at a time. Positions are
// indexes: the event at position p is events_[p - 1]. Nothing that was appended ever changes or
// moves, so views into it stay valid as long as the records do.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mainstem/core/types.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::memory {

class Records {
public:
    /// Stores a request that `check_request` has passed, or says why not. `now` is the clock's
    /// reading; the recorded time does not go back even if that does. O(size of the request).
    Result<Appended> append(const AppendRequest& request, Timestamp now);

    [[nodiscard]] Position head() const noexcept { return {events_.size()}; }
    /// `position` must be in [1, head].
    [[nodiscard]] EventView at(Position position) const;
    /// The positions of a stream's events, by version from 1; nullptr if there is no such stream.
    [[nodiscard]] const std::vector<Position>* positions_of(std::string_view stream) const;

    [[nodiscard]] StreamInfo info(std::string_view stream) const;
    [[nodiscard]] std::vector<StreamInfo> streams(std::string_view prefix, std::string_view after,
                                                  std::size_t limit) const;
    [[nodiscard]] StoreStats stats() const;

private:
    struct Record {
        std::string stream;
        Version version;
        Timestamp recorded_at;
        NewEvent event;
        std::string tags;      ///< packed
        std::string metadata;  ///< packed
    };
    /// A request that was stored: its events lie next to each other.
    struct Stored {
        Position first;
        std::size_t count;
    };

    [[nodiscard]] bool same_content(const Stored& stored,
                                    const std::vector<StreamEvent>& events) const;
    [[nodiscard]] Result<void> check(const std::vector<Expectation>& expectations) const;
    [[nodiscard]] Result<void> check(const AppendCondition& condition) const;
    /// The last event after `after` that matches. O(events).
    [[nodiscard]] std::optional<Position> last_match(const EventQuery& query, Position after) const;
    void store(const StreamEvent& entry, Timestamp recorded_at);
    [[nodiscard]] Appended answer(const Stored& stored) const;

    std::deque<Record> events_;
    std::map<std::string, std::vector<Position>, std::less<>> streams_;
    std::unordered_map<EventId, Stored> requests_;  ///< by the id of the first event
    Timestamp last_recorded_at_ = Timestamp::min();
};

}  // namespace mainstem::memory
