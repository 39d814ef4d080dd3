// Reads and checks blocks of index files.
#include "log/index_block.hpp"

#include <algorithm>

#include <mainstem/store/append.hpp>

#include "core/crc32c.hpp"

namespace mainstem::log {

std::uint32_t block_checksum(const std::byte* content, std::uint32_t number,
                             std::uint64_t salt) noexcept {
    const std::uint64_t place[2] = {number, salt};
    return crc32c(crc32c(0, content, block_content), place, sizeof place);
}

BlockReader::BlockReader(std::unique_ptr<File> file, std::string path, std::uint64_t salt,
                         std::uint64_t blocks, PageCache& pages)
    : file_(std::move(file)),
      path_(std::move(path)),
      salt_(salt),
      blocks_(blocks),
      pages_(&pages),
      pages_file_(pages.add_file()) {}

Result<std::unique_ptr<BlockReader>> BlockReader::open(std::unique_ptr<File> file, std::string path,
                                                       std::uint64_t salt, PageCache& pages) {
    const auto size = file->size();
    if (!size) return size.error();
    if (*size == 0 || *size % block_size != 0) {
        return Error{StoreError::damaged, path + ": is not a whole index file"};
    }
    return std::unique_ptr<BlockReader>{
        new BlockReader{std::move(file), std::move(path), salt, *size / block_size, pages}};
}

Result<void> BlockReader::read_block(std::uint32_t number, Block& block) const {
    if (number >= blocks_) {
        return Error{StoreError::damaged, path_ + ": ends before block " + std::to_string(number)};
    }
    const auto read = file_->read_at(block, offset_of(number));
    if (!read) return read.error();
    const auto checksum = load<std::uint32_t>(block.data() + block_content);
    if (*read != block_size || checksum != block_checksum(block.data(), number, salt_)) {
        return Error{StoreError::damaged,
                     path_ + ": block " + std::to_string(number) + " is damaged"};
    }
    return {};
}

Result<std::size_t> SectionReader::read(std::uint64_t offset, std::span<std::byte> to) const {
    std::size_t size = 0;
    if (offset >= section_.size) return size;
    const auto looked = look(offset / in_block_, [&](ByteSpan content) {
        const std::size_t at = offset % in_block_;
        size = std::min(to.size(), content.size() - at);
        std::memcpy(to.data(), content.data() + at, size);
    });
    if (!looked) return looked.error();
    return size;
}

Error SectionReader::beyond() const {
    return {StoreError::damaged, blocks_->path() + ": an entry points beyond its section"};
}

bool SectionCursor::fetch() {
    if (error_) return false;
    const auto got = section_->read(offset_, std::span{bytes_}.first(run_));
    if (!got) {
        error_ = got.error();
    } else if (*got == 0) {
        error_ = section_->beyond();
    } else {
        at_ = 0;
        size_ = *got;
        offset_ += size_;
        run_ = std::min(2 * run_, bytes_.size());
    }
    return !error_;
}

}  // namespace mainstem::log
