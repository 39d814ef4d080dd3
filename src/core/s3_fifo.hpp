// A bounded cache of values by key, with S3-FIFO for what to keep: J. Yang, Y. Zhang, Z. Qiu,
// Y. Yue, K. V. Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023. What is new
// goes to a small queue, a tenth of the room; who is asked for again there moves to the main queue,
// whose members stay as long as they are asked for; of who left the small queue a hash is
// remembered, so that it goes to the main queue when it comes back. A value brings its key. One
// thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <mainstem/core/block_memory.hpp>

#include "core/large_vector.hpp"

namespace mainstem {

/// `KeyOf` gives the key of a value, `Hash` its hash.
template <class Value, class KeyOf, class Hash>
class S3Fifo {
    using Key = std::remove_cvref_t<std::invoke_result_t<KeyOf, const Value&>>;

public:
    struct Room {
        std::size_t entries;
        std::size_t bytes;
    };

    explicit S3Fifo(Room room) : room_(room), small_room_{room.entries / 10, room.bytes / 10} {}
    S3Fifo(const S3Fifo&) = delete;
    S3Fifo& operator=(const S3Fifo&) = delete;

    /// nullptr if it is not there. Valid until the next change. O(1).
    Value* find(const Key& key) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return nullptr;
        Entry& entry = **found;
        if (entry.uses < most_uses) ++entry.uses;
        return &entry.value;
    }

    /// Keeps a value that takes so many bytes, instead of one that is there, and lets go of others.
    /// A value that is larger than all the room is not kept. O(1) amortised.
    void put(Value value, std::size_t bytes) {
        if (bytes > room_.bytes || room_.entries == 0) return erase(KeyOf{}(value));
        Entry& entry = entry_for(std::move(value));
        entry.queue->bytes += bytes - entry.bytes;
        bytes_ += bytes - entry.bytes;
        entry.bytes = bytes;
        while (entries_.size() > room_.entries || bytes_ > room_.bytes) evict();
    }

    void erase(const Key& key) {
        const auto found = entries_.find(key);
        if (found != entries_.end()) remove(**found);
    }

    void clear() {
        entries_.clear();
        forgotten_.clear();
        order_.clear();
        small_ = main_ = {};
        bytes_ = 0;
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    static constexpr std::uint8_t most_uses = 3;

    struct Queue;
    struct Entry : detail::InBlock {
        explicit Entry(Value kept) : value(std::move(kept)) {}
        Value value;
        std::size_t bytes = 0;
        Queue* queue = nullptr;
        Entry* newer = nullptr;
        Entry* older = nullptr;
        std::uint8_t uses = 0;
    };
    struct Queue {
        Entry* newest = nullptr;
        Entry* oldest = nullptr;
        std::size_t entries = 0;
        std::size_t bytes = 0;

        void push(Entry& entry) {
            entry.newer = nullptr;
            entry.older = newest;
            (newest ? newest->newer : oldest) = &entry;
            newest = &entry;
            ++entries;
            bytes += entry.bytes;
        }
        void take(Entry& entry) {
            (entry.newer ? entry.newer->older : newest) = entry.older;
            (entry.older ? entry.older->newer : oldest) = entry.newer;
            --entries;
            bytes -= entry.bytes;
        }
    };

    /// Of entries and of keys alike.
    struct ByKey {
        using is_transparent = void;
        static Key key(const std::unique_ptr<Entry>& entry) { return KeyOf{}(entry->value); }
        static Key key(const Key& key) { return key; }

        std::size_t operator()(const auto& one) const { return Hash{}(key(one)); }
        bool operator()(const auto& one, const auto& other) const { return key(one) == key(other); }
    };

    Entry& entry_for(Value value) {
        if (const auto found = entries_.find(KeyOf{}(value)); found != entries_.end()) {
            (*found)->value = std::move(value);
            return **found;
        }
        Entry& entry = **entries_.insert(std::make_unique<Entry>(std::move(value))).first;
        entry.queue = remembered(entry) ? &main_ : &small_;
        entry.queue->push(entry);
        return entry;
    }

    void evict() {
        const bool small_is_full =
            small_.entries > small_room_.entries || small_.bytes > small_room_.bytes;
        if (small_.oldest && (small_is_full || !main_.oldest)) {
            evict_small(*small_.oldest);
        } else {
            evict_main(*main_.oldest);
        }
    }

    void evict_small(Entry& entry) {
        if (entry.uses == 0) {
            remember(entry);
            return remove(entry);
        }
        small_.take(entry);
        entry.uses = 0;
        entry.queue = &main_;
        main_.push(entry);
    }

    void evict_main(Entry& entry) {
        if (entry.uses == 0) return remove(entry);
        main_.take(entry);
        --entry.uses;
        main_.push(entry);
    }

    void remove(Entry& entry) {
        entry.queue->take(entry);
        bytes_ -= entry.bytes;
        entries_.erase(entries_.find(KeyOf{}(entry.value)));
    }

    static std::size_t hash_of(const Entry& entry) { return Hash{}(KeyOf{}(entry.value)); }
    void remember(const Entry& entry) {
        const auto hash = hash_of(entry);
        ++forgotten_[hash];
        order_.push_back(hash);
        while (order_.size() > entries_.size()) {
            const auto oldest = forgotten_.find(order_.front());
            if (--oldest->second == 0) forgotten_.erase(oldest);
            order_.pop_front();
        }
    }
    bool remembered(const Entry& entry) const { return forgotten_.contains(hash_of(entry)); }

    Room room_;
    Room small_room_;
    boost::unordered_flat_set<std::unique_ptr<Entry>, ByKey, ByKey,
                              LargeAllocator<std::unique_ptr<Entry>>>
        entries_;
    Queue small_;
    Queue main_;
    std::size_t bytes_ = 0;
    /// Hashes, how often in `order_`.
    boost::unordered_flat_map<std::size_t, std::uint32_t, boost::hash<std::size_t>, std::equal_to<>,
                              LargeAllocator<std::pair<const std::size_t, std::uint32_t>>>
        forgotten_;
    std::deque<std::size_t> order_;  ///< oldest first
};

}  // namespace mainstem
