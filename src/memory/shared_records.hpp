// The records and the one lock under which every look at them happens.
#pragma once

#include <mutex>
#include <utility>

#include "memory/records.hpp"

namespace mainstem::memory {

/// Shared by the store and its cursors. Any thread.
class SharedRecords {
public:
    /// Calls `use` with the records while it holds the lock, and returns what that returns.
    template <class Use>
    decltype(auto) with(Use&& use) {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(records_);
    }

private:
    std::mutex mutex_;
    Records records_;
};

}  // namespace mainstem::memory
