// The parts of projections that know no types.
#include <mainstem/projection/projection.hpp>

#include <fmt/format.h>

namespace mainstem {

std::string_view name(ProjectionError code) noexcept {
    switch (code) {
        case ProjectionError::failed: return "failed";
        case ProjectionError::stopped: return "stopped";
        case ProjectionError::timed_out: return "timed_out";
        case ProjectionError::leads: return "leads";
        case ProjectionError::differs: return "differs";
        case ProjectionError::invalid: return "invalid";
    }
    return "unknown";
}

bool retryable(ProjectionError code) noexcept {
    return code == ProjectionError::timed_out || code == ProjectionError::leads;
}

namespace detail {

Error apply_error(const EventView& event, std::string_view why) {
    return {ProjectionError::failed,
            fmt::format("position {}, stream \"{}\", type \"{}\": {}", event.position.value,
                        event.stream, event.type, why)};
}

}  // namespace detail

}  // namespace mainstem
