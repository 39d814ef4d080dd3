// Collects blocks and writes them.
#include "log/block_writer.hpp"

#include <cstring>

#include <mainstem/core/assert.hpp>

#include "log/index_block.hpp"

namespace mainstem::log {
namespace {

constexpr std::size_t written_at_once = 1 << 20;
static_assert(written_at_once % block_size == 0);

}  // namespace

BlockSink sink_of(File& file) {
    return [&file](ByteSpan bytes, std::uint64_t offset) { return file.write_at(bytes, offset); };
}

BlockWriter::BlockWriter(BlockSink sink, std::uint64_t salt) : sink_(std::move(sink)), salt_(salt) {
    blocks_.reserve(written_at_once);
}

void BlockWriter::seal(ByteSpan content, std::uint32_t number) {
    MAINSTEM_ASSERT(content.size() <= block_content, "more than a block's content");
    const std::size_t at = blocks_.size();
    blocks_.resize(at + block_size);
    std::memcpy(&blocks_[at], content.data(), content.size());
    const std::uint32_t checksum = block_checksum(&blocks_[at], number, salt_);
    std::memcpy(&blocks_[at + block_content], &checksum, sizeof checksum);
}

Result<void> BlockWriter::add(ByteSpan content) {
    seal(content, next_++);
    return blocks_.size() < written_at_once ? Result<void>{} : write_out();
}

Result<void> BlockWriter::write_out() {
    const std::uint64_t end = std::uint64_t{next_} * block_size;
    if (blocks_.empty()) return {};
    const auto written = sink_(blocks_, end - blocks_.size());
    blocks_.clear();
    return written;
}

Result<void> BlockWriter::finish(ByteSpan first_content) {
    const auto written = write_out();
    if (!written) return written;
    seal(first_content, 0);
    return sink_(blocks_, 0);
}

}  // namespace mainstem::log
