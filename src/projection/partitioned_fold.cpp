// Chunks go to the threads by a bounded queue each; a commit waits until all are empty.
#include "projection/partitioned_fold.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace mainstem::projection {
namespace {

constexpr std::size_t chunk_events = 256;
constexpr std::size_t chunks_waiting = 8;

}  // namespace

PartitionWorker::PartitionWorker(std::unique_ptr<Fold> fold)
    : fold_(std::move(fold)), thread_([this] { run(); }) {}

PartitionWorker::~PartitionWorker() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void PartitionWorker::add(const EventView& event) {
    filling_.add(event);
    if (filling_.size() == chunk_events) hand_over();
}

void PartitionWorker::hand_over() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return waiting_.size() < chunks_waiting; });
    waiting_.push_back(std::exchange(filling_, {}));
    changed_.notify_all();
}

Result<void> PartitionWorker::finish() {
    if (filling_.size() > 0) hand_over();
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
    return error_ ? Result<void>{*error_} : Result<void>{};
}

void PartitionWorker::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        auto chunk = std::move(waiting_.front());
        waiting_.pop_front();
        busy_ = true;
        const bool spoiled = error_.has_value();
        lock.unlock();
        changed_.notify_all();
        std::optional<Error> error;
        if (!spoiled) {
            chunk.each([&](const EventView& event) {
                if (auto done = fold_->apply(event); !done) error = std::move(done).error();
                return !error;
            });
        }
        lock.lock();
        if (error) error_ = std::move(error);
        busy_ = false;
        changed_.notify_all();
    }
}

PartitionedFold::PartitionedFold(const Projection& projection, const FoldBegin& begin,
                                 std::size_t partitions) {
    auto each = begin;
    each.documents_most = begin.documents_most / partitions;
    for (std::size_t i = 0; i < partitions; ++i) {
        workers_.push_back(std::make_unique<PartitionWorker>(projection.fold(each)));
    }
}

Result<void> PartitionedFold::apply(const EventView& event) {
    workers_[std::hash<std::string_view>{}(event.stream) % workers_.size()]->add(event);
    return {};
}

Result<void> PartitionedFold::collect(std::vector<DocumentChange>& changes) {
    Result<void> done;
    // All of them come to rest, also if one has failed.
    for (const auto& worker : workers_) {
        if (auto one = worker->finish(); done && !one) done = std::move(one);
    }
    for (const auto& worker : workers_) {
        if (done) done = worker->fold().collect(changes);
    }
    return done;
}

void PartitionedFold::committed() {
    for (const auto& worker : workers_) worker->fold().committed();
}

void PartitionedFold::drop() {
    for (const auto& worker : workers_) {
        static_cast<void>(worker->finish());
        worker->forget_error();
        worker->fold().drop();
    }
}

}  // namespace mainstem::projection
