// Pages of the log's files, kept in the process within a budget, so that a read of scattered events
// need not call the system for each. It holds only what can never change, is asked first and never
// has to be right: whatever is not in it is read from the file.
//
// Pages stand in small sets by the hash of their file and number; a set has places for more pages
// than there is memory for, so that memory goes where it is used. Once all memory is taken, a new
// page takes that of one which was not asked for since the clock last came by.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <mainstem/core/counter.hpp>
#include <mainstem/core/types.hpp>

#include "core/lazy_memory.hpp"

namespace mainstem::log {

/// Thread-safe; waits for another thread no longer than a copy takes, then gives up: it is a miss.
class PageCache {
public:
    static constexpr std::size_t page_size = 4096;

    /// A file, by the number that the cache gave to it.
    struct File {
        std::uint32_t number = 0;
    };

    /// Takes memory as pages come, its own tables included never more than `budget`. Less than
    /// 32 KiB is not enough for anything.
    explicit PageCache(Bytes budget);

    /// A number that no file had before. What a file held must never change under its number.
    [[nodiscard]] File add_file() noexcept;

    /// Copies the file's bytes from `offset` on, if all of them are here.
    [[nodiscard]] bool copy(File file, std::uint64_t offset, std::span<std::byte> to) noexcept;
    /// Calls `look(page)` with a pointer to the file's page at `offset`, if it is here. Whoever
    /// wants a page of the same set waits meanwhile: `look` takes no longer than a copy of the
    /// page, and asks nothing of the cache.
    template <class Look>
    [[nodiscard]] bool visit(File file, std::uint64_t offset, Look& look) noexcept {
        const auto call = [](void* to, const std::byte* page) { (*static_cast<Look*>(to))(page); };
        return visit_page(file, offset, call, &look);
    }
    /// True if the page at `offset`, which was missed, should be `put`: always while there is room,
    /// then now and then, so that what is read once does not push out what is read often.
    [[nodiscard]] bool admits(File file, std::uint64_t offset) noexcept;
    /// Keeps whole pages of the file; `offset` and the size are multiples of the page size.
    void put(File file, std::uint64_t offset, std::span<const std::byte> pages) noexcept;

    // Asks the processor to fetch what `copy` will touch: first the entry of each page that will be
    // read, then, once these had time to come, the bytes of each.

    void prefetch_entry(File file, std::uint64_t offset) const noexcept;
    void prefetch_bytes(File file, std::uint64_t offset) const noexcept;

    /// Takes at most so much memory from now on, tables included, as far as that is within the
    /// budget: gives up pages, or may take more again. One thread at a time.
    void limit(Bytes most) noexcept;

    [[nodiscard]] std::uint64_t hits() const noexcept { return hits_.value(); }
    [[nodiscard]] std::uint64_t misses() const noexcept { return misses_.value(); }
    /// Memory in use, at most the budget.
    [[nodiscard]] Bytes bytes() const noexcept;

private:
    struct Set;
    class Lock;

    [[nodiscard]] Set& set_of(std::uint64_t key) const noexcept;
    [[nodiscard]] std::byte* memory_of(std::uint32_t frame) const noexcept;
    [[nodiscard]] bool copy_from_page(std::uint64_t key, std::size_t at,
                                      std::span<std::byte> to) noexcept;
    [[nodiscard]] bool visit_page(File file, std::uint64_t offset,
                                  void (*look)(void* context, const std::byte* page),
                                  void* context) noexcept;
    void put_page(std::uint64_t key, const std::byte* page) noexcept;
    [[nodiscard]] std::optional<std::uint32_t> take_frame() noexcept;
    [[nodiscard]] std::optional<std::uint32_t> free_frame() noexcept;
    [[nodiscard]] std::optional<std::uint32_t> evict() noexcept;

    std::uint64_t set_count_;
    std::uint32_t frame_count_;
    LazyMemory sets_;
    LazyMemory frames_;                       ///< a page each
    std::atomic<std::uint32_t> frames_most_;  ///< to be in use
    std::atomic<std::uint32_t> frames_used_{0};
    std::atomic<std::uint32_t> frames_touched_{0};  ///< those after were never in use
    std::mutex given_up_mutex_;
    std::vector<std::uint32_t> given_up_;  ///< frames without memory
    std::atomic<std::uint64_t> clock_{0};  ///< the set whose turn it is to give a frame up
    std::atomic<std::uint32_t> last_file_{0};
    Counter hits_;
    Counter misses_;
};

}  // namespace mainstem::log
