// Latencies and their quantiles, in constant memory and with a bounded relative error.
//
// Times fall into buckets: one for each nanosecond below 128, above that 64 for each power of two.
// So a bucket is at most 1/64 as wide as its least time, and the time in its middle is less than
// 1 % away from every time in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mainstem {

/// What a histogram held at one moment. A value.
class HistogramSnapshot {
public:
    /// Times that were recorded.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// All of them added up, exact up to 292 years.
    [[nodiscard]] std::chrono::nanoseconds sum() const noexcept { return sum_; }
    /// The least and the greatest, exact; 0 if there is none.
    [[nodiscard]] std::chrono::nanoseconds min() const noexcept { return min_; }
    [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }
    /// 0 if there is none.
    [[nodiscard]] std::chrono::nanoseconds mean() const noexcept;

    /// The least recorded time that at least the fraction `q` (0 to 1) of all times do not exceed,
    /// to within 1 % (exact below 128 ns; for times above `Histogram::longest` only `max` is
    /// exact); 0 if there is none. O(number of buckets).
    [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept;

private:
    friend class Histogram;

    std::uint64_t count_ = 0;
    std::chrono::nanoseconds sum_{0};
    std::chrono::nanoseconds min_{0};
    std::chrono::nanoseconds max_{0};
    std::vector<std::uint64_t> buckets_;
};

/// Collects times from any number of threads. Each thread has a part of its own (19 KiB, made when
/// it first records), which another thread takes over when it has ended; threads beyond the 128th
/// at once share one. Any thread may call anything, except that the destructor must be the last.
class Histogram {
public:
    /// Longer times are counted as this one: 2.4 hours.
    static constexpr std::chrono::nanoseconds longest{(std::int64_t{1} << 43) - 1};

    Histogram();
    Histogram(const Histogram&) = delete;
    Histogram& operator=(const Histogram&) = delete;
    ~Histogram();

    /// A few nanoseconds; never blocks. A negative time counts as 0.
    void record(std::chrono::nanoseconds time) noexcept;

    /// The sum of all parts: at least everything that was recorded before the call.
    /// O(threads * number of buckets).
    [[nodiscard]] HistogramSnapshot snapshot() const;

private:
    struct Part;
    struct Parts;

    std::unique_ptr<Parts> parts_;
};

}  // namespace mainstem
