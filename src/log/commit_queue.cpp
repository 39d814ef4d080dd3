// The queue in front of the writer: who decides, who commits, who is woken.
#include "log/commit_queue.hpp"

#include <algorithm>

#include <immintrin.h>

#include <mainstem/core/limits.hpp>

#include "core/futex.hpp"

namespace mainstem::log {
namespace {

/// About ten microseconds of looking, several times what a brief group takes.
constexpr int looks_before_sleep = 200;
/// So many groups are committed before the disk goes to one who sleeps.
constexpr int groups_in_a_row = 16;

/// A group of so many bytes is not kept waiting for more while the disk is free.
constexpr std::size_t enough_bytes = 128UL << 10;

/// Wakes the thread behind a request. The waiter may be gone as soon as its turn is set.
void wake(Waiter& waiter, Waiter::Turn turn) {
    std::atomic<std::uint32_t>& word = waiter.turn;
    const std::uint32_t before = word.exchange(turn, std::memory_order_acq_rel);
    if (before == Waiter::asleep) futex_wake_one(&word);
}

/// Wakes or calls all of a group but `own`, whose thread this is.
void answer(std::span<Pending* const> group, const Waiter* own) {
    for (Pending* pending : group) {
        if (pending->done) {
            const std::unique_ptr<Pending> owned{pending};
            owned->done(owned->answer());
            continue;
        }
        Waiter& waiter = *pending->waiter;
        if (!waiter.count_answer()) continue;
        if (&waiter == own) {
            waiter.turn.store(Waiter::answered, std::memory_order_relaxed);
        } else {
            wake(waiter, Waiter::answered);
        }
    }
}

}  // namespace

void CommitQueue::Waiting::push(Pending& pending) {
    requests.push_back(&pending);
    bytes += pending.request.frame.size();
    if (!pending.done) ++blocking;
    if (pending.request.durability == Durability::flushed) ++flushed;
}

CommitQueue::CommitQueue(Service& service, bool committer) : service_(&service) {
    if (committer) thread_ = std::thread{[this] { commit_loop(); }};
}

void CommitQueue::end() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
        committer_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    while (serve_pending() > 0) {
    }
}

std::uint32_t CommitQueue::wait(Waiter& waiter) const {
    for (int i = 0; i < looks_before_sleep && brief_.load(std::memory_order_relaxed); ++i) {
        const std::uint32_t turn = waiter.turn.load(std::memory_order_acquire);
        if (turn != Waiter::waiting) return turn;
        _mm_pause();
    }
    std::uint32_t turn = Waiter::waiting;
    if (!waiter.turn.compare_exchange_strong(turn, Waiter::asleep, std::memory_order_acq_rel)) {
        return turn;
    }
    while ((turn = waiter.turn.load(std::memory_order_acquire)) == Waiter::asleep) {
        futex_wait(waiter.turn, Waiter::asleep);
    }
    return turn;
}

bool CommitQueue::full() const noexcept {
    std::size_t requests = 0;
    std::size_t bytes = 0;
    for (const Waiting* waiting : {&queued_, &in_hand_, &decided_}) {
        requests += waiting->requests.size();
        bytes += waiting->bytes;
    }
    return requests >= limits::queued_requests || bytes >= limits::queued_bytes.value;
}

void CommitQueue::run(Pending& pending) {
    Pending* const one = &pending;
    run(std::span{&one, 1});
}

void CommitQueue::run(std::span<Pending* const> requests) {
    Waiter& waiter = *requests.front()->waiter;
    while (!requests.empty()) {
        Lock lock{mutex_};
        requests = requests.subspan(queue(lock, requests));
        for (;;) {
            work(std::move(lock), &waiter);
            if (wait(waiter) == Waiter::answered) break;
            // The disk was promised to this thread; who decides just now would commit instead.
            lock = Lock{mutex_};
            waiter.turn.store(Waiter::waiting, std::memory_order_relaxed);
            committing_ = false;
        }
    }
}

/// Waits for room and queues as many as there is room for. Returns how many.
std::size_t CommitQueue::queue(Lock& lock, std::span<Pending* const> requests) {
    ++waiting_for_room_;
    room_.wait(lock, [this] { return !full(); });
    --waiting_for_room_;
    std::size_t count = 0;
    do {
        queued_.push(*requests[count]);
        ++count;
    } while (count < requests.size() && !full());
    Waiter& waiter = *requests.front()->waiter;
    waiter.turn.store(Waiter::waiting, std::memory_order_relaxed);
    waiter.unanswered.store(count, std::memory_order_relaxed);
    return count;
}

