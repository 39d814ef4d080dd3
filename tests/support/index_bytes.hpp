// The bytes of an index file.
#pragma once

#include <vector>

#include "log/index_writer.hpp"
#include "support/memory_file.hpp"

namespace mainstem::support {

inline std::vector<std::byte> index_bytes(const log::MemoryIndex& index,
                                          const log::SegmentHeader& segment,
                                          std::uint64_t segment_size) {
    MemoryFile file;
    log::write_index(index, segment, segment_size, log::sink_of(file)).value();
    return file.bytes();
}

}  // namespace mainstem::support
