// Counting in shards. More threads than shards share some, which costs time but no count.
#include <mainstem/core/counter.hpp>

#include "core/thread_slot.hpp"

namespace mainstem {

void Counter::add(std::uint64_t amount) noexcept {
    auto& shard = shards_[thread_slot() % shards_.size()];
    shard.value.fetch_add(amount, std::memory_order_relaxed);
}

std::uint64_t Counter::value() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
}

}  // namespace mainstem
