// Takes segments in their order.
#include "log/waiting_indexes.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

constexpr std::size_t waiting_most = 3;

}  // namespace

bool WaitingIndexes::add(std::shared_ptr<Segment> segment) {
    const std::lock_guard lock{mutex_};
    entries_.push_back({.segment = std::move(segment)});
    return entries_.size() > waiting_most || memory_locked() > memory_most_;
}

bool WaitingIndexes::write_oldest() {
    std::shared_ptr<Segment> segment;
    {
        const std::lock_guard lock{mutex_};
        const auto oldest = std::ranges::find(entries_, false, &Entry::taken);
        if (oldest == entries_.end()) return false;
        oldest->taken = true;
        segment = oldest->segment;
    }
    segment->write_index();
    const std::lock_guard lock{mutex_};
    std::erase_if(entries_, [&](const Entry& entry) { return entry.segment == segment; });
    return true;
}

bool WaitingIndexes::empty() const {
    const std::lock_guard lock{mutex_};
    return std::ranges::find(entries_, false, &Entry::taken) == entries_.end();
}

Bytes WaitingIndexes::memory() const {
    const std::lock_guard lock{mutex_};
    return memory_locked();
}

Bytes WaitingIndexes::memory_locked() const {
    Bytes sum;
    for (const Entry& entry : entries_) sum.value += entry.segment->index_memory().value;
    return sum;
}

}  // namespace mainstem::log
