// What a log needs to be opened: the user's options and the seams to the outside.
#pragma once

#include <functional>
#include <string_view>

#include <mainstem/core/clock.hpp>
#include <mainstem/store/store.hpp>

#include "core/disk.hpp"

namespace mainstem::log {

/// How a segment is looked through for a query. All ways give the same answer.
enum class PlanChoice : std::uint8_t { cheapest, index, scan };

struct LogConfig {
    OpenMode mode = OpenMode::create;
    Bytes segment_size = limits::segment_default;
    bool up_to_damage = false;
    Bytes memory = limits::memory_default;  ///< of cached pages and index blocks; 0: none
    /// Groups of at least so many bytes are written past the page cache: loads in bulk, which
    /// hardly anybody reads at once.
    std::uint64_t bulk_write = 128ULL << 10;
    PlanChoice plan = PlanChoice::cheapest;  ///< of filtered reads
    Disk* disk = nullptr;                    ///< outlives the store
    const Clock* clock = nullptr;            ///< outlives the store
    std::uint64_t seed = 0;                  ///< of salts and the store's id; 0: from the system
    /// False: nothing runs beside the callers, who then call serve_pending, flush_buffered and
    /// run_background of the store themselves. For simulation.
    bool helper_thread = true;
    std::function<void(std::string_view)> on_notice = {};
};

}  // namespace mainstem::log
