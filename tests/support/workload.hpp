// Random requests, made so that much collides: few streams, expectations that are right or just
// missed, repeats of old requests, payloads from nothing to more than a request may hold.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/store/append.hpp>

#include "support/observation.hpp"

namespace mainstem::support {

/// The same seed and the same calls give the same requests. Not thread-safe.
class Workload {
public:
    explicit Workload(std::uint64_t seed);

    /// A new request, or an old one again. `now` goes into the ids of new events.
    AppendRequest next(Timestamp now);
    /// Requests that build on each other, as if those before were stored.
    std::vector<AppendRequest> group(Timestamp now);
    /// A new request of one to five events without expectations.
    AppendRequest fresh(Timestamp now, Durability durability);

    /// Tells which versions the streams have, for expectations to come.
    void learn(const Appended& answer);
    void learn(const Observation& observation);

private:
    AppendRequest repeat();
    AppendRequest reuse_id(Timestamp now);
    NewEvent event(Timestamp now);
    EventId event_id(Timestamp now);
    std::string payload();
    std::string bytes(std::size_t count);
    std::string stream();
    void expect(AppendRequest& request);
    ExpectedVersion expectation(const std::string& stream);

    Random random_;
    /// Half of all workloads fill segments quickly.
    bool large_;
    /// How many of eight new requests are buffered only.
    std::uint64_t buffered_eighths_ = 4;
    std::map<std::string, Version> versions_;
    std::vector<AppendRequest> sent_;
};

}  // namespace mainstem::support
