// What the tests of the contract say often: making events, reading whole cursors, looking at
// histories. All of it for one thread at a time.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>

namespace mainstem {

// How GoogleTest prints the values that are compared.
inline void PrintTo(const Event& event, std::ostream* out) {
    const auto& metadata = event.metadata;
    *out << '{' << event.position << ' ' << event.stream << '@' << event.version << ' '
         << event.type << ' ' << event.id << " recorded "
         << event.recorded_at.time_since_epoch().count() << " occurred "
         << event.occurred_at.time_since_epoch().count();
    for (const auto& tag : event.tags) *out << " #" << tag;
    *out << " [" << metadata.correlation << '|' << metadata.causation << '|' << metadata.actor
         << '|' << metadata.json << "] " << event.content_type << ' ' << event.data.size() << ':'
         << event.data.substr(0, 40) << '}';
}
inline void PrintTo(const StreamVersion& version, std::ostream* out) {
    *out << version.stream << '@' << version.version;
}
inline void PrintTo(const StreamInfo& info, std::ostream* out) {
    *out << info.stream << '@' << info.version << " at " << info.last_position;
}

}  // namespace mainstem

namespace mainstem::testing::contract {

inline NewEvent event(std::string type = "Happened", std::string data = {}) {
    NewEvent made{.type = std::move(type)};
    made.data = std::move(data);
    return made;
}

/// An event for each of the streams, in this order; its data is its stream's name.
inline std::vector<StreamEvent> events_for(const std::vector<std::string>& streams) {
    std::vector<StreamEvent> events;
    for (const auto& stream : streams) events.push_back({stream, event("Happened", stream)});
    return events;
}

inline AppendRequest request_for(const std::vector<std::string>& streams) {
    AppendRequest request;
    request.events = events_for(streams);
    return request;
}

/// A request that checks and writes nothing.
inline AppendRequest checks(std::vector<Expectation> expect) {
    AppendRequest request;
    request.expect = std::move(expect);
    return request;
}

/// Appends one event; throws if that fails.
inline Appended add(Store& store, const StreamId& stream, std::string data = {}) {
    return store.append(stream, event("Happened", std::move(data))).value();
}

/// Appends `count` events to `stream` in requests of at most 50, the data of each its version.
inline void add_many(Store& store, const StreamId& stream, std::uint64_t count) {
    auto version = store.stream_info(stream).value().version.value;
    const auto last = version + count;
    while (version < last) {
        NewEvents batch;
        while (version < last && batch.size() < 50) {
            batch.add(event("Counted", std::to_string(++version)));
        }
        store.append(stream, std::move(batch), {.durability = Durability::buffered}).value();
    }
}

/// The name of the error of a failed result; empty if it did not fail.
template <class T>
std::string_view code_of(const Result<T>& result) {
    return result ? std::string_view{} : result.error().code_name();
}

/// The conflict that refused an append; an empty one and a failed test if there is none.
inline Conflict conflict_of(const Result<Appended>& answer) {
    if (answer || !answer.error().conflict()) {
        ADD_FAILURE() << "no conflict: " << (answer ? "appended" : answer.error().message());
        return {};
    }
    return *answer.error().conflict();
}

/// Every event of a cursor; an error among them fails the test.
inline std::vector<Event> all_of(EventCursor cursor) {
    std::vector<Event> events;
    for (const auto& element : cursor) {
        if (!element) {
            ADD_FAILURE() << "reading failed: " << element.error();
            break;
        }
        events.push_back(element->to_owned());
    }
    return events;
}

inline std::vector<Event> history_of(const Store& store) { return all_of(store.read_all()); }

/// The error of a cursor that yields it and nothing else; nullopt and a failed test otherwise.
inline std::optional<Error> only_error_of(EventCursor cursor) {
    const auto* element = cursor.next();
    if (element == nullptr || element->has_value()) {
        ADD_FAILURE() << "no error at the front of the cursor";
        return {};
    }
    auto error = element->error();
    EXPECT_EQ(cursor.next(), nullptr) << "something follows an error";
    EXPECT_EQ(cursor.next(), nullptr) << "something follows the end";
    return error;
}

inline std::vector<std::uint64_t> positions_of(const std::vector<Event>& events) {
    std::vector<std::uint64_t> positions;
    for (const auto& event : events) positions.push_back(event.position.value);
    return positions;
}

inline std::vector<std::uint64_t> versions_of(const std::vector<Event>& events) {
    std::vector<std::uint64_t> versions;
    for (const auto& event : events) versions.push_back(event.version.value);
    return versions;
}

/// The events that a read of `all`, numbered from 1, from number `from` shall yield.
inline std::vector<Event> slice(const std::vector<Event>& all, std::uint64_t from,
                                std::uint64_t limit, Direction direction) {
    const std::uint64_t step = direction == Direction::forward ? 1 : ~std::uint64_t{0};
    std::vector<Event> events;
    for (auto i = from; i >= 1 && i <= all.size() && events.size() < limit; i += step) {
        events.push_back(all[i - 1]);
    }
    return events;
}

/// Fails unless `history` is a prefix of some store's global order: positions from 1 and versions
/// of each stream from 1 without gap or double, recorded times that never go back.
inline void expect_history(const std::vector<Event>& history) {
    std::map<std::string, std::uint64_t> versions;
    std::uint64_t position = 0;
    Timestamp recorded_at = Timestamp::min();
    for (const auto& event : history) {
        ASSERT_EQ(event.position.value, ++position);
        ASSERT_EQ(event.version.value, ++versions[event.stream]) << "in stream " << event.stream;
        ASSERT_GE(event.recorded_at, recorded_at) << "at position " << position;
        recorded_at = event.recorded_at;
    }
}

/// Fails unless the store says of itself, in every way, that it holds `history` and nothing else.
inline void expect_holds(Store& store, const std::vector<Event>& history) {
    EXPECT_EQ(history_of(store), history);
    EXPECT_EQ(store.head().value().value, history.size());
    EXPECT_EQ(store.stats().value().events, history.size());
}

}  // namespace mainstem::testing::contract
