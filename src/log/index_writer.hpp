// Makes the bytes of an index file from the index in memory. The same index gives the same bytes,
// which is how verification compares a file with its log.
#pragma once

#include "log/block_writer.hpp"
#include "log/format.hpp"
#include "log/memory_index.hpp"

namespace mainstem::log {

/// `index` must have everything and not be written to any more. `segment_size` is the end of the
/// last frame. O(n log n) in events, streams and terms; needs memory for some 30 bytes a stream or
/// term. Errors: those of the sink.
Result<void> write_index(const MemoryIndex& index, const SegmentHeader& segment,
                         std::uint64_t segment_size, BlockSink sink);

}  // namespace mainstem::log
