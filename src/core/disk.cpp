// What the errors of the disk are called, and which of them pass by themselves.
#include "core/disk.hpp"

namespace mainstem {

std::string_view name(DiskError code) noexcept {
    switch (code) {
        case DiskError::not_found: return "not_found";
        case DiskError::exists: return "exists";
        case DiskError::no_space: return "no_space";
        case DiskError::no_permission: return "no_permission";
        case DiskError::too_many_open: return "too_many_open";
        case DiskError::locked: return "locked";
        case DiskError::failed: return "failed";
    }
    return "unknown";
}

bool retryable(DiskError code) noexcept {
    return code == DiskError::too_many_open || code == DiskError::locked;
}

}  // namespace mainstem
