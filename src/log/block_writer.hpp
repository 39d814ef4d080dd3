// Writes files of checksummed blocks (index_block.hpp) one block after the other, in large pieces.
#pragma once

#include <vector>

#include "core/disk.hpp"
#include "log/index_format.hpp"

namespace mainstem::log {

/// One thread. The file is new and empty.
class BlockWriter {
public:
    BlockWriter(File& file, std::uint64_t salt);

    /// Appends a block; from block 1 on. `content`: at most `block_content` bytes, the rest is
    /// zero. Errors: those of the disk.
    Result<void> add(ByteSpan content);
    /// Writes what is left, and block 0 last.
    Result<void> finish(ByteSpan first_content);

private:
    void seal(ByteSpan content, std::uint32_t number);
    Result<void> write_out();

    File* file_;
    std::uint64_t salt_;
    std::uint32_t next_ = 1;
    std::vector<std::byte> blocks_;  ///< not written yet
};

}  // namespace mainstem::log
