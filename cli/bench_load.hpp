// The load of `bench append`: clients that append requests to streams of their own as fast as they
// are answered.
#pragma once

#include <cstdint>

#include <mainstem/core/histogram.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem::cli {

struct AppendLoad {
    std::uint64_t clients = 1;
    std::uint64_t batch = 1;      ///< events in a request
    std::uint64_t bytes = 256;    ///< payload of an event
    std::uint64_t in_flight = 1;  ///< requests of a client that wait for their answer
    Durability durability = Durability::flushed;
    /// Each request has a tag of its own, and is refused if an event of its type has that tag.
    bool conditional = false;
};

/// Appends for about `seconds`, checking the expected version each time, or a condition. Goes on
/// where the last call ended: `versions` holds the version of each client's stream. Adds the time
/// from request to answer to `latencies`. Returns events per second.
Result<double> run_append_load(Store& store, const AppendLoad& load, double seconds,
                               std::vector<Version>& versions, Histogram& latencies);

/// Bytes that one event of the load takes in the log, without its request's frame.
[[nodiscard]] std::uint64_t event_bytes(const AppendLoad& load);

}  // namespace mainstem::cli
