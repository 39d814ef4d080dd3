// A segment as readers see it: its bytes, how many of its events are visible, and its index. The
// last segment of a store grows, all others are sealed. Life cycle: made by opening the store or by
// a roll-over, kept by the list of segments and by cursors, closed with the last of them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "core/disk.hpp"
#include "log/directory.hpp"
#include "log/memory_index.hpp"
#include "log/page_cache.hpp"
#include "log/scan.hpp"

namespace mainstem::log {

class JoinedFilters;

/// What a segment needs of the store around it.
struct SegmentContext {
    Disk* disk = nullptr;
    Directory directory;
    std::array<std::uint8_t, 16> store_id{};
    bool writable = false;  ///< indexes that are missing may be written
    std::function<void(std::string_view)> on_notice;
    std::unique_ptr<PageCache> pages;        ///< of all segments
    std::shared_ptr<JoinedFilters> filters;  ///< of neighbours

    void notice(std::string_view text) const {
        if (on_notice) on_notice(text);
    }
};

/// How much of a segment can be read.
struct Extent {
    Ordinal count = 0;      ///< events
    std::uint32_t end = 0;  ///< offset of the end of the last one's frame; 0: not known yet
};

/// Thread-safe, but for the two functions of the writer.
class Segment {
public:
    /// The segment that is written to, or was scanned whole when the store was opened.
    Segment(std::shared_ptr<const SegmentContext> context, const SegmentHeader& header,
            std::unique_ptr<File> file, std::unique_ptr<MemoryIndex> index);
    /// A sealed segment of `count` events; opened when it is read first.
    Segment(std::shared_ptr<const SegmentContext> context, Position first, Ordinal count);

    [[nodiscard]] Position first() const noexcept { return first_; }
    /// What readers may see.
    [[nodiscard]] Extent visible() const noexcept {
        const std::uint64_t packed = visible_.load(std::memory_order_acquire);
        return {static_cast<Ordinal>(packed >> 32), static_cast<std::uint32_t>(packed)};
    }
    /// The same with its end, for which a sealed segment has to be open. Errors: damaged, io.
    [[nodiscard]] Result<Extent> extent();
    [[nodiscard]] Position next_visible() const noexcept {
        return {first_.value + visible().count};
    }

    /// Looks something up in the index: calls `use(index)`, which returns a Result. A broken index
    /// file is made anew and asked again; one that breaks once more gives way to an index in
    /// memory.
    template <class Use>
    auto with_index(Use&& use) -> decltype(use(std::declval<const SegmentIndex&>())) {
        for (;;) {
            const auto current = index();
            if (!current) return current.error();
            auto answer = use(**current);
            if (answer || !index_failed(answer.error(), **current)) return answer;
        }
    }

    /// The index, if it is in use or its file is in order: nothing is made anew. Errors: damaged,
    /// io; not_found of the disk's.
    Result<std::shared_ptr<const SegmentIndex>> index_in_order();

    /// Reads bytes of the segment. Errors: damaged if the file ends before, io.
    Result<void> read(std::span<std::byte> to, std::uint64_t offset);
    /// The same for several ranges by way of the cache of pages: for little that is read out of
    /// order.
    Result<void> read_scattered(std::span<FileRange> ranges);
    // Hints at a `read_scattered` to come: all of the first kind, then all of the second.
    void prefetch_entry(std::uint64_t offset) const noexcept {
        context_->pages->prefetch_entry(pages_, offset);
    }
    void prefetch_bytes(std::uint64_t offset) const noexcept {
        context_->pages->prefetch_bytes(pages_, offset);
    }
    [[nodiscard]] Result<std::uint64_t> salt();
    /// Nothing in it was recorded before, nothing in those before it later.
    [[nodiscard]] Result<Timestamp> begins_at();
    [[nodiscard]] std::string path() const { return context_->directory.segment(first_); }
    [[nodiscard]] const std::shared_ptr<const SegmentContext>& context() const noexcept {
        return context_;
    }
    /// What is answered when an event of this segment is not what was written, or newer than that.
    [[nodiscard]] Error damaged_at(std::uint64_t offset, Position position,
                                   Verdict verdict = Verdict::invalid) const;

    /// The memory that its index takes as long as that is in memory.
    [[nodiscard]] Bytes index_memory();

    // The writer's.

    void publish(Extent extent) noexcept {
        visible_.store(std::uint64_t{extent.count} << 32 | extent.end, std::memory_order_release);
    }
    [[nodiscard]] File& file() noexcept { return *file_; }
    [[nodiscard]] MemoryIndex& memory_index() noexcept { return *memory_index_; }
    [[nodiscard]] const SegmentHeader& header() const noexcept { return header_; }

    // Of a segment that is sealed.

    /// Writes the index file if it is not there, and lets go of the index in memory. A file that
    /// cannot be written is told as a notice and tried again at the next opening.
    void write_index();
    /// Lets go of an index in memory if there is a file in order, as where another process has
    /// written it.
    void use_index_file();
    /// Makes the index file anew from the log, whatever there was, unless somebody has asked the
    /// index before: then it is in use and in order. Whoever asks meanwhile waits for it. False if
    /// nothing was made: `go_on`, asked after each frame, may end it. Errors: damaged, io.
    Result<bool> make_index_file(const GoOn& go_on);

private:
    /// A range that is not in the cache.
    struct Missed {
        FileRange* range = nullptr;
        std::uint64_t begin = 0;  ///< of its pages
        std::size_t size = 0;     ///< of its pages; 0: they are not to be kept
    };

    [[nodiscard]] bool is_cached(const FileRange& range, Missed& missed) const;
    Result<void> read_missed(std::span<const Missed> missed);
    Result<std::shared_ptr<const SegmentIndex>> index();
    bool index_failed(const Error& error, const SegmentIndex& index);
    Result<void> ensure_open();
    Result<std::shared_ptr<const SegmentIndex>> open_index();
    Result<std::shared_ptr<const SegmentIndex>> rebuild_index();
    Result<std::shared_ptr<MemoryIndex>> scan_index(const GoOn& go_on = {});
    Result<std::shared_ptr<const SegmentIndex>> move_to_file(const MemoryIndex& index);
    Result<void> write_index_file(const MemoryIndex& index);

    std::shared_ptr<const SegmentContext> context_;
    Position first_;
    PageCache::File pages_;  ///< its pages in the cache
    std::atomic<std::uint64_t> visible_{0};
    std::atomic<bool> open_{false};

    std::mutex mutex_;  ///< guards opening and the choice of the index
    SegmentHeader header_;
    std::unique_ptr<File> file_;
    MemoryIndex* memory_index_ = nullptr;  ///< the same as index_, while that is in memory
    std::shared_ptr<const SegmentIndex> index_;
    bool made_anew_ = false;  ///< an index file, since this process opened the segment
};

/// The segments of a store at one moment, oldest first, never empty; never changed.
using SegmentList = std::vector<std::shared_ptr<Segment>>;

/// Adds a scanned frame to an index. False if the versions in it do not follow those before.
[[nodiscard]] bool add_frame(MemoryIndex& index, const ScannedFrame& frame);

}  // namespace mainstem::log
