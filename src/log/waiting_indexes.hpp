// Sealed segments whose index is still in memory, oldest first. They take memory until their index
// is in its file, so that only a few may wait: whoever seals one more than that writes one itself.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "log/segment.hpp"

namespace mainstem::log {

/// Thread-safe.
class WaitingIndexes {
public:
    /// `memory`: what they may take before a writer has to help; it is exceeded by one index.
    explicit WaitingIndexes(Bytes memory) : memory_most_(memory) {}

    /// True if that is too much: call `write_oldest` then.
    [[nodiscard]] bool add(std::shared_ptr<Segment> segment);
    /// Writes the index of the oldest one that nobody writes yet. False: there is none.
    bool write_oldest();

    /// True if `write_oldest` would find none.
    [[nodiscard]] bool empty() const;
    /// What they take, also those that are being written.
    [[nodiscard]] Bytes memory() const;

private:
    struct Entry {
        std::shared_ptr<Segment> segment;
        bool taken = false;
    };

    [[nodiscard]] Bytes memory_locked() const;

    Bytes memory_most_;
    mutable std::mutex mutex_;
    std::deque<Entry> entries_;
};

}  // namespace mainstem::log
