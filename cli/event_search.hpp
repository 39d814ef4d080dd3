// Looking for events in order, in constant memory, with a progress bar while nothing is found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem::cli {

/// What is looked for, and where.
struct EventSearch {
    std::optional<std::string> stream = {};  ///< only this one; then `from` is a version
    EventQuery query = {};
    std::uint64_t from = 0;  ///< 0: the natural end
    std::uint64_t limit = no_limit;
    Direction direction = Direction::forward;
};

/// Gets what is found.
class EventSink {
public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    virtual ~EventSink() = default;

    virtual void take(const EventView& event) = 0;
    /// Nothing more was found for some milliseconds.
    virtual void pause() {}
    /// False ends the search.
    [[nodiscard]] virtual bool wanted() const { return true; }
};

/// Passes what is found to `sink` until the end, the first error or Ctrl-C; answers how many.
[[nodiscard]] Result<std::uint64_t> find_events(const Store& store, const EventSearch& search,
                                                EventSink& sink);

}  // namespace mainstem::cli