bool CommitQueue::submit(std::unique_ptr<Pending>& pending) {
    const std::lock_guard lock{mutex_};
    if (full()) return false;
    queued_.push(*pending.release());
    if (!committing_ && !deciding_) tell_committer();
    return true;
}

/// Does what is there to do. Answers `own` only by its turn, since this is its thread.
void CommitQueue::work(Lock lock, const Waiter* own) {
    for (int groups = 1;; ++groups) {
        decide(lock);
        if (deciding_ || committing_ || decided_.requests.empty()) return;
        Waiting group;
        std::swap(group, decided_);
        commit(lock, group.requests, group.flushed == 0);
        // A callback is the user's code, not for within a role.
        const bool callbacks = group.blocking < group.requests.size();
        Pending* next = next_committer();
        const bool keep = next != nullptr && !callbacks && keeps_disk(*next, groups);
        if (next != nullptr) committing_ = true;
        lock.unlock();
        if (next != nullptr && !keep) wake(*next->waiter, Waiter::lead);
        answer(group.requests, own);
        if (!keep) return;
        lock.lock();
        committing_ = false;
    }
}

/// Decides about what is queued: all of it while the disk is busy, else once, to commit it then.
void CommitQueue::decide(Lock& lock) {
    while (!deciding_ && !queued_.requests.empty() && !(stuck_ && committing_)) {
        if (!committing_ && decided_.bytes >= enough_bytes) return;
        std::swap(in_hand_, queued_);
        deciding_ = true;
        const bool disk_is_free = !committing_;
        lock.unlock();
        const std::size_t count = service_->decide(in_hand_.requests, disk_is_free);
        lock.lock();
        deciding_ = false;
        const Waiting batch = std::exchange(in_hand_, {});
        stuck_ = count < batch.requests.size();
        for (std::size_t i = 0; i < count; ++i) decided_.push(*batch.requests[i]);
        if (stuck_) put_back(std::span{batch.requests}.subspan(count));
        if (disk_is_free) return;
    }
}

/// Queues requests again, before all that came since.
void CommitQueue::put_back(std::span<Pending* const> requests) {
    Waiting later;
    std::swap(later, queued_);
    for (Pending* pending : requests) queued_.push(*pending);
    for (Pending* pending : later.requests) queued_.push(*pending);
}

/// Commits a group on this thread.
void CommitQueue::commit(Lock& lock, std::span<Pending* const> group, bool brief) {
    service_->close_group();
    committing_ = true;
    brief_.store(brief, std::memory_order_relaxed);
    if (waiting_for_room_ > 0) room_.notify_all();
    lock.unlock();
    service_->commit(group);
    lock.lock();
    committing_ = false;
}

/// Chooses who commits what waits now. nullptr: nobody needs to be woken, since nothing waits, or
/// somebody decides and will commit, or the committer was told.
Pending* CommitQueue::next_committer() {
    if (deciding_ || (queued_.requests.empty() && decided_.requests.empty())) return nullptr;
    for (const Waiting* waiting : {&decided_, &queued_}) {
        if (waiting->blocking == 0) continue;
        return *std::ranges::find_if(waiting->requests, [](Pending* p) { return !p->done; });
    }
    tell_committer();
    return nullptr;
}

void CommitQueue::tell_committer() {
    if (!thread_.joinable() || committer_works_) return;
    committing_ = true;
    committer_wanted_ = true;
    committer_.notify_one();
}

bool CommitQueue::keeps_disk(const Pending& next, int groups) const {
    return queued_.flushed + decided_.flushed == 0 && groups < groups_in_a_row &&
           next.waiter->turn.load(std::memory_order_relaxed) == Waiter::asleep;
}

std::size_t CommitQueue::serve_pending() {
    Lock lock{mutex_};
    const std::size_t size = queued_.requests.size() + decided_.requests.size();
    if (size == 0 || committing_ || deciding_) return 0;
    work(std::move(lock), nullptr);
    return size;
}

void CommitQueue::decide_pending() {
    Lock lock{mutex_};
    if (committing_) decide(lock);
}

void CommitQueue::commit_loop() {
    for (;;) {
        Lock lock{mutex_};
        committer_.wait(lock, [this] { return committer_wanted_ || ending_; });
        if (!committer_wanted_) return;
        committer_wanted_ = false;
        committing_ = false;
        committer_works_ = true;
        work(std::move(lock), nullptr);
        lock = Lock{mutex_};
        committer_works_ = false;
        const bool waits = !queued_.requests.empty() || !decided_.requests.empty();
        if (waits && !committing_ && !deciding_) tell_committer();
    }
}

}  // namespace mainstem::log
