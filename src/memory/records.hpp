// What the memory store holds, and all that it does, for one thread at a time. Positions are
// indexes: the event at position p is events_[p - 1]. Nothing that was appended ever changes or
// moves, so views into it stay valid as long as the records do.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/static_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <mainstem/core/types.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::memory {

class Records {
public:
    /// Stores a request that `check_request` has passed, or says why not. `now` is the clock's
    /// reading; the recorded time does not go back even if that does. O(size of the request).
    Result<Appended> append(const AppendRequest& request, Timestamp now);

    /// The answer to a request that was stored, as its repeat gets it. O(size of the request).
    [[nodiscard]] std::optional<Appended> find_request(const EventId& first) const;

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
    struct Stream {
        std::string name;
        std::vector<Position> positions;  ///< of its events, by version from 1
    };
    /// What most events do without.
    struct Extras {
        std::string tags;          ///< packed
        std::string metadata;      ///< packed
        std::string content_type;  ///< empty: the usual one
        std::optional<Timestamp> occurred_at;

        bool operator==(const Extras&) const = default;
    };
    struct Record {
        const Stream* stream = nullptr;
        Version version;
        Timestamp recorded_at;
        EventId id;
        std::string type;
        std::string data;
        std::unique_ptr<const Extras> extras;  ///< null: there are none
    };
    /// A request that was stored: its events lie next to each other.
    struct Stored {
        Position first;
        std::size_t count;
    };

    /// The first streams of a request that were found by its expectations, which most of its
    /// events go to.
    using FoundStreams = boost::container::static_vector<Stream*, 4>;

    [[nodiscard]] Stream* find(std::string_view stream) const;
    Stream& find_or_add(const StreamId& stream, const FoundStreams& found);
    [[nodiscard]] static StreamInfo info_of(const Stream& stream);
    [[nodiscard]] static bool has_extras(const NewEvent& event);
    [[nodiscard]] static Extras extras_of(const NewEvent& event);
    [[nodiscard]] static bool same_content(const StreamEvent& entry, const Record& record);
    [[nodiscard]] bool same_content(const Stored& stored,
                                    const std::vector<StreamEvent>& events) const;
    [[nodiscard]] Result<void> check(const std::vector<Expectation>& expectations,
                                     FoundStreams& found) const;
    [[nodiscard]] Result<void> check(const AppendCondition& condition) const;
    /// The last event after `after` that matches. O(events).
    [[nodiscard]] std::optional<Position> last_match(const EventQuery& query, Position after) const;
    void store(const StreamEvent& entry, const FoundStreams& found, Timestamp recorded_at);
    [[nodiscard]] Appended answer(const Stored& stored) const;
    [[nodiscard]] Appended repeat_of(const Stored& stored) const;

    std::deque<Record> events_;
    std::deque<Stream> streams_;
    boost::unordered_flat_map<std::string_view, Stream*, std::hash<std::string_view>> by_name_;
    std::map<std::string_view, const Stream*> sorted_;  ///< in the order of listing
    /// By the id of the first event. Ids that were just made come last and are not searched for.
    std::map<EventId, Stored> requests_;
    Timestamp last_recorded_at_ = Timestamp::min();
};

}  // namespace mainstem::memory
