// The cursors of the memory store.
#pragma once

#include <memory>

#include <mainstem/store/read.hpp>

#include "memory/shared_records.hpp"

namespace mainstem::memory {

/// A cursor over one stream. Its pages are fetched one by one, each sees what is stored by then.
EventCursor read_stream(std::shared_ptr<SharedRecords> shared, const StreamId& stream,
                        const StreamRead& read);

/// The same over the global order.
EventCursor read_all(std::shared_ptr<SharedRecords> shared, const PositionRead& read);

}  // namespace mainstem::memory
