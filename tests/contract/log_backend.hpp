// The embedded log as a backend of the contract, in a folder of its own.
#pragma once

#include <algorithm>
#include <utility>

#include <mainstem/log/open.hpp>
#include <mainstem/store/store.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem {

template <std::uint64_t segment_bytes, std::uint64_t memory_bytes = limits::memory_default.value>
class LogBackend {
public:
    static constexpr Bytes largest_request{std::min(limits::request.value, segment_bytes / 4)};

    Result<Store> open(const Clock& clock) {
        auto log = open_log_store(
            folder_.path("log"),
            {.segment_size = Bytes{segment_bytes}, .memory = Bytes{memory_bytes}, .clock = &clock});
        if (!log) return log.error();
        return Store{std::move(*log)};
    }

private:
    support::TemporaryFolder folder_;
};

}  // namespace mainstem
