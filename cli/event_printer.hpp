// Printing the events that `read` and `tail` find, as a table or as lines of JSON.
#pragma once

#include <cstdint>

#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

#include "cli/arguments.hpp"
#include "cli/event_search.hpp"

namespace mainstem::cli {

/// Prints what is found, also what was found before an error; answers how many.
[[nodiscard]] Result<std::uint64_t> print_events(const Store& store, const EventSearch& search,
                                                 Format format);

/// Prints what is found, and then what comes after `after` as it comes.
[[nodiscard]] Result<void> print_and_follow(const Store& store, const EventSearch& search,
                                            Position after, Format format);

/// Says on standard error that there is nothing, unless a store without events is all there is to
/// say.
void say_nothing_found(const EventSearch& search);

}  // namespace mainstem::cli
