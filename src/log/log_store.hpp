// The embedded log as a store: brings callers, the queue, the writer and readers together, and
// runs two threads beside them: a helper that flushes what is buffered and writes zeros ahead, and
// an indexer, which may take seconds for a segment: it writes index files of segments that were
// just sealed, and makes those anew that opening found in disorder. Closing it (destruction)
// answers all that was accepted, flushes it and trims the last file; cursors keep it open.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <mainstem/store/event_store.hpp>

#include "log/commit_queue.hpp"
#include "log/follower.hpp"
#include "log/follower_thread.hpp"
#include "log/index_repairs.hpp"
#include "log/log_config.hpp"
#include "log/request_history.hpp"
#include "log/waiting_indexes.hpp"
#include "log/writer.hpp"

namespace mainstem::log {

class LogStore final : public EventStore,
                       public std::enable_shared_from_this<LogStore>,
                       private CommitQueue::Service {
public:
    static Result<std::shared_ptr<LogStore>> open(const std::string& directory,
                                                  const LogConfig& config);
    ~LogStore() override;

    Result<Appended> append(const AppendRequest& request) override;
    std::vector<Result<Appended>> append_group(const std::vector<AppendRequest>& requests) override;
    void async_append(const AppendRequest& request, AppendDone done) override;
    Result<Appended> append_system(const AppendRequest& request) override;
    Result<std::optional<Appended>> find_request(const EventId& first) override;
    EventCursor read_stream(const StreamId& stream, const StreamRead& read) override;
    EventCursor read_streams(const std::vector<StreamFrom>& streams,
                             std::size_t page_events) override;
    EventCursor read_positions(const std::vector<Position>& positions,
                               std::size_t page_events) override;
    EventCursor read_all(const PositionRead& read) override;
    Result<ReadPlan> explain(const PositionRead& read) override;
    Result<std::shared_ptr<Watch>> watch() override;
    Result<Position> head() override;
    Result<StreamInfo> stream_info(const StreamId& stream) override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override;
    Result<StoreStats> stats() override;

    // Without a helper thread (LogConfig::helper_thread), the caller does its work by these.

    /// Serves all queued requests as one group on this thread. Returns how many there were.
    std::size_t serve_pending();
    /// Decides about queued requests from within a commit, as another thread would beside it.
    void decide_pending();
    /// Flushes what buffered appends have written.
    void flush_buffered();
    /// Writes indexes of sealed segments, makes broken ones anew, zeroes ahead.
    void run_background();

private:
    struct Reach;

    LogStore(OpenedLog log, const LogConfig& config, Random random);

    Result<void> check(const AppendRequest& request, bool system) const;
    Result<void> look_through_history(Pending& pending) const;
    static Result<void> look_at_condition(const SegmentList& list, Pending& pending);
    Result<void> prepare(const AppendRequest& request, bool system, Pending& pending) const;
    Result<Appended> append_checked(const AppendRequest& request, bool system);
    /// The segments as readers may see them now.
    Result<std::shared_ptr<const SegmentList>> visible_segments();
    Result<Reach> reach_of(const PositionRead& read);
    std::size_t decide(std::span<Pending* const> requests, bool disk_is_free) noexcept override;
    void close_group() noexcept override;
    void commit(std::span<Pending* const> requests) noexcept override;
    void tell_subscribers();
    void helper_loop();
    void indexer_loop();
    [[nodiscard]] bool on_own_thread() const noexcept;
    void segment_sealed(std::shared_ptr<Segment> segment);
    void wake_helper();
    void write_indexes();
    void join_filters();
    void write_zeros();
    void share_memory();

    /// Memory is shared anew when the index of the last segment has grown by so much.
    static constexpr std::uint64_t memory_step = 4ULL << 20;

    LogConfig config_;
    std::shared_ptr<const SegmentContext> context_;
    std::unique_ptr<FileLock> lock_;
    Segments segments_;
    WaitingIndexes waiting_indexes_;
    mutable RequestHistory request_history_;
    std::unique_ptr<Follower> follower_;  ///< read-only stores
    std::unique_ptr<Writer> writer_;      ///< others
    std::unique_ptr<CommitQueue> queue_;
    std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
    std::unique_ptr<FollowerThread> follower_thread_;  ///< of read-only stores that are watched
    std::mutex follower_thread_mutex_;

    std::mutex helper_mutex_;
    std::condition_variable helper_wake_;
    std::condition_variable indexer_wake_;
    std::atomic<bool> helper_wanted_{false};
    std::atomic<std::uint64_t> shared_with_{0};  ///< the index of the last segment then
    std::atomic<bool> flush_planned_{false};  ///< the helper will flush what buffered appends wrote
    std::atomic<bool> closing_{false};        ///< set under helper_mutex_
    bool flush_failure_told_ = false;         ///< the helper's
    IndexRepairs repairs_;                    ///< the indexer's
    std::thread helper_;
    std::thread indexer_;
};

}  // namespace mainstem::log
