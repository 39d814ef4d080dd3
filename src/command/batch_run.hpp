// Executes a batch of commands together: each decides on what those before it have decided, and all
// that was decided is appended as one group. Those that a conflict touches are executed again,
// together; the others keep their answers.
//
// Why this is safe: within a group the store refuses a request that names a stream of an earlier
// one which it did not store (EventStore::append_group). So what rests on events that did not come
// to be is refused, rejections and decisions without events, too.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <mainstem/command/command_batcher.hpp>

#include "command/executor_core.hpp"

namespace mainstem::command {

/// One thread, one batch after the other, whose memory is used again.
class BatchRun {
public:
    using Calls = std::vector<std::unique_ptr<detail::BatchedCall>>;

    /// `core` must outlive it.
    explicit BatchRun(detail::ExecutorCore& core) : core_(core) {}

    /// Executes all of them, in this order where they share a stream. Each is answered as soon as
    /// what was appended with it is known, and is gone then. If one throws, the rest is left.
    void run(Calls& calls);

private:
    struct Member {
        std::unique_ptr<detail::BatchedCall>* call;
        Execution execution;
    };
    /// An event that a member has decided, not stored yet.
    struct Pending {
        const StreamEvent* event;
        Version version;    ///< that it will have
        std::size_t order;  ///< among all pending events
    };
    /// Of one stream, versions without a gap.
    using PendingEvents = boost::container::small_vector<Pending, 1>;
    struct ByKey {
        using is_transparent = void;
        static StateKey key(const SharedState& state) { return state->key(); }
        static StateKey key(const StateKey& key) { return key; }

        std::size_t operator()(const auto& one) const { return key(one).hash; }
        bool operator()(const auto& one, const auto& other) const { return key(one) == key(other); }
    };

    Result<detail::CallAnswer> execute_alone(detail::BatchedCall& call);
    void forget();
    void run_group(Calls& calls, std::size_t begin, std::size_t end);
    void run_round();
    void answer_done();
    void decide(Member& member);
    Result<void> read(Execution& execution);
    [[nodiscard]] Version first_pending(std::string_view stream) const;
    void fold_pending(Execution& execution);
    void add_pending(const Execution& execution);
    void keep_states(bool all_stored);
    void wait();
    [[nodiscard]] std::optional<Waiter::TimePoint> waits_until() const;
    bool wait_unless_stopped(Waiter::TimePoint until);
    void cancel_stopped();

    detail::ExecutorCore& core_;
    std::vector<Member> members_;
    std::vector<Member*> group_;  ///< those that are not answered
    std::vector<Member*> appending_;
    std::vector<AppendRequest> requests_;  ///< theirs
    /// By stream, whose name is that of the first of them.
    boost::unordered_flat_map<std::string_view, PendingEvents, std::hash<std::string_view>>
        pending_;
    std::size_t pending_events_ = 0;
    /// States with the batch's own events on top.
    boost::unordered_flat_set<SharedState, ByKey, ByKey> states_;
};

}  // namespace mainstem::command
