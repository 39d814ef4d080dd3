#include "support/file_images.hpp"

#include <algorithm>

namespace mainstem::support {

namespace {

constexpr std::size_t sector_bytes = FileImages::sector_bytes;

std::size_t sectors_for(std::uint64_t bytes) noexcept {
    return (bytes + sector_bytes - 1) / sector_bytes;
}

/// Which of several dirty sectors reach the disk: none, few, half, most, all, or the first ones.
class Survival {
public:
    Survival(Random& random, std::size_t sectors)
        : random_(random), first_(random.below(sectors + 1)), mode_(random.below(6)) {}

    bool next() {
        constexpr std::uint64_t eighths[] = {0, 1, 4, 7, 8};
        if (mode_ < std::size(eighths)) return random_.chance(eighths[mode_], 8);
        return first_ > 0 && first_-- > 0;
    }

private:
    Random& random_;
    std::uint64_t first_;
    std::uint64_t mode_;
};

}  // namespace

std::size_t FileImages::read(std::span<std::byte> to, std::uint64_t offset) const noexcept {
    if (offset >= seen_.size()) return 0;
    const auto length = std::min<std::size_t>(to.size(), seen_.size() - offset);
    std::copy_n(seen_.begin() + static_cast<std::ptrdiff_t>(offset), length, to.begin());
    return length;
}

void FileImages::write(std::span<const std::byte> bytes, std::uint64_t offset, Random& random) {
    if (bytes.empty()) return;
    const std::uint64_t end = offset + bytes.size();
    if (end > seen_.size()) resize(end);
    for (std::size_t sector = offset / sector_bytes; sector < sectors_for(end); ++sector) {
        if (sectors_[sector] == Sector::dirty && !behind_cut(sector) && random.chance(1, 8)) {
            store(sector);
        }
        sectors_[sector] = Sector::dirty;
    }
    std::ranges::copy(bytes, seen_.begin() + static_cast<std::ptrdiff_t>(offset));
}

void FileImages::resize(std::uint64_t size) {
    if (size < seen_.size()) {
        // Bytes that were never durable are gone at once; those that were stay until the cut is.
        const std::uint64_t kept = std::max(size, stored_size_);
        stored_.resize(std::min<std::uint64_t>(kept, stored_.size()));
        if (size < stored_size_) cut_to_ = std::min(size, cut_to_.value_or(size));
    }
    seen_.resize(size);
    sectors_.resize(sectors_for(size), Sector::clean);
    stored_.resize(std::max(sectors_for(size) * sector_bytes, stored_.size()));
}

void FileImages::flush() {
    apply_cut();
    for (std::size_t sector = 0; sector < sectors_.size(); ++sector) {
        if (sectors_[sector] == Sector::dirty) store(sector);
    }
    stored_size_ = seen_.size();
}

void FileImages::fail_flush(Random& random) { store_some(random, Sector::lost); }

void FileImages::drop_clean_pages() {
    for (std::size_t sector = 0; sector < sectors_.size(); ++sector) {
        if (sectors_[sector] != Sector::lost || behind_cut(sector)) continue;
        const std::size_t begin = sector * sector_bytes;
        const std::size_t length = std::min(sector_bytes, seen_.size() - begin);
        std::copy_n(stored_.begin() + static_cast<std::ptrdiff_t>(begin), length,
                    seen_.begin() + static_cast<std::ptrdiff_t>(begin));
        sectors_[sector] = Sector::clean;
    }
}

void FileImages::power_cut(Random& random) {
    const bool cut_lasts = cut_to_ && random.chance(1, 2);
    if (cut_lasts) apply_cut();
    store_some(random, Sector::clean);
    std::uint64_t size = stored_size_;
    if (!cut_to_ && seen_.size() > size) {
        const std::uint64_t growth = seen_.size() - size;
        const std::uint64_t outcomes[] = {0, random.below(growth + 1), growth, growth};
        size += outcomes[random.below(std::size(outcomes))];
    }
    settle(size);
}

void FileImages::flip_bit(std::uint64_t offset, unsigned bit) noexcept {
    if (offset >= seen_.size()) return;
    const std::byte mask{static_cast<unsigned char>(1U << bit)};
    seen_[offset] ^= mask;
    stored_[offset] ^= mask;
}

/// A sector of the part that was cut: its old blocks belong to the file until the cut lasts.
bool FileImages::behind_cut(std::size_t sector) const noexcept {
    return cut_to_ && (sector + 1) * sector_bytes > *cut_to_;
}

void FileImages::store(std::size_t sector) {
    const std::size_t begin = sector * sector_bytes;
    const std::size_t end = std::min(begin + sector_bytes, seen_.size());
    std::copy(seen_.begin() + static_cast<std::ptrdiff_t>(begin),
              seen_.begin() + static_cast<std::ptrdiff_t>(end),
              stored_.begin() + static_cast<std::ptrdiff_t>(begin));
    sectors_[sector] = Sector::clean;
}

void FileImages::store_some(Random& random, Sector otherwise) {
    const auto dirty = std::ranges::count(sectors_, Sector::dirty);
    if (dirty == 0) return;
    Survival survival(random, static_cast<std::size_t>(dirty));
    for (std::size_t sector = 0; sector < sectors_.size(); ++sector) {
        if (sectors_[sector] != Sector::dirty) continue;
        if (survival.next() && !behind_cut(sector)) {
            store(sector);
        } else {
            sectors_[sector] = otherwise;
        }
    }
}

void FileImages::apply_cut() {
    if (!cut_to_) return;
    const auto from = std::min<std::uint64_t>(*cut_to_, stored_.size());
    std::fill(stored_.begin() + static_cast<std::ptrdiff_t>(from), stored_.end(), std::byte{});
    stored_size_ = *cut_to_;
    cut_to_.reset();
}

void FileImages::settle(std::uint64_t size) {
    stored_.resize(size);
    seen_ = stored_;
    stored_size_ = size;
    cut_to_.reset();
    sectors_.assign(sectors_for(size), Sector::clean);
    stored_.resize(sectors_.size() * sector_bytes);
}

}  // namespace mainstem::support
