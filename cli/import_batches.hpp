// Gathers the events of an import and stores them batch by batch, each with its progress.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/event_store.hpp>

#include "cli/import_checkpoint.hpp"

namespace mainstem::cli {

/// One thread at a time.
class ImportBatches {
public:
    ImportBatches(EventStore& store, StreamId progress_stream, Version progress_version,
                  std::size_t batch_events)
        : store_(&store),
          progress_stream_(std::move(progress_stream)),
          progress_version_(progress_version),
          batch_events_(batch_events) {}

    void add(StreamEvent entry);
    /// True once the batch has as many events or bytes as one request should.
    [[nodiscard]] bool is_full() const noexcept {
        return events_.size() >= batch_events_ || bytes_ >= batch_bytes;
    }
    [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }

    /// Stores the batch together with `progress`, flushed, and begins the next one. On an error
    /// nothing of the batch is stored, or nobody knows.
    Result<void> store(const ImportCheckpoint& progress);

private:
    /// With one more event of the largest size this stays far below what a request may have.
    static constexpr std::uint64_t batch_bytes = 8ULL << 20;

    EventStore* store_;
    StreamId progress_stream_;
    Version progress_version_;
    std::size_t batch_events_;
    std::vector<StreamEvent> events_;
    std::uint64_t bytes_ = 0;
};

}  // namespace mainstem::cli
