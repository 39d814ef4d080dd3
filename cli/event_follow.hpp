// Following a store: each event as it comes, until nobody wants more.
#pragma once

#include <cstdint>

#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

#include "cli/event_search.hpp"

namespace mainstem::cli {

/// Passes what comes after `after`, and is looked for, to `sink` at once, until Ctrl-C, until
/// nobody reads standard output any more, or until the store ends. `shown` events came before.
[[nodiscard]] Result<void> follow_events(const Store& store, const EventSearch& search,
                                         Position after, std::uint64_t shown, EventSink& sink);

}  // namespace mainstem::cli
