// The cursors of the memory store.
#pragma once

#include <memory>
#include <vector>

#include <mainstem/store/read.hpp>

#include "memory/shared_records.hpp"

namespace mainstem::memory {

/// A cursor over one stream. Its pages are fetched one by one, each sees what is stored by then.
EventCursor read_stream(std::shared_ptr<SharedRecords> shared, const StreamId& stream,
                        const StreamRead& read);

/// A cursor over these positions, all of which exist.
EventCursor read_positions(std::shared_ptr<SharedRecords> shared, std::vector<Position> positions,
                           std::size_t page_events);

/// A cursor over what several streams hold now, in the global order.
EventCursor read_streams(std::shared_ptr<SharedRecords> shared,
                         const std::vector<StreamFrom>& streams, std::size_t page_events);

/// The same as read_stream over the global order.
EventCursor read_all(std::shared_ptr<SharedRecords> shared, const PositionRead& read);

}  // namespace mainstem::memory
