// The errors that every backend words alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/error.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/store/append.hpp>

#include "core/shown.hpp"

namespace mainstem {

/// A stream whose last event has version `actual` (0: no stream) and stands at `position` does
/// not meet `expected`.
[[nodiscard]] Error conflict_error(const StreamId& stream, ExpectedVersion expected, Version actual,
                                   Position position);

/// An earlier request of the same group names this stream, too, and was not stored. The rest: see
/// `conflict_error`; `expected` may be met.
[[nodiscard]] Error unstored_error(const StreamId& stream, ExpectedVersion expected, Version actual,
                                   Position position);

/// Events match a condition's query; the last of them stands at `position`. `after`: the clause
/// looked beyond there; nullopt: it looked everywhere.
[[nodiscard]] Error condition_error(const EventQuery& query, std::optional<Position> after,
                                    Position position);

/// A condition looks at what changed after `after`, which must not be beyond the head. Else
/// out_of_range.
[[nodiscard]] Result<void> check_after(const AppendCondition& condition, Position head);

/// The first event's id names another request, stored at `first`.
[[nodiscard]] Error id_reused_error(const EventId& id, Position first);

/// Where a read of positions may begin: forward one beyond the head at most, backward at the head
/// at most. Else out_of_range.
[[nodiscard]] Result<void> check_start(Position from, Direction direction, Position head);

/// A read of several streams or positions is within the limits. Else invalid.
[[nodiscard]] Result<void> check_streams_read(std::size_t streams);
/// The same for positions, each of which must be in [1, head]. Else out_of_range.
[[nodiscard]] Result<void> check_positions(const std::vector<Position>& positions, Position head);

/// A subscription begins after a position that is not beyond the head. Else out_of_range.
[[nodiscard]] Result<void> check_subscribe(Position after, Position head);

/// Why a subscription ends with its store.
[[nodiscard]] Error store_closed_error();

/// A cursor's page has 1 to limits::page_events_most events. Else invalid.
[[nodiscard]] Result<void> check_page_events(std::size_t page_events);

}  // namespace mainstem
