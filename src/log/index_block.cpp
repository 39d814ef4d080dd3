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
                         std::size_t blocks)
    : file_(std::move(file)), path_(std::move(path)), salt_(salt), blocks_(blocks) {}

BlockReader::~BlockReader() {
    for (auto& block : blocks_) delete[] block.load(std::memory_order_relaxed);
}

Result<std::unique_ptr<BlockReader>> BlockReader::open(std::unique_ptr<File> file, std::string path,
                                                       std::uint64_t salt) {
    const auto size = file->size();
    if (!size) return size.error();
    if (*size == 0 || *size % block_size != 0) {
        return Error{StoreError::damaged, path + ": is not a whole index file"};
    }
    return std::unique_ptr<BlockReader>{
        new BlockReader{std::move(file), std::move(path), salt, *size / block_size}};
}

Result<const std::byte*> BlockReader::block(std::uint32_t number) const {
    if (number >= blocks_.size()) {
        return Error{StoreError::damaged, path_ + ": ends before block " + std::to_string(number)};
    }
    const std::byte* known = blocks_[number].load(std::memory_order_acquire);
    if (known != nullptr) return known;
    return load(number);
}

Result<const std::byte*> BlockReader::load(std::uint32_t number) const {
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(block_size);
    const auto read = file_->read_at({bytes.get(), block_size}, std::uint64_t{number} * block_size);
    if (!read) return read.error();
    const auto checksum = mainstem::log::load<std::uint32_t>(bytes.get() + block_content);
    if (*read != block_size || checksum != block_checksum(bytes.get(), number, salt_)) {
        return Error{StoreError::damaged,
                     path_ + ": block " + std::to_string(number) + " is damaged"};
    }
    std::byte* nothing = nullptr;
    if (blocks_[number].compare_exchange_strong(nothing, bytes.get(), std::memory_order_acq_rel)) {
        return bytes.release();
    }
    return nothing;  // another reader was faster
}

Result<ByteSpan> SectionReader::at(std::uint64_t offset) const {
    if (offset >= section_.size) return ByteSpan{};
    const std::uint64_t block = offset / in_block_;
    const auto content = blocks_->block(section_.first_block + static_cast<std::uint32_t>(block));
    if (!content) return content.error();
    const std::uint64_t begin = block * in_block_;
    const std::uint64_t size = std::min<std::uint64_t>(in_block_, section_.size - begin);
    return ByteSpan{*content, size}.subspan(offset - begin);
}

Error SectionReader::beyond() const {
    return {StoreError::damaged, blocks_->path() + ": an entry points beyond its section"};
}

bool SectionCursor::fetch() {
    if (error_) return false;
    offset_ += bytes_.size();
    at_ = 0;
    bytes_ = {};
    const auto bytes = section_->at(offset_);
    if (!bytes) {
        error_ = bytes.error();
    } else if (bytes->empty()) {
        error_ = section_->beyond();
    } else {
        bytes_ = *bytes;
    }
    return !error_;
}

}  // namespace mainstem::log
