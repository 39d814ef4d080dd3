// The parts of a histogram and what they add up to. A part has one writer at a time, which
// therefore needs no locked instruction; snapshots read beside it. Only the part for threads
// without a number of their own has several writers.
#include <mainstem/core/histogram.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <new>

#include "core/histogram_buckets.hpp"
#include "core/thread_slot.hpp"

namespace mainstem {
namespace {

using Cell = std::atomic<std::uint64_t>;

constexpr auto no_time = std::numeric_limits<std::uint64_t>::max();

std::uint64_t read(const Cell& cell) noexcept { return cell.load(std::memory_order_relaxed); }
void write(Cell& cell, std::uint64_t value) noexcept {
    cell.store(value, std::memory_order_relaxed);
}

void lower_to(Cell& cell, std::uint64_t value) noexcept {
    for (auto seen = read(cell); value < seen && !cell.compare_exchange_weak(seen, value);) {
    }
}
void raise_to(Cell& cell, std::uint64_t value) noexcept {
    for (auto seen = read(cell); value > seen && !cell.compare_exchange_weak(seen, value);) {
    }
}

}  // namespace

/// A time is counted in its bucket last: who sees it there sees it in the other cells, too.
struct alignas(64) Histogram::Part {
    Cell sum{0};
    Cell min{no_time};
    Cell max{0};
    std::array<Cell, histogram_buckets::count> buckets{};

    /// By the only thread that writes this part.
    void record_alone(std::uint64_t time) noexcept {
        write(sum, read(sum) + time);
        if (time < read(min)) write(min, time);
        if (time > read(max)) write(max, time);
        auto& bucket = bucket_for(time);
        bucket.store(read(bucket) + 1, std::memory_order_release);
    }

    /// Beside other threads.
    void record_shared(std::uint64_t time) noexcept {
        sum.fetch_add(time, std::memory_order_relaxed);
        lower_to(min, time);
        raise_to(max, time);
        bucket_for(time).fetch_add(1, std::memory_order_release);
    }

private:
    Cell& bucket_for(std::uint64_t time) noexcept {
        return buckets[histogram_buckets::bucket_of(time)];
    }
};

struct Histogram::Parts {
    std::array<std::atomic<Part*>, thread_slots> own{};
    Part shared;

    Parts() = default;
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() {
        for (auto& part : own) delete part.load();
    }

    /// The part of the thread with number `slot`; nullptr if there is none and no memory for it.
    Part* of(std::size_t slot) noexcept {
        auto* part = own[slot].load(std::memory_order_relaxed);
        if (part == nullptr) [[unlikely]] {
            part = new (std::nothrow) Part;
            own[slot].store(part, std::memory_order_release);
        }
        return part;
    }
};

Histogram::Histogram() : parts_(std::make_unique<Parts>()) {}
Histogram::~Histogram() = default;

void Histogram::record(std::chrono::nanoseconds time) noexcept {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    const auto slot = thread_slot();
    auto* const own = slot < thread_slots ? parts_->of(slot) : nullptr;
    if (own != nullptr) [[likely]]
        own->record_alone(value);
    else parts_->shared.record_shared(value);
}

HistogramSnapshot Histogram::snapshot() const {
    HistogramSnapshot result;
    result.buckets_.resize(histogram_buckets::count);
    std::uint64_t sum = 0;
    auto min = no_time;
    std::uint64_t max = 0;
    const auto add = [&](const Part& part) {
        for (std::size_t i = 0; i < part.buckets.size(); ++i) {
            const auto times = part.buckets[i].load(std::memory_order_acquire);
            result.buckets_[i] += times;
            result.count_ += times;
        }
        sum += read(part.sum);
        min = std::min(min, read(part.min));
        max = std::max(max, read(part.max));
    };
    add(parts_->shared);
    for (const auto& own : parts_->own)
        if (const auto* part = own.load(std::memory_order_acquire)) add(*part);

    if (result.count_ == 0) return result;
    result.sum_ = std::chrono::nanoseconds{sum};
    result.min_ = std::chrono::nanoseconds{min};
    result.max_ = std::chrono::nanoseconds{max};
    return result;
}

std::chrono::nanoseconds HistogramSnapshot::mean() const noexcept {
    return count_ == 0 ? std::chrono::nanoseconds{0} : sum_ / static_cast<std::int64_t>(count_);
}

std::chrono::nanoseconds HistogramSnapshot::quantile(double q) const noexcept {
    if (count_ == 0) return std::chrono::nanoseconds{0};
    if (q >= 1) return max_;
    // At least one time, so that the quantile 0 is the least one.
    const auto wanted = std::max(1.0, std::ceil(q * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    for (; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (static_cast<double>(seen) >= wanted) break;
    }
    return std::clamp(std::chrono::nanoseconds{histogram_buckets::middle_of(bucket)}, min_, max_);
}

}  // namespace mainstem
