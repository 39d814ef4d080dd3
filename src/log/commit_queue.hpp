// Group commit without a timer. Callers put their appends in a queue and then do what is there to
// do: whoever finds that nobody decides about what is queued does that, for all, also while the
// disk is busy with the group before; whoever finds the disk free commits all that was decided as
// one group, then hands the disk over to one of those who wait. So the group grows as the disk
// slows, and a single client pays for no other thread.
//
// A group of buffered appends takes a few microseconds, less than to wake a thread: while such a
// one is committed, those who wait look again and again before they sleep, and the disk stays with
// its holder rather than wait for a sleeper. Asynchronous appends have no thread of their own:
// where only such wait, a committer thread does the work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "log/pending.hpp"

namespace mainstem::log {

class CommitQueue {
public:
    /// What is done with requests. At any time one thread decides, at most, and one commits.
    class Service {
    public:
        Service() = default;
        Service(const Service&) = delete;
        Service& operator=(const Service&) = delete;
        virtual ~Service() = default;

        /// Decides about the requests in order and adds them to the growing group. Returns how many
        /// it could decide, which is all of them if nothing is being committed.
        virtual std::size_t decide(std::span<Pending* const> requests,
                                   bool disk_is_free) noexcept = 0;
        /// The growing group is the one to be committed. While nobody decides or commits.
        virtual void close_group() noexcept = 0;
        /// Commits that group, which is made of these requests, and sets their answers.
        virtual void commit(std::span<Pending* const> requests) noexcept = 0;
    };

    /// `committer`: start a thread for asynchronous appends; without it, call serve_pending.
    CommitQueue(Service& service, bool committer);
    ~CommitQueue() { end(); }
    CommitQueue(const CommitQueue&) = delete;
    CommitQueue& operator=(const CommitQueue&) = delete;

    /// Answers everything that was queued, also what callbacks queue meanwhile. Nothing may be
    /// queued after.
    void end();
    /// True on the thread that calls callbacks for want of another.
    [[nodiscard]] bool on_committer() const noexcept {
        return thread_.get_id() == std::this_thread::get_id();
    }

    /// Queues and waits until `pending` is answered; waits for room, too, while the queue is full.
    void run(Pending& pending);
    /// The same for several that share a waiter: they are queued in this order, next to each other,
    /// all at once if there is room for all. Else in pieces, each when the one before is answered.
    void run(std::span<Pending* const> requests);
    /// Queues a request with a callback. False, and nothing done, if the queue is full.
    bool submit(std::unique_ptr<Pending>& pending);
    /// Serves what is queued as one group on this thread. Returns its size. For simulation.
    std::size_t serve_pending();
    /// Decides about what is queued while this thread is within a commit. For simulation.
    void decide_pending();

private:
    using Lock = std::unique_lock<std::mutex>;

    /// Requests that wait, in order.
    struct Waiting {
        std::vector<Pending*> requests;
        std::size_t bytes = 0;
        std::size_t blocking = 0;  ///< those with a thread that waits
        std::size_t flushed = 0;   ///< those that wait for the disk

        void push(Pending& pending);
    };

    std::size_t queue(Lock& lock, std::span<Pending* const> requests);
    void work(Lock lock, const Waiter* own);
    void decide(Lock& lock);
    void put_back(std::span<Pending* const> requests);
    void commit(Lock& lock, std::span<Pending* const> group, bool brief);
    Pending* next_committer();
    void tell_committer();
    [[nodiscard]] bool keeps_disk(const Pending& next, int groups) const;
    std::uint32_t wait(Waiter& waiter) const;
    void commit_loop();
    [[nodiscard]] bool full() const noexcept;

    Service* service_;
    std::mutex mutex_;
    std::condition_variable room_;       ///< for callers, while the queue is full
    std::condition_variable committer_;  ///< for the committer: work, or the end
    Waiting queued_;
    Waiting in_hand_;  ///< of who decides
    Waiting decided_;
    std::size_t waiting_for_room_ = 0;
    bool deciding_ = false;
    bool committing_ = false;  ///< or the disk is promised to one who is being woken
    bool stuck_ = false;       ///< the first that is queued cannot be decided beside a commit
    std::atomic<bool> brief_{false};  ///< what is committed does not wait for the disk
    bool committer_wanted_ = false;
    bool committer_works_ = false;  ///< it will look again by itself: nothing is promised to it
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace mainstem::log
