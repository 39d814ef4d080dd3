// Group commit without a timer. Callers put their appends in a queue; whoever finds the writer's
// role free takes it, serves everything that waits as one group, and hands the role over to one
// that came in the meantime. So the group grows as the disk slows, and a single client pays for no
// other thread. A group of buffered appends takes a few microseconds, less than to wake a thread:
// while such a one is served, those who wait look again and again before they sleep, and the role
// stays where it is rather than wait for a sleeper. Asynchronous appends have no thread of their
// own: where only such wait, a committer thread takes the role.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "log/pending.hpp"

namespace mainstem::log {

class CommitQueue {
public:
    /// Answers a group; called by one thread at a time.
    using Serve = std::function<void(std::span<Pending* const>)>;

    /// `committer`: start a thread for asynchronous appends; without it, call serve_pending.
    CommitQueue(Serve serve, bool committer);
    /// Answers everything that was queued, then ends.
    ~CommitQueue();
    CommitQueue(const CommitQueue&) = delete;
    CommitQueue& operator=(const CommitQueue&) = delete;

    /// Queues and waits until `pending` is answered; waits for room, too, while the queue is full.
    void run(Pending& pending);
    /// Queues a request with a callback. False, and nothing done, if the queue is full.
    bool submit(std::unique_ptr<Pending>& pending);
    /// Serves what is queued as one group on this thread. Returns its size. For simulation.
    std::size_t serve_pending();

private:
    void push(Pending& pending);
    void lead(std::unique_lock<std::mutex>& lock, const Pending* own);
    std::vector<Pending*> take_group();
    [[nodiscard]] Pending* next_leader() const;
    [[nodiscard]] bool keeps_role(const Pending& next_leader, int groups) const;
    std::uint32_t wait(Pending& pending) const;
    void commit_loop();
    [[nodiscard]] bool full() const noexcept;

    Serve serve_;
    std::mutex mutex_;
    std::condition_variable room_;       ///< for callers, while the queue is full
    std::condition_variable committer_;  ///< for the committer: work, or the end
    Pending* first_ = nullptr;
    Pending* last_ = nullptr;
    std::size_t queued_ = 0;
    std::size_t queued_bytes_ = 0;
    std::size_t blocking_ = 0;        ///< of the queued, those with a thread that waits
    std::size_t flushed_ = 0;         ///< of the queued, those that wait for the disk
    std::atomic<bool> brief_{false};  ///< the group that is served does not wait for the disk
    std::size_t waiting_for_room_ = 0;
    bool role_taken_ = false;
    bool committer_wanted_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace mainstem::log
