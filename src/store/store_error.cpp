// The names of the store's errors, and which of them a retry of the same call can overcome.
#include <mainstem/store/append.hpp>

namespace mainstem {

std::string_view name(StoreError code) noexcept {
    switch (code) {
        case StoreError::conflict: return "conflict";
        case StoreError::id_reused: return "id_reused";
        case StoreError::invalid: return "invalid";
        case StoreError::overloaded: return "overloaded";
        case StoreError::read_only: return "read_only";
        case StoreError::stopped: return "stopped";
        case StoreError::outcome_unknown: return "outcome_unknown";
        case StoreError::not_found: return "not_found";
        case StoreError::in_use: return "in_use";
        case StoreError::damaged: return "damaged";
        case StoreError::newer_format: return "newer_format";
        case StoreError::out_of_range: return "out_of_range";
        case StoreError::closed: return "closed";
        case StoreError::cancelled: return "cancelled";
        case StoreError::io: return "io";
    }
    return "unknown";
}

bool retryable(StoreError code) noexcept {
    switch (code) {
        case StoreError::overloaded:
        case StoreError::in_use:
        case StoreError::io: return true;
        default: return false;
    }
}

}  // namespace mainstem
