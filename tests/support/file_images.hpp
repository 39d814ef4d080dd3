// One simulated file: what processes see (the page cache) beside what is on the disk.
//
// Invariants:
// - A sector is clean (both images agree), dirty (the next flush writes it) or lost (a flush
//   failed: readable, called clean, not on the disk until it is written again).
// - The size on the disk is that of the last flush; a cut since then may or may not last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <mainstem/core/random.hpp>

namespace mainstem::support {

/// Not thread-safe: SimulatedDisk guards it. Sizes and offsets in bytes.
class FileImages {
public:
    /// What a disk writes whole or not at all.
    static constexpr std::size_t sector_bytes = 512;

    [[nodiscard]] std::uint64_t size() const noexcept { return seen_.size(); }
    [[nodiscard]] const std::vector<std::byte>& seen() const noexcept { return seen_; }

    /// The number of bytes there were to read.
    std::size_t read(std::span<std::byte> to, std::uint64_t offset) const noexcept;
    /// Extends the file where needed. Now and then the kernel writes a sector back of its own
    /// accord before it is written again: then the disk can hold a version in between.
    void write(std::span<const std::byte> bytes, std::uint64_t offset, Random& random);
    /// New bytes read as zeros.
    void resize(std::uint64_t size);

    /// Puts dirty sectors and the size on the disk.
    void flush();
    /// What ext4 does when the disk refuses: dirty sectors are lost, some may have been written.
    void fail_flush(Random& random);
    /// The kernel needs memory: lost sectors are read from the disk again.
    void drop_clean_pages();
    /// Each dirty sector, the size and a cut last or do not; then both images agree.
    void power_cut(Random& random);

    /// Damages both images. Does nothing beyond the end.
    void flip_bit(std::uint64_t offset, unsigned bit) noexcept;

private:
    enum class Sector : std::uint8_t { clean, dirty, lost };

    [[nodiscard]] bool behind_cut(std::size_t sector) const noexcept;
    void store(std::size_t sector);
    void store_some(Random& random, Sector otherwise);
    void apply_cut();
    void settle(std::uint64_t size);

    std::vector<std::byte> seen_;
    /// Whole sectors; beyond stored_size_ those written before the size was.
    std::vector<std::byte> stored_;
    std::vector<Sector> sectors_;
    std::uint64_t stored_size_ = 0;
    /// The least size since the last flush, if it was below the size on the disk.
    std::optional<std::uint64_t> cut_to_;
};

}  // namespace mainstem::support
