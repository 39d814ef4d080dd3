// Writes files of checksummed blocks (index_block.hpp) one block after the other, in large pieces.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/disk.hpp"
#include "log/index_format.hpp"

namespace mainstem::log {

/// Takes the bytes of a file, in large pieces that follow each other; the first block comes last.
using BlockSink = std::function<Result<void>(ByteSpan bytes, std::uint64_t offset)>;

/// Writes what comes to `file`, which must outlive the sink.
[[nodiscard]] BlockSink sink_of(File& file);

/// One thread.
class BlockWriter {
public:
    BlockWriter(BlockSink sink, std::uint64_t salt);

    /// The number of the block that is added next.
    [[nodiscard]] std::uint32_t next() const noexcept { return next_; }

    /// Appends a block; from block 1 on. `content`: at most `block_content` bytes, the rest is
    /// zero. Errors: those of the sink.
    Result<void> add(ByteSpan content);
    /// Writes what is left, and block 0 last.
    Result<void> finish(ByteSpan first_content);

private:
    void seal(ByteSpan content, std::uint32_t number);
    Result<void> write_out();

    BlockSink sink_;
    std::uint64_t salt_;
    std::uint32_t next_ = 1;
    std::vector<std::byte> blocks_;  ///< not written yet
};

}  // namespace mainstem::log
