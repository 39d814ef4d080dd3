// A counter that many threads raise at once without getting into each other's way.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mainstem {

/// A number that only rises. Threads count in places of their own, which `value` adds up. Any
/// thread may call anything. 1 KiB.
class Counter {
public:
    /// A few nanoseconds; never blocks.
    void add(std::uint64_t amount = 1) noexcept;

    /// At least everything that was added before the call. What one thread reads never goes back.
    [[nodiscard]] std::uint64_t value() const noexcept;

private:
    struct alignas(64) Shard {  // a cache line each
        std::atomic<std::uint64_t> value{0};
    };
    std::array<Shard, 16> shards_;
};

}  // namespace mainstem
