// A fold in several threads, each with the events of some streams: for builds of projections whose
// streams have documents of their own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <mainstem/projection/projection.hpp>

#include "projection/event_chunk.hpp"

namespace mainstem::projection {

/// One partition: a fold and the thread that feeds it.
class PartitionWorker {
public:
    explicit PartitionWorker(std::unique_ptr<Fold> fold);
    ~PartitionWorker();
    PartitionWorker(const PartitionWorker&) = delete;
    PartitionWorker& operator=(const PartitionWorker&) = delete;

    /// Waits for room.
    void add(const EventView& event);
    /// Returns when everything that was added is folded; the first error, if there was one. Then
    /// the fold is the caller's until the next `add`.
    Result<void> finish();
    /// After `finish`.
    [[nodiscard]] Fold& fold() noexcept { return *fold_; }
    void forget_error() { error_.reset(); }

private:
    void run();
    void hand_over();

    const std::unique_ptr<Fold> fold_;
    EventChunk filling_;  ///< the caller's
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<EventChunk> waiting_;  ///< under `mutex_`, as what follows
    bool busy_ = false;
    bool stopping_ = false;
    std::optional<Error> error_;  ///< what comes after it is passed over
    std::thread thread_;          ///< the last member: it uses the others
};

class PartitionedFold final : public Fold {
public:
    /// `partitions` of at least 1.
    PartitionedFold(const Projection& projection, const FoldBegin& begin, std::size_t partitions);

    /// Only hands the event over: what fails shows in `collect`.
    Result<void> apply(const EventView& event) override;
    [[nodiscard]] std::size_t changed() const override { return 0; }
    Result<void> collect(std::vector<DocumentChange>& changes) override;
    void committed() override;
    void drop() override;

private:
    std::vector<std::unique_ptr<PartitionWorker>> workers_;
};

}  // namespace mainstem::projection
