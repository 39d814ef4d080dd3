// One command's way from its beginning to its answer, as a state machine: it says what it needs
// next, is given it, and goes on. It does no I/O, waits for nothing and knows no clock: the shell
// (executor.cpp) does, so every branch can be tested by calls.
//
//     find ──> read ──> append ──> done
//      ↑        ↑ ↺ discovery  │
//      │        └── wait <─────┤ conflict
//      └── the id is taken, ───┘
//          or may be: nothing to write
//
// Invariants: what was decided is returned only after an append that checked every stream and the
// query it rests on, also if there was nothing to write. Only conflicts are tried again. A state
// from the cache is only a place to begin the fold. What the application's functions throw ends the
// command, unless it is stored already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include <mainstem/command/command_call.hpp>
#include <mainstem/command/executed.hpp>
#include <mainstem/command/executor_options.hpp>
#include <mainstem/store/read.hpp>

#include "command/state_cache.hpp"

namespace mainstem::command {

class Execution {
public:
    using TimePoint = Waiter::TimePoint;

    enum class Step : std::uint8_t {
        find,    ///< look for the command's id: `found`
        read,    ///< read what `reads` and `query_read` say: `fold` each event, then `read_done`
        append,  ///< append `request`: `appended`
        wait,    ///< until `wait_until`: `waited`
        done,    ///< see `answer`
    };
    /// How it ended without an error.
    enum class Outcome : std::uint8_t { accepted, rejected };

    struct Counts {
        std::uint64_t conflicts = 0;
        std::uint64_t folded = 0;
        std::uint64_t skipped = 0;
        std::uint32_t hits = 0;
        std::uint32_t misses = 0;
        std::uint32_t snapshots = 0;
    };

    /// All that is given must outlive it. The deadline counts from `begun`.
    Execution(detail::CommandCall& call, const ExecutorOptions& options,
              const CommandOptions& command, StateCache* cache, TimePoint begun);

    [[nodiscard]] Step step() const noexcept { return step_; }
    /// It has waited for its turn up to `now`: gives up if that is beyond its deadline.
    void turn_came(TimePoint now);
    /// Gives up. Not while an append is under way.
    void cancel();

    // find
    [[nodiscard]] const EventId& id() const { return *command_.id; }
    void found(Result<std::optional<Appended>> request);

    /// A state that is folded: all of the command's, or that of one stream.
    struct Part {
        SharedState state;
        bool shared = false;  ///< the cache holds it, too
        bool cold = false;    ///< a snapshot would do, to begin the fold with
        bool on_top = false;  ///< it was given away
    };

    // read
    [[nodiscard]] std::span<Part> parts() noexcept { return parts_; }
    /// Begins the fold of a part that is cold with a snapshot.
    void begin_with(Part& part, SharedState state);
    /// Begins with what a command before it left by `go_on_top`, which nobody else looks at.
    static void begin_on_top(Part& part, SharedState state);
    /// Streams that were not read yet; what comes after `version_of` each is to be.
    [[nodiscard]] std::span<const StreamId> unread() const noexcept;
    [[nodiscard]] const std::optional<EventQuery>& query() const noexcept { return query_; }
    /// The head that a read of the query goes up to, which is read first.
    void query_read_to(Position head) { query_head_ = head; }
    /// False: no more of them, it has failed.
    bool fold(const EventView& event);
    void read_done(const Result<void>& read);

    // append
    [[nodiscard]] const AppendRequest& request() const noexcept { return request_; }
    /// The same, taken out; its events stay where they are in memory.
    [[nodiscard]] AppendRequest take_request() noexcept { return std::move(request_); }
    /// The version up to which one of its streams is folded.
    [[nodiscard]] Version version_of(const StreamId& stream) const;
    /// Applies what was decided to its states, as if it was stored, for the next command of a
    /// batch, which takes them from the parts. Then nothing is kept of them here.
    void go_on_top();
    /// `chance`, uniform in [0, 1), is for the wait after a conflict.
    void appended(Result<Appended> answer, TimePoint now, double chance);

    // wait
    [[nodiscard]] TimePoint wait_until() const noexcept { return wait_until_; }
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }
    void waited();

    // done
    [[nodiscard]] Result<Outcome> outcome() const;
    [[nodiscard]] Executed& executed() noexcept { return executed_; }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    /// States after the command that it is time to keep as snapshots.
    [[nodiscard]] const std::vector<SharedState>& to_save() const noexcept { return to_save_; }

private:
    /// Most commands have no more streams.
    static constexpr std::size_t few = 4;
    /// Where a stream is: its part, and its place in it.
    struct Place {
        std::size_t part;
        std::size_t index;
    };

    template <class Function>
    bool call_out(Function function);
    void begin_attempt();
    void add_part(std::span<const StreamId> streams);
    FoldedState& own_state(Part& part);
    [[nodiscard]] std::optional<Place> place_of(std::string_view stream) const;
    [[nodiscard]] std::span<const StreamId> declared() const noexcept;
    template <class Use>
    auto with_states(Use use) const;
    bool discover();
    void decide();
    void prepare(std::vector<StreamEvent> events);
    Result<void> check_declared(const std::vector<StreamEvent>& events) const;
    void confirmed();
    void accept(Appended answer);
    void apply_decided();
    void apply_to_states();
    void put_states();
    void drop_states();
    void conflicted(const Error& conflict, TimePoint now, double chance);
    void finish(Outcome outcome);
    void fail(Error error);

    detail::CommandCall& call_;
    const ExecutorOptions& options_;
    const CommandOptions& command_;
    StateCache* cache_;
    TimePoint deadline_;

    Step step_ = Step::read;
    /// Those that were declared, sorted, each once; then those that were discovered. In the order
    /// of the parts, if each has its own.
    std::vector<StreamId> streams_;
    std::size_t declared_ = 0;  ///< how many
    boost::container::small_vector<Part, few> parts_;
    std::optional<EventQuery> query_;
    Position query_head_;
    std::size_t read_streams_ = 0;  ///< of `streams_`, in earlier rounds
    std::uint32_t rounds_ = 0;

    detail::Verdict verdict_ = detail::Verdict::nothing;
    AppendRequest request_;
    std::optional<Appended> first_answer_;  ///< of a repeat whose flush is waited for
    bool id_looked_up_again_ = false;
    std::optional<Outcome> confirmed_;  ///< without events, unless the id is known by now
    TimePoint wait_until_;

    Executed executed_;
    Outcome outcome_ = Outcome::accepted;
    std::optional<Error> error_;
    std::vector<SharedState> to_save_;
    Counts counts_;
};

}  // namespace mainstem::command
