// The queue in front of the writer, and the hand-over of its role.
#include "log/commit_queue.hpp"

#include <immintrin.h>

#include <mainstem/core/limits.hpp>

#include "core/futex.hpp"

namespace mainstem::log {
namespace {

std::size_t bytes_of(const Pending& pending) { return pending.request.frame.size(); }

/// About ten microseconds of looking, several times what a brief group takes.
constexpr int looks_before_sleep = 200;
/// So many groups are served before the role goes to one who sleeps.
constexpr int groups_in_a_row = 16;

/// Wakes the thread behind a request. The request may be gone as soon as its turn is set.
void wake(Pending& pending, Pending::Turn turn) {
    std::atomic<std::uint32_t>& word = pending.turn;
    const std::uint32_t before = word.exchange(turn, std::memory_order_acq_rel);
    if (before == Pending::asleep) futex_wake_one(&word);
}

/// Hands their answers to all but `own`, whose thread this is.
void answer(const std::vector<Pending*>& group, const Pending* own) {
    for (Pending* pending : group) {
        if (pending == own) continue;
        if (!pending->done) {
            wake(*pending, Pending::answered);
            continue;
        }
        const std::unique_ptr<Pending> owned{pending};
        owned->done(owned->answer());
    }
}

}  // namespace

CommitQueue::CommitQueue(Serve serve, bool committer) : serve_(std::move(serve)) {
    if (committer) thread_ = std::thread{[this] { commit_loop(); }};
}

CommitQueue::~CommitQueue() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
        committer_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    while (serve_pending() > 0) {
    }
}

std::uint32_t CommitQueue::wait(Pending& pending) const {
    for (int i = 0; i < looks_before_sleep && brief_.load(std::memory_order_relaxed); ++i) {
        const std::uint32_t turn = pending.turn.load(std::memory_order_acquire);
        if (turn != Pending::waiting) return turn;
        _mm_pause();
    }
    std::uint32_t turn = Pending::waiting;
    if (!pending.turn.compare_exchange_strong(turn, Pending::asleep, std::memory_order_acq_rel)) {
        return turn;
    }
    while ((turn = pending.turn.load(std::memory_order_acquire)) == Pending::asleep) {
        futex_wait(pending.turn, Pending::asleep);
    }
    return turn;
}

bool CommitQueue::full() const noexcept {
    return queued_ >= limits::queued_requests || queued_bytes_ >= limits::queued_bytes.value;
}

void CommitQueue::push(Pending& pending) {
    pending.next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = &pending;
    last_ = &pending;
    ++queued_;
    queued_bytes_ += bytes_of(pending);
    if (!pending.done) ++blocking_;
    if (pending.request.durability == Durability::flushed) ++flushed_;
}

void CommitQueue::run(Pending& pending) {
    {
        std::unique_lock lock{mutex_};
        ++waiting_for_room_;
        room_.wait(lock, [this] { return !full(); });
        --waiting_for_room_;
        push(pending);
        if (!role_taken_) {
            role_taken_ = true;
            lead(lock, &pending);
            return;
        }
    }
    if (wait(pending) == Pending::answered) return;
    std::unique_lock lock{mutex_};
    lead(lock, &pending);
}

bool CommitQueue::submit(std::unique_ptr<Pending>& pending) {
    const std::lock_guard lock{mutex_};
    if (full()) return false;
    push(*pending.release());
    if (!role_taken_ && thread_.joinable()) {
        role_taken_ = true;
        committer_wanted_ = true;
        committer_.notify_one();
    }
    return true;
}

std::vector<Pending*> CommitQueue::take_group() {
    std::vector<Pending*> group;
    group.reserve(queued_);
    for (Pending* pending = first_; pending != nullptr; pending = pending->next) {
        group.push_back(pending);
    }
    first_ = last_ = nullptr;
    brief_.store(flushed_ == 0, std::memory_order_relaxed);
    queued_ = queued_bytes_ = blocking_ = flushed_ = 0;
    if (waiting_for_room_ > 0) room_.notify_all();
    return group;
}

Pending* CommitQueue::next_leader() const {
    if (blocking_ == 0) return nullptr;
    Pending* pending = first_;
    while (pending->done) pending = pending->next;
    return pending;
}

bool CommitQueue::keeps_role(const Pending& next_leader, int groups) const {
    return flushed_ == 0 && groups < groups_in_a_row &&
           next_leader.turn.load(std::memory_order_relaxed) == Pending::asleep;
}

void CommitQueue::lead(std::unique_lock<std::mutex>& lock, const Pending* own) {
    bool keep = true;
    for (int groups = 1; keep; ++groups) {
        const bool callbacks = blocking_ < queued_;  // the user's code, not for within the role
        const std::vector<Pending*> group = take_group();
        lock.unlock();
        serve_(group);
        lock.lock();
        Pending* leader = next_leader();
        keep = !callbacks && leader != nullptr && keeps_role(*leader, groups);
        if (leader == nullptr && first_ != nullptr && thread_.joinable()) {
            committer_wanted_ = true;
            committer_.notify_one();
        } else if (leader == nullptr) {
            role_taken_ = false;
        }
        lock.unlock();
        if (leader != nullptr && !keep) wake(*leader, Pending::lead);
        answer(group, own);
        if (keep) lock.lock();
    }
}

std::size_t CommitQueue::serve_pending() {
    std::unique_lock lock{mutex_};
    if (first_ == nullptr || role_taken_) return 0;
    const std::size_t size = queued_;
    role_taken_ = true;
    lead(lock, nullptr);
    return size;
}

void CommitQueue::commit_loop() {
    std::unique_lock lock{mutex_};
    for (;;) {
        committer_.wait(lock, [this] { return committer_wanted_ || ending_; });
        if (!committer_wanted_) return;
        committer_wanted_ = false;
        lead(lock, nullptr);
        lock.lock();
    }
}

}  // namespace mainstem::log
