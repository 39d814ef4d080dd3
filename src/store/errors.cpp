// The wording of the errors that every backend shares.
#include "store/errors.hpp"

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

namespace mainstem {
namespace {

std::string wanted(ExpectedVersion expected) {
    if (expected == ExpectedVersion{Expect::none}) return "no stream";
    if (expected == ExpectedVersion{Expect::exists}) return "the stream to exist";
    return expected.to_string();
}

}  // namespace

Error conflict_error(const StreamId& stream, ExpectedVersion expected, Version actual,
                     Position position) {
    const auto found = actual.value == 0
                           ? std::string{"none"}
                           : fmt::format("version {} (position {})", actual.value, position.value);
    return {StoreError::conflict,
            fmt::format("{}: expected {}, found {}; read it again, then decide again",
                        stream.view(), wanted(expected), found),
            Conflict{stream.str(), expected, actual, position}};
}

Error unstored_error(const StreamId& stream, ExpectedVersion expected, Version actual,
                     Position position) {
    return {StoreError::conflict,
            fmt::format("{}: an earlier request of the group names it, too, and was not stored; "
                        "read it again, then decide again",
                        stream.view()),
            Conflict{stream.str(), expected, actual, position}};
}

Error condition_error(const EventQuery& query, std::optional<Position> after, Position position) {
    std::string text = to_string(query);
    std::string where = after ? fmt::format(" after position {}", after->value) : std::string{};
    std::string message =
        fmt::format("events match {}{}, the last at position {}; read them, then decide again",
                    shown(text), where, position.value);
    return {StoreError::conflict, std::move(message),
            Conflict{{}, Expect::any, {}, position, std::move(text)}};
}

Result<void> check_after(const AppendCondition& condition, Position head) {
    if (!condition.changed || condition.after <= head) return {};
    return Error{StoreError::out_of_range,
                 fmt::format("nothing can have been read up to position {}: the last one is {}",
                             condition.after.value, head.value)};
}

Error id_reused_error(const EventId& id, Position first) {
    return {StoreError::id_reused,
            fmt::format("event id {} names another request, stored at position {}; give a new "
                        "request new ids",
                        id.to_string(), first.value)};
}

Result<void> check_start(Position from, Direction direction, Position head) {
    const auto last = direction == Direction::forward ? head.next() : head;
    if (from <= last) return {};
    return Error{
        StoreError::out_of_range,
        fmt::format("cannot read from position {}: the last one is {}", from.value, head.value)};
}

Result<void> check_streams_read(std::size_t streams) {
    if (streams <= limits::streams_per_read) return {};
    return Error{StoreError::invalid, fmt::format("one read takes {} streams, not {}",
                                                  limits::streams_per_read, streams)};
}

Result<void> check_positions(const std::vector<Position>& positions, Position head) {
    if (positions.size() > limits::positions_per_read) {
        return Error{StoreError::invalid,
                     fmt::format("one read takes {} positions, not {}", limits::positions_per_read,
                                 positions.size())};
    }
    for (const Position position : positions) {
        if (position.value >= 1 && position <= head) continue;
        return Error{StoreError::out_of_range,
                     fmt::format("there is no event at position {}: the last one is {}",
                                 position.value, head.value)};
    }
    return {};
}

Result<void> check_subscribe(Position after, Position head) {
    if (after <= head) return {};
    return Error{
        StoreError::out_of_range,
        fmt::format("cannot go on after position {}: the last one is {}", after.value, head.value)};
}

Error store_closed_error() {
    return {StoreError::closed,
            "the store was closed; open it again and go on from the position that was reached"};
}

Result<void> check_page_events(std::size_t page_events) {
    if (page_events >= 1 && page_events <= limits::page_events_most) return {};
    return Error{StoreError::invalid, fmt::format("a page cannot have {} events: take 1 to {}",
                                                  page_events, limits::page_events_most)};
}

}  // namespace mainstem
