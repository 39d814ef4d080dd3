// The names of a read model's errors, and which of them a retry of the same call can overcome.
#include <mainstem/read_model/read_model_error.hpp>

namespace mainstem {

std::string_view name(ReadModelError code) noexcept {
    switch (code) {
        case ReadModelError::invalid: return "invalid";
        case ReadModelError::not_found: return "not_found";
        case ReadModelError::not_unique: return "not_unique";
        case ReadModelError::taken: return "taken";
        case ReadModelError::fenced: return "fenced";
        case ReadModelError::busy: return "busy";
        case ReadModelError::damaged: return "damaged";
        case ReadModelError::newer_format: return "newer_format";
        case ReadModelError::full: return "full";
        case ReadModelError::failed: return "failed";
    }
    return "unknown";
}

bool retryable(ReadModelError code) noexcept {
    switch (code) {
        case ReadModelError::busy:
        case ReadModelError::full:
        case ReadModelError::failed: return true;
        default: return false;
    }
}

}  // namespace mainstem
