// The store's side of appends: checking, looking through history, queueing; and the helper.
#include "log/log_store.hpp"

#include <fmt/format.h>

#include "log/index_files.hpp"
#include "log/joined_filters.hpp"
#include "log/stored_request.hpp"
#include "store/errors.hpp"

namespace mainstem::log {
namespace {

/// Requests that this thread has used before and uses again: their memory is the point. A stack,
/// because a callback may run inside an append. It keeps those of a usual group.
class PendingPool {
public:
    std::unique_ptr<Pending> take() {
        if (pool_.empty()) return std::make_unique<Pending>();
        auto pending = std::move(pool_.back());
        pool_.pop_back();
        bytes_ -= pending->request.frame.capacity();
        pending->reset();
        return pending;
    }
    void give_back(std::unique_ptr<Pending> pending) {
        constexpr std::size_t kept_bytes = 4 << 20;
        constexpr std::size_t kept_requests = 128;
        const std::size_t bytes = pending->request.frame.capacity();
        if (bytes_ + bytes > kept_bytes || pool_.size() == kept_requests) return;
        bytes_ += bytes;
        pool_.push_back(std::move(pending));
    }

private:
    std::vector<std::unique_ptr<Pending>> pool_;
    std::size_t bytes_ = 0;  ///< of their frames
};
thread_local PendingPool pending_pool;

}  // namespace

Result<std::shared_ptr<LogStore>> LogStore::open(const std::string& directory,
                                                 const LogConfig& config) {
    if (config.segment_size < limits::segment_least || config.segment_size > limits::segment_most) {
        return Error{StoreError::invalid,
                     fmt::format("a segment size of {} bytes is not within {} and {}",
                                 config.segment_size.value, limits::segment_least.value,
                                 limits::segment_most.value)};
    }
    Random random = config.seed == 0 ? Random::from_system() : Random{config.seed};
    const Directory place{directory};
    auto log = config.mode == OpenMode::read_only ? open_for_reading(place, config)
                                                  : open_for_writing(place, config, random);
    if (!log) return log.error();
    // A callback can drop the last handle: then the store cannot wait for its own thread.
    const auto close = [](LogStore* store) {
        if (store->on_own_thread()) {
            std::thread{[store] { delete store; }}.detach();
        } else {
            delete store;
        }
    };
    return std::shared_ptr<LogStore>{new LogStore{*std::move(log), config, random}, close};
}

LogStore::LogStore(OpenedLog log, const LogConfig& config, Random random)
    : config_(config),
      context_(log.context),
      lock_(std::move(log.lock)),
      segments_(std::move(log.segments)),
      waiting_indexes_({config.memory.value / 2}) {
    if (config.mode == OpenMode::read_only) {
        follower_ = std::make_unique<Follower>(context_->directory, config, segments_);
        return;
    }
    writer_ = std::make_unique<Writer>(
        log, config, random, segments_,
        [this](std::shared_ptr<Segment> segment) { segment_sealed(std::move(segment)); });
    CommitQueue::Service& service = *this;
    queue_ = std::make_unique<CommitQueue>(service, config.helper_thread);
    repairs_ = IndexRepairs{sealed_segments(*segments_.list())};
    tell_subscribers();
    share_memory();
    if (!config.helper_thread) return;
    helper_ = std::thread{[this] { helper_loop(); }};
    indexer_ = std::thread{[this] { indexer_loop(); }};
}

bool LogStore::on_own_thread() const noexcept {
    const auto here = std::this_thread::get_id();
    return here == helper_.get_id() || here == indexer_.get_id() ||
           (queue_ && queue_->on_committer());
}

LogStore::~LogStore() {
    follower_thread_.reset();
    {
        const std::lock_guard lock{helper_mutex_};
        closing_ = true;
        helper_wake_.notify_all();
        indexer_wake_.notify_all();
    }
    if (helper_.joinable()) helper_.join();
    if (indexer_.joinable()) indexer_.join();
    if (queue_) queue_->end();
    if (writer_) writer_->close();
    write_indexes();
    lock_.reset();
    watch_->end(store_closed_error());  // who is told can open it again
}

Result<void> LogStore::check(const AppendRequest& request, bool system) const {
    if (!writer_) {
        return Error{StoreError::read_only, "the store was opened for reading only"};
    }
    return check_request(request, system);
}

/// Looks for the streams and the request in sealed segments, and at the condition in all that is
/// visible: here the disk may be touched. The writer then only looks at what came after.
Result<void> LogStore::look_through_history(Pending& pending) const {
    const auto list = segments_.list();
    const std::size_t sealed = list->size() - 1;
    pending.sealed_segments_seen = sealed;
    const std::uint64_t most = config_.segment_size.value / 4;
    if (pending.request.frame.size() > most) {
        return Error{StoreError::invalid,
                     fmt::format("a request of {} bytes is larger than {}, a quarter of a segment; "
                                 "split it",
                                 pending.request.frame.size(), most)};
    }
    const auto condition = look_at_condition(*list, pending);
    if (!condition || sealed == 0) return condition;
    Segment& active = *list->back();
    for (RequestStream& stream : pending.request.streams) {
        const auto here = active.with_index([&](const SegmentIndex& index) {
            return index.find(stream.key, active.visible().count);
        });
        if (!here) return here.error();
        if (*here) continue;
        const auto head = head_in(*list, 0, sealed, stream.key);
        if (!head) return head.error();
        stream.history = *head;
    }
    if (!pending.request.writes()) return {};
    const auto known = request_history_.may_hold(*list, sealed, pending.request.id());
    if (!known) return known.error();
    if (!*known) return {};
    auto repeat = repeat_in(*list, 0, sealed, pending.request);
    if (!repeat) return repeat.error();
    pending.history = *std::move(repeat);
    return {};
}

Result<void> LogStore::look_at_condition(const SegmentList& list, Pending& pending) {
    const EncodedRequest& request = pending.request;
    if (request.condition == nullptr) return {};
    const Ordinal count = list.back()->visible().count;
    ConditionLook& look = pending.look;
    look.upto = {list.back()->first().value + count - 1};
    const auto last = [&](const TermQuery& query, Position after, Position& found) -> Result<void> {
        const auto match = last_match_in(list, count, query, after);
        if (!match) return match.error();
        found = *match;
        return {};
    };
    if (request.condition->changed) {
        const auto looked = last(request.changed, request.condition->after, look.changed);
        if (!looked) return looked;
    }
    if (request.condition->exists) return last(request.exists, {}, look.exists);
    return {};
}

/// What the caller of an append does before it is queued.
Result<void> LogStore::prepare(const AppendRequest& request, bool system, Pending& pending) const {
    const auto checked = check(request, system);
    if (!checked) return checked;
    pending.request.encode(request, false);
    return look_through_history(pending);
}

Result<Appended> LogStore::append_checked(const AppendRequest& request, bool system) {
    auto pending = pending_pool.take();
    const auto prepared = prepare(request, system, *pending);
    if (!prepared) return prepared.error();
    queue_->run(*pending);
    auto answer = pending->answer();
    pending_pool.give_back(std::move(pending));
    return answer;
}

Result<Appended> LogStore::append(const AppendRequest& request) {
    return append_checked(request, false);
}

std::vector<Result<Appended>> LogStore::append_group(const std::vector<AppendRequest>& requests) {
    UnstoredStreams unstored;
    Waiter waiter;
    std::vector<std::unique_ptr<Pending>> group;
    std::vector<Pending*> queued;
    group.reserve(requests.size());
    queued.reserve(requests.size());
    for (const AppendRequest& request : requests) {
        Pending& pending = *group.emplace_back(pending_pool.take());
        const auto prepared = prepare(request, false, pending);
        if (!prepared) {
            pending.refusal = prepared.error();
            pending.request.encode({.durability = Durability::buffered}, false);
        }
        pending.asked = &request;
        pending.unstored = &unstored;
        pending.waiter = &waiter;
        queued.push_back(&pending);
    }
    if (queue_ && !queued.empty()) queue_->run(queued);
    std::vector<Result<Appended>> answers;
    answers.reserve(group.size());
    for (auto& pending : group) {
        answers.push_back(pending->answer());
        pending_pool.give_back(std::move(pending));
    }
    return answers;
}

Result<Appended> LogStore::append_system(const AppendRequest& request) {
    return append_checked(request, true);
}

void LogStore::async_append(const AppendRequest& request, AppendDone done) {
    const auto checked = check(request, false);
    if (!checked) return done(checked.error());
    auto pending = std::make_unique<Pending>();
    pending->request.encode(request, true);
    const auto looked = look_through_history(*pending);
    if (!looked) return done(looked.error());
    pending->done = std::move(done);
    if (queue_->submit(pending)) return;
    pending->done(Error{StoreError::overloaded,
                        fmt::format("the queue of appends is full ({} requests or {} MiB); try "
                                    "again later",
                                    limits::queued_requests, limits::queued_bytes.value >> 20)});
}

std::size_t LogStore::decide(std::span<Pending* const> requests, bool disk_is_free) noexcept {
    const std::size_t decided = writer_->decide(requests, disk_is_free);
    if (disk_is_free) tell_subscribers();  // a full segment may have been committed
    return decided;
}

void LogStore::tell_subscribers() {
    // In this order: after a failure nothing more settles, so the end is told after the last event.
    const bool failed = writer_->failed();
    watch_->advance(writer_->settled());
    if (!failed) return;
    const std::string reason = writer_->failure()->message();
    watch_->end({StoreError::stopped,
                 "a write or a flush has failed (" + reason + "); open the store again"});
}

void LogStore::close_group() noexcept { writer_->close_group(); }

void LogStore::commit(std::span<Pending* const> requests) noexcept {
    writer_->commit(requests);
    tell_subscribers();
    const bool flush_is_due = writer_->unflushed() && !flush_planned_.exchange(true);
    const std::uint64_t shared = shared_with_.load(std::memory_order_relaxed);
    const bool grown = writer_->index_memory().value > shared + memory_step;
    if (flush_is_due || grown || writer_->preallocation().wants_zeros()) wake_helper();
}

Result<std::shared_ptr<Watch>> LogStore::watch() {
    if (!follower_) return watch_;
    const std::lock_guard lock{follower_thread_mutex_};
    const auto look = [this] {
        follower_->open_head_anew();
        return head();
    };
    if (!follower_thread_ || watch_->ended()) {
        auto changes = config_.disk->watch(context_->directory.path());
        if (!changes) return store_error(changes.error());
        follower_thread_.reset();
        watch_ = std::make_shared<Watch>();
        follower_thread_ = std::make_unique<FollowerThread>(*std::move(changes), watch_, look);
    }
    // Every change from here on is seen: what is there now is told before anybody waits.
    const auto now = look();
    if (!now) return now.error();
    watch_->advance(*now);
    return watch_;
}

std::size_t LogStore::serve_pending() { return queue_->serve_pending(); }

void LogStore::decide_pending() { queue_->decide_pending(); }

void LogStore::flush_buffered() {
    const auto flushed = writer_->flush_written();
    tell_subscribers();
    if (flushed || std::exchange(flush_failure_told_, true)) return;
    context_->notice("a flush of buffered appends has failed (" + flushed.error().message() +
                     "): what they wrote may be lost, and the store takes no more");
}

/// Called in a roll-over, which writes the oldest index itself when too many wait: appends that
/// outrun the indexer are slowed down instead of filling the memory.
void LogStore::segment_sealed(std::shared_ptr<Segment> segment) {
    const bool too_many = waiting_indexes_.add(std::move(segment));
    {
        const std::lock_guard lock{helper_mutex_};
        indexer_wake_.notify_one();
    }
    if (too_many) waiting_indexes_.write_oldest();
}

void LogStore::wake_helper() {
    if (helper_wanted_.exchange(true, std::memory_order_acq_rel)) return;
    const std::lock_guard lock{helper_mutex_};
    helper_wake_.notify_one();
}

void LogStore::write_indexes() {
    while (waiting_indexes_.write_oldest()) {
    }
}

/// Indexes in memory and cached pages share what the store may take. The indexes come first, but a
/// part of it is always for pages.
void LogStore::share_memory() {
    constexpr std::uint64_t least_part = 8;
    const auto list = segments_.list();
    const std::uint64_t active = list->back()->index_memory().value;
    const std::uint64_t indexes = active + waiting_indexes_.memory().value;
    const std::uint64_t budget = config_.memory.value;
    const std::uint64_t left = budget > indexes ? budget - indexes : 0;
    context_->pages->limit({std::max(left, budget / least_part)});
    shared_with_.store(active, std::memory_order_relaxed);
}

/// Once all indexes are there, and until there is one to write: that must not wait.
void LogStore::join_filters() {
    if (repairs_.pending()) return;
    context_->filters->make_missing(*segments_.list(), [this] {
        const std::lock_guard lock{helper_mutex_};
        return closing_ || !waiting_indexes_.empty();
    });
}

void LogStore::write_zeros() {
    while (writer_->preallocation().wants_zeros() && writer_->preallocation().zero_step()) {
    }
}

void LogStore::run_background() {
    write_zeros();
    share_memory();
    write_indexes();
    while (repairs_.pending()) repairs_.step({});
    join_filters();
}

/// What was sealed just now takes memory until it is in its file, and comes before what opening
/// found.
void LogStore::indexer_loop() {
    const auto go_on = [this](std::uint64_t) { return !closing_; };
    for (;;) {
        join_filters();
        {
            std::unique_lock lock{helper_mutex_};
            indexer_wake_.wait(lock, [this] {
                return !waiting_indexes_.empty() || repairs_.pending() || closing_;
            });
            if (closing_) return;  // the rest is written while closing, or after the next opening
        }
        if (!waiting_indexes_.write_oldest()) repairs_.step(go_on);
    }
}

void LogStore::helper_loop() {
    using Steady = std::chrono::steady_clock;
    constexpr auto never = Steady::time_point::max();
    auto flush_at = never;
    for (;;) {
        {
            std::unique_lock lock{helper_mutex_};
            const auto wanted = [this] { return helper_wanted_ || closing_; };
            if (flush_at == never) {
                helper_wake_.wait(lock, wanted);
            } else {
                helper_wake_.wait_until(lock, flush_at, wanted);
            }
            if (closing_) return;
            helper_wanted_ = false;
        }
        write_zeros();
        share_memory();
        if (Steady::now() >= flush_at) {
            flush_at = never;
            flush_planned_ = false;  // before the flush: what is written from now on plans the next
            flush_buffered();
        }
        if (flush_at == never && flush_planned_)
            flush_at = Steady::now() + limits::buffered_flush_delay;
    }
}

}  // namespace mainstem::log
