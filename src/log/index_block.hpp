// The blocks of an index file, by way of the cache of pages: a block is as large as a page, is
// checked when it is read, and only then kept, so that what is in the cache is verified.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <mainstem/core/assert.hpp>

#include "core/disk.hpp"
#include "log/index_format.hpp"
#include "log/page_cache.hpp"

namespace mainstem::log {

static_assert(block_size == PageCache::page_size);

/// Of a block's content, its number and the segment's salt.
[[nodiscard]] std::uint32_t block_checksum(const std::byte* content, std::uint32_t number,
                                           std::uint64_t salt) noexcept;

/// Reads blocks of one file, which never changes. Thread-safe.
class BlockReader {
public:
    /// `pages` outlives the reader. Errors: StoreError::damaged if the file is not whole blocks.
    static Result<std::unique_ptr<BlockReader>> open(std::unique_ptr<File> file, std::string path,
                                                     std::uint64_t salt, PageCache& pages);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Blocks of the file.
    [[nodiscard]] std::uint64_t count() const noexcept { return blocks_; }

    /// Calls `look(content)` with a pointer to a block's content; see PageCache::visit for what it
    /// must not do. Errors: damaged, io.
    ///
    /// A block is read and checked as a whole in any case, so that to keep it costs little more:
    /// unlike other pages, each one that was missed is put in the cache.
    template <class Look>
    Result<void> look(std::uint32_t number, Look look) const {
        if (pages_->visit(pages_file_, offset_of(number), look)) return {};
        Block block;
        const auto read = read_block(number, block);
        if (!read) return read.error();
        pages_->put(pages_file_, offset_of(number), block);
        look(block.data());
        return {};
    }
    /// The same for one who looks at everything once: what was missed is not kept.
    template <class Look>
    Result<void> look_once(std::uint32_t number, Look look) const {
        if (pages_->visit(pages_file_, offset_of(number), look)) return {};
        Block block;
        const auto read = read_block(number, block);
        if (!read) return read.error();
        look(block.data());
        return {};
    }

private:
    using Block = std::array<std::byte, block_size>;

    BlockReader(std::unique_ptr<File> file, std::string path, std::uint64_t salt,
                std::uint64_t blocks, PageCache& pages);
    [[nodiscard]] static std::uint64_t offset_of(std::uint32_t number) noexcept {
        return std::uint64_t{number} * block_size;
    }
    Result<void> read_block(std::uint32_t number, Block& block) const;

    std::unique_ptr<File> file_;
    std::string path_;
    std::uint64_t salt_;
    std::uint64_t blocks_;
    PageCache* pages_;
    PageCache::File pages_file_;
};

/// A section's content as one run of bytes. `entry_size`: entries never cross a block's border; 1
/// if they may.
class SectionReader {
public:
    SectionReader() = default;
    SectionReader(const BlockReader& blocks, const IndexSection& section, std::size_t entry_size)
        : blocks_(&blocks), section_(section), in_block_(block_content / entry_size * entry_size) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return section_.size; }
    /// Bytes of content in each block but the last.
    [[nodiscard]] std::size_t in_block() const noexcept { return in_block_; }

    /// False if the file is too short for it.
    [[nodiscard]] bool is_within_file() const noexcept {
        const std::uint64_t blocks = section_.size / in_block_ + (section_.size % in_block_ != 0);
        return section_.first_block <= blocks_->count() &&
               blocks <= blocks_->count() - section_.first_block;
    }

    /// Calls `look(content)` with the section's bytes in its block `block`, which it must have.
    template <class Look>
    Result<void> look(std::uint64_t block, Look look) const {
        const std::size_t size = size_of(block);
        return blocks_->look(number_of(block),
                             [&](const std::byte* content) { look(ByteSpan{content, size}); });
    }
    /// The same without keeping a block that was not in the cache.
    template <class Look>
    Result<void> look_once(std::uint64_t block, Look look) const {
        const std::size_t size = size_of(block);
        return blocks_->look_once(number_of(block),
                                  [&](const std::byte* content) { look(ByteSpan{content, size}); });
    }

    /// Copies the bytes from `offset` on, as far as `to`, their block and the section reach, and
    /// says how many these are; none at the section's end.
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> to) const;

    /// Reads one entry; entries of this type never cross a border.
    template <class Entry>
    Result<Entry> entry(std::uint64_t index) const {
        std::array<std::byte, sizeof(Entry)> bytes;
        const auto got = read(index * sizeof(Entry), bytes);
        if (!got) return got.error();
        if (*got < sizeof(Entry)) return beyond();
        return load<Entry>(bytes.data());
    }

    /// What is answered for content that is not there.
    [[nodiscard]] Error beyond() const;

private:
    /// Bytes of the section in its block `block`, which it must have.
    [[nodiscard]] std::size_t size_of(std::uint64_t block) const {
        const std::uint64_t begin = block * in_block_;
        MAINSTEM_ASSERT(begin < section_.size, "a block behind its section");
        return std::min<std::uint64_t>(in_block_, section_.size - begin);
    }
    [[nodiscard]] std::uint32_t number_of(std::uint64_t block) const noexcept {
        return section_.first_block + static_cast<std::uint32_t>(block);
    }

    const BlockReader* blocks_ = nullptr;
    IndexSection section_;
    std::size_t in_block_ = block_content;
};

/// Takes bytes one after the other out of a section: few at first, since most that is looked up is
/// short, then more and more until it takes whole blocks.
class SectionCursor {
public:
    SectionCursor(const SectionReader& section, std::uint64_t offset)
        : section_(&section), offset_(offset) {}

    /// The next byte, or -1 after an error.
    int next() {
        if (at_ == size_ && !fetch()) return -1;
        return static_cast<int>(bytes_[at_++]);
    }
    /// Set after a failed read or one beyond the end.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

private:
    static constexpr std::size_t first_run = 128;

    bool fetch();

    const SectionReader* section_;
    std::uint64_t offset_;  ///< of the byte behind those that are here
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::size_t run_ = first_run;
    std::optional<Error> error_;
    std::array<std::byte, block_content> bytes_;
};

}  // namespace mainstem::log
