// The store side of the demonstration: writing a history with expected versions, and folding what
// is stored.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

#include "cli/package_state.hpp"

namespace mainstem::cli {

/// What appending cost.
struct AppendCost {
    std::uint64_t events = 0;
    std::uint64_t requests = 0;
    std::size_t batch = 0;  ///< events in a request
    std::chrono::nanoseconds elapsed{0};
    std::chrono::nanoseconds processor{0};  ///< of this process, all threads
    std::chrono::nanoseconds p50{0};
    std::chrono::nanoseconds p95{0};
    std::chrono::nanoseconds p99{0};
};

/// Events in a request, so that the whole takes about a thousand requests and no more than a minute
/// on a slow disk.
[[nodiscard]] std::size_t demo_batch(std::size_t events) noexcept;

/// Appends all events in their order, flushed, each batch expecting the exact version of each of
/// its streams. The store must have none of these streams. Ends after the batch in hand on Ctrl-C.
[[nodiscard]] Result<AppendCost> append_history(Store& store, std::vector<StreamEvent> events);

/// Reads every package's stream and folds it.
[[nodiscard]] Result<PackageStates> fold_packages(const Store& store);

/// The processor time that this process has used.
[[nodiscard]] std::chrono::nanoseconds processor_time() noexcept;
/// The most memory that this process has ever had, in bytes.
[[nodiscard]] std::uint64_t peak_memory() noexcept;

}  // namespace mainstem::cli
