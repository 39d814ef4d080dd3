// A hash table of references to elements that stand elsewhere: open addressing with linear probing,
// never more than half full. One writer adds; any number of readers look at the same time without a
// lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/lazy_memory.hpp"

namespace mainstem::log {

class ReferenceTable {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    /// Memory for each reference, about: slots between half and a quarter full, and smaller tables.
    static constexpr std::size_t bytes_each = 6 * sizeof(std::uint32_t);

    ReferenceTable();

    /// The reference under `hash` for which `is_it(reference)` holds, or `none`.
    template <class IsIt>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, const IsIt& is_it) const noexcept {
        const Table& table = *table_.load(std::memory_order_acquire);
        for (std::size_t at = hash & table.mask;; at = (at + 1) & table.mask) {
            const std::uint32_t slot = table.slots[at].load(std::memory_order_acquire);
            if (slot == 0) return none;
            if (is_it(slot - 1)) return slot - 1;
        }
    }
    /// Asks the processor to fetch what `find` will look at first.
    void prefetch(std::uint64_t hash) const noexcept {
        const Table& table = *table_.load(std::memory_order_relaxed);
        __builtin_prefetch(&table.slots[hash & table.mask]);
    }

    /// Adds `reference`, the next one: they are 0, 1, 2 ... `hash_of(reference)` is asked for all
    /// of them when the table grows. The writer's.
    template <class HashOf>
    void add(std::uint32_t reference, const HashOf& hash_of) {
        if (2 * (std::size_t{reference} + 1) > tables_.back()->mask) {
            Table& larger = grow();
            for (std::uint32_t i = 0; i < reference; ++i) insert(larger, hash_of(i), i);
            table_.store(&larger, std::memory_order_release);
        }
        insert(*tables_.back(), hash_of(reference), reference);
    }

private:
    /// References plus one; 0 is free.
    struct Table {
        explicit Table(std::size_t size);
        std::size_t mask;
        ArrayMemory memory;
        std::atomic<std::uint32_t>* slots;
    };

    Table& grow();
    static void insert(Table& table, std::uint64_t hash, std::uint32_t reference) noexcept;

    std::atomic<Table*> table_;
    std::vector<std::unique_ptr<Table>> tables_;  ///< the last is in use; readers may see others
};

}  // namespace mainstem::log
