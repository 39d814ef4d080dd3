// The blocks of an index file: checked when they are read first, then kept.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "core/disk.hpp"
#include "log/index_format.hpp"

namespace mainstem::log {

/// Of a block's content, its number and the segment's salt.
[[nodiscard]] std::uint32_t block_checksum(const std::byte* content, std::uint32_t number,
                                           std::uint64_t salt) noexcept;

/// Reads blocks of one file. Thread-safe; a block that was read stays, and is found without a
/// lock.
class BlockReader {
public:
    /// Errors: StoreError::damaged if the file is not whole blocks.
    static Result<std::unique_ptr<BlockReader>> open(std::unique_ptr<File> file, std::string path,
                                                     std::uint64_t salt);
    ~BlockReader();
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;

    [[nodiscard]] std::uint32_t count() const noexcept {
        return static_cast<std::uint32_t>(blocks_.size());
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The content of a block, valid while the reader lives. Errors: damaged, io.
    Result<const std::byte*> block(std::uint32_t number) const;

private:
    BlockReader(std::unique_ptr<File> file, std::string path, std::uint64_t salt,
                std::size_t blocks);
    Result<const std::byte*> load(std::uint32_t number) const;

    std::unique_ptr<File> file_;
    std::string path_;
    std::uint64_t salt_;
    mutable std::vector<std::atomic<std::byte*>> blocks_;
};

/// A section's content as one run of bytes.
class SectionReader {
public:
    SectionReader() = default;
    SectionReader(const BlockReader& blocks, const IndexSection& section, std::size_t entry_size)
        : blocks_(&blocks), section_(section), in_block_(block_content / entry_size * entry_size) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return section_.size; }
    /// Bytes of content in each block but the last.
    [[nodiscard]] std::size_t in_block() const noexcept { return in_block_; }

    /// The bytes from `offset` to the end of their block or of the section; empty at its end.
    Result<ByteSpan> at(std::uint64_t offset) const;

    /// Reads one entry; entries of this type never cross a border.
    template <class Entry>
    Result<Entry> entry(std::uint64_t index) const {
        const auto bytes = at(index * sizeof(Entry));
        if (!bytes) return bytes.error();
        if (bytes->size() < sizeof(Entry)) return beyond();
        return load<Entry>(bytes->data());
    }

    /// What is answered for content that is not there.
    [[nodiscard]] Error beyond() const;

private:
    const BlockReader* blocks_ = nullptr;
    IndexSection section_;
    std::size_t in_block_ = block_content;
};

/// Takes bytes one after the other out of a section.
class SectionCursor {
public:
    SectionCursor(const SectionReader& section, std::uint64_t offset)
        : section_(&section), offset_(offset) {}

    /// The next byte, or -1 after an error.
    int next() {
        if (at_ == bytes_.size() && !fetch()) return -1;
        return static_cast<int>(bytes_[at_++]);
    }
    /// Set after a failed read or one beyond the end.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

private:
    bool fetch();

    const SectionReader* section_;
    std::uint64_t offset_;
    ByteSpan bytes_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

}  // namespace mainstem::log
