// Where a command that an event has led to comes from.
#include <mainstem/command/executed.hpp>

namespace mainstem {

Metadata caused_by(const EventView& event) {
    const auto id = event.id.to_string();
    const auto correlation = event.metadata.correlation();
    return {.correlation = correlation.empty() ? id : std::string{correlation}, .causation = id};
}

}  // namespace mainstem
