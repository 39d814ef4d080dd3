// Requests that were decided and are written by one call.
#pragma once

#include <vector>

#include "core/disk.hpp"
#include "log/flusher.hpp"
#include "log/pending.hpp"

namespace mainstem::log {

/// In the hands of who decides while it grows, then of who holds the disk.
struct Group {
    struct Staged {
        Pending* request = nullptr;
        Ordinal ordinal = 0;  ///< of its first event
    };

    std::vector<Staged> staged;   ///< in order
    std::vector<ByteSpan> parts;  ///< their frames
    Flusher::Written written;     ///< once it is written
    Ordinal count = 0;            ///< the segment's events then
    bool flush = false;           ///< one of its requests waits for the disk

    void clear() noexcept {
        staged.clear();
        parts.clear();
        flush = false;
    }
};

}  // namespace mainstem::log
