// Where the requests of a segment begin, by the hashes of their ids: a hash table with open
// addressing and linear probing, never more than half full. One writer adds, and looks without a
// lock; any number of others look at the same time and lock only to take the table that is in use,
// which goes with the last of them when a larger one has taken its place.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/large_vector.hpp"
#include "log/term.hpp"

namespace mainstem::log {

class RequestTable {
public:
    struct Request {
        std::uint32_t hash = 0;  ///< of its first event's id
        Ordinal ordinal = 0;     ///< of its first event
    };
    /// Memory for each request, about.
    static constexpr std::size_t bytes_each = 3 * sizeof(std::uint64_t);

    RequestTable();

    // The writer's.

    void add(const Request& request);
    /// Appends the ordinals under `hash` to `out`.
    void find(std::uint32_t hash, std::vector<Ordinal>& out) const { table_->find(hash, out); }
    /// Asks the processor to fetch what `find` will look at first.
    void prefetch(std::uint32_t hash) const noexcept {
        __builtin_prefetch(&table_->slots[table_->slot(hash)]);
    }

    /// The same as `find`, for any thread. It sees what was added before the segment's count that
    /// the caller took before, and perhaps more.
    void find_beside(std::uint32_t hash, std::vector<Ordinal>& out) const;

    /// All of them: call once nothing is added any more.
    [[nodiscard]] LargeVector<Request> all() const;

private:
    struct Table {
        explicit Table(unsigned bits) : slots(std::size_t{1} << bits), shift(64 - bits) {}

        /// The slot at which a search begins. The hash of an id need not be random in all its bits.
        [[nodiscard]] std::size_t slot(std::uint32_t hash) const noexcept {
            return (hash * 0x9E3779B97F4A7C15ULL) >> shift;
        }
        void insert(std::uint64_t entry) noexcept;
        void find(std::uint32_t hash, std::vector<Ordinal>& out) const;

        /// The hash in the upper half, the ordinal plus one in the lower; 0 is free.
        LargeVector<std::atomic<std::uint64_t>> slots;
        unsigned shift;
    };

    std::shared_ptr<Table> table_;  ///< replaced under the mutex
    std::size_t count_ = 0;
    mutable std::mutex mutex_;
};

}  // namespace mainstem::log
