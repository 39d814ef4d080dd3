// FaultyStore: a store that wraps another and fails as it was told to, for tests of what runs on a
// store. Conflicts, errors, answers that never came and latency are chosen call by call, or by
// chances from a seed, so that a run can be repeated.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem::testing {

/// What a call of a store does.
enum class CallKind : std::uint8_t {
    append,  ///< append, async_append, append_system
    read,    ///< those that give a cursor
    lookup,  ///< find_request, explain, watch, head, stream_info, streams, stats
    any,     ///< in a fault: all of them, counted together
};

/// One way to fail. Of several that apply to a call, the first one counts.
struct Fault {
    CallKind call = CallKind::append;
    /// The n-th call of this kind, from 1, since the store was made; 0: by the chance below.
    std::uint64_t at = 0;
    unsigned percent = 0;  ///< the chance of each call of this kind
    StoreError error = StoreError::conflict;
    /// Appends: the wrapped store appends all the same, so that the answer is lost and not the
    /// events. Goes with StoreError::outcome_unknown. What the wrapped store refuses by itself is
    /// answered as it is.
    bool stored = false;
    /// Reads: this many events come before the error, or all, if there are fewer.
    std::uint64_t after_events = 0;
};

/// Time that a call takes on top of what the wrapped store takes. The caller spends it.
struct Latency {
    std::chrono::nanoseconds append{0};
    std::chrono::nanoseconds read{0};  ///< of lookups, too
    /// How time passes; default: the thread sleeps. Any thread.
    std::function<void(std::chrono::nanoseconds)> wait = {};
};

/// An append as the wrapped store is about to see it.
struct AppendCall {
    std::uint64_t number;  ///< counted from 1, those that fail included
    const AppendRequest& request;
};

struct FaultyOptions {
    std::vector<Fault> faults = {};
    std::uint64_t seed = 1;  ///< of the chances
    Latency latency = {};
    /// Called before each append that reaches the wrapped store. What it appends to that store
    /// comes before: a conflict as it happens in life, at the place that the test chooses. It must
    /// not append to the faulty store, which would call it again. Any thread, several at once.
    std::function<void(const AppendCall&)> before_append = {};
};

/// What a faulty store was asked for, and what it made fail by itself.
struct CallCounts {
    std::uint64_t appends = 0;
    std::uint64_t reads = 0;
    std::uint64_t lookups = 0;
    std::uint64_t conflicts = 0;  ///< faults that were conflicts
    std::uint64_t errors = 0;     ///< faults that were any other error

    bool operator==(const CallCounts&) const = default;
};

/// Keeps the contract of EventStore as well as the wrapped store does while nothing fails. It keeps
/// that store open; its subscriptions end when the wrapped store is closed or fails. Appends that
/// fail here leave the wrapped store as it is: a later one may well succeed, unless told otherwise.
/// Thread-safe.
///
///     auto faulty = std::make_shared<FaultyStore>(inner, FaultyOptions{.faults = {{.at = 2}}});
///     Store store{faulty};  // its second append is a conflict
class FaultyStore final : public EventStore {
public:
    explicit FaultyStore(Store inner, FaultyOptions options = {});

    [[nodiscard]] CallCounts counts() const;
    /// The wrapped store: what is done here is neither counted nor made fail.
    [[nodiscard]] Store& inner() noexcept { return inner_; }

    Result<Appended> append(const AppendRequest& request) override;
    /// Faults are told by `done` before it returns; latency is spent by the caller.
    void async_append(const AppendRequest& request, AppendDone done) override;
    Result<Appended> append_system(const AppendRequest& request) override;
    EventCursor read_stream(const StreamId& stream, const StreamRead& read) override;
    EventCursor read_streams(const std::vector<StreamFrom>& streams,
                             std::size_t page_events) override;
    EventCursor read_positions(const std::vector<Position>& positions,
                               std::size_t page_events) override;
    EventCursor read_all(const PositionRead& read) override;
    Result<ReadPlan> explain(const PositionRead& read) override;
    Result<std::shared_ptr<Watch>> watch() override;
    Result<Position> head() override;
    Result<std::optional<Appended>> find_request(const EventId& first) override;
    Result<StreamInfo> stream_info(const StreamId& stream) override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override;
    Result<StoreStats> stats() override;

private:
    struct Call {
        std::uint64_t number = 0;  ///< among those of its kind
        std::optional<Fault> fault = {};
    };

    Call begin(CallKind kind);
    [[nodiscard]] Call admit(CallKind kind);
    bool happens(const Fault& fault, CallKind kind, std::uint64_t number);
    void before(const Call& call, const AppendRequest& request) const;
    template <class Append>
    Result<Appended> append_by(const AppendRequest& request, const Append& forward);
    template <class Read>
    EventCursor read_by(const Read& read);
    template <class Lookup>
    auto look_up(const Lookup& lookup) -> decltype(lookup());

    Store inner_;
    const FaultyOptions options_;
    mutable std::mutex mutex_;  ///< of what follows
    Random random_;
    CallCounts counts_;
};

}  // namespace mainstem::testing
