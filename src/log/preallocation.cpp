// Setting space aside and writing zeros ahead.
#include "log/preallocation.hpp"

#include <algorithm>
#include <vector>

namespace mainstem::log {

void Preallocation::start(File& file, std::uint64_t end) {
    const std::lock_guard lock{mutex_};
    file_ = &file;
    used_ = end;
    zeroed_ = end;
    set_aside_ = end;
}

void Preallocation::stop() {
    const std::lock_guard lock{mutex_};
    file_ = nullptr;
    used_ = 0;
    zeroed_ = 0;
    set_aside_ = 0;
}

Result<void> Preallocation::reserve(std::uint64_t end) {
    if (end > set_aside_.load(std::memory_order_relaxed)) {
        const std::uint64_t step = end - end % set_aside_step + set_aside_step;
        std::uint64_t size = std::max(end, std::min(step, segment_size_));
        auto done = file_->set_aside(size);
        if (!done && done.error() == DiskError::no_space) {
            // Nearly full: room for this write alone, which may be made in whole blocks.
            size = (end + disk_block - 1) / disk_block * disk_block;
            done = file_->set_aside(size);
        }
        if (!done) return done.error();
        set_aside_.store(size, std::memory_order_relaxed);
    }
    if (end > zeroed_.load(std::memory_order_acquire)) {
        const std::lock_guard lock{mutex_};
        zeroed_.store(std::max(end, zeroed_.load(std::memory_order_relaxed)),
                      std::memory_order_release);
    }
    used_.store(end, std::memory_order_release);
    return {};
}

void Preallocation::flushed(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t weight = 8;
    const std::uint64_t average = commit_size_.load(std::memory_order_relaxed);
    commit_size_.store(average - average / weight + bytes / weight, std::memory_order_relaxed);
}

bool Preallocation::wants_zeros() const noexcept {
    const std::uint64_t used = used_.load(std::memory_order_acquire);
    const std::uint64_t zeroed = zeroed_.load(std::memory_order_acquire);
    return used != 0 && commit_size_.load(std::memory_order_relaxed) < small_commit &&
           zeroed < used + zero_step_size / 2 &&
           zeroed < set_aside_.load(std::memory_order_relaxed);
}

bool Preallocation::zero_step() {
    static const std::vector<std::byte> zeros(zero_step_size);
    const std::lock_guard lock{mutex_};
    if (file_ == nullptr || !wants_zeros()) return false;
    const std::uint64_t begin = zeroed_.load(std::memory_order_relaxed);
    const std::uint64_t end = std::min(begin - begin % zero_step_size + 2 * zero_step_size,
                                       set_aside_.load(std::memory_order_relaxed));
    for (std::uint64_t at = begin; at < end; at += zeros.size()) {
        const auto size = std::min<std::uint64_t>(zeros.size(), end - at);
        if (!file_->write_at(ByteSpan{zeros}.first(size), at)) {
            // No more zeros for this file; the writer will meet the failure itself.
            zeroed_.store(segment_size_, std::memory_order_release);
            return false;
        }
    }
    file_->start_write_back(begin, end - begin);
    zeroed_.store(end, std::memory_order_release);
    return true;
}

}  // namespace mainstem::log
