// The many ways to read a store must tell one story.
#pragma once

#include "support/observation.hpp"

namespace mainstem::support {

/// Compares every other read of `store` (streams, infos, listings, backward, parts) with a full
/// read. The store must stand still meanwhile.
void check_views(EventStore& store, const Observation& whole, Violations& violations);

}  // namespace mainstem::support
