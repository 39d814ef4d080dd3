// Executes commands: folds the events of their streams into a state, lets them decide, and appends
// what they decided, if nothing that they rest on has changed meanwhile.
//
//     Executor executor{store};
//     auto paid = executor.execute(Transfer{.from = "ada", .to = "bob", .amount = 40});
//     if (!paid && paid.error() == Rejected::overdraft) …
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <mainstem/command/command_call.hpp>
#include <mainstem/command/command_error.hpp>
#include <mainstem/command/executed.hpp>
#include <mainstem/command/executor_options.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {

/// The answer to a command of type `C`.
template <class C>
using CommandResult = Result<Executed, CommandError<detail::RejectionOf<C>>>;

namespace detail {

/// What an executor is made of, without its commands' types.
class ExecutorCore;
using ExecutorPtr = std::shared_ptr<ExecutorCore>;

/// How a call ended: accepted, or rejected by the domain, whose word the call keeps.
struct CallAnswer {
    bool accepted = false;
    Executed executed = {};
};

[[nodiscard]] ExecutorPtr make_executor(Store store, ExecutorOptions options);
[[nodiscard]] Result<CallAnswer> execute(ExecutorCore& core, CommandCall& call,
                                         const CommandOptions& options);
using CallDone = std::function<void(Result<CallAnswer>)>;
/// `call` is kept until `done` has returned.
void async_execute(const ExecutorPtr& core, std::unique_ptr<CommandCall> call,
                   CommandOptions options, CallDone done);
[[nodiscard]] ExecutorStats stats(const ExecutorCore& core);

template <class C, class Held>
CommandResult<C> typed_answer(Result<CallAnswer> answer, const TypedCall<C, Held>& call) {
    if (!answer) return CommandError<RejectionOf<C>>{std::move(answer).error()};
    if (answer->accepted) return std::move(answer->executed);
    return CommandError<RejectionOf<C>>{call.decision().rejection()};
}

}  // namespace detail

/// A handle: cheap to copy, usable from many threads at once. It keeps the store open.
///
/// A command is a plain struct with
/// - `Streams streams() const`: the streams that it reads, and the only ones that it may write to;
///   or `EventQuery query() const` (types and tags): all events that match; or both;
/// - `Decision<Event, Rejection> handle(const State& state) const`: what it decides;
/// - if it needs more streams than it can know before: `Streams discover(const State&) const`.
///
/// Its state has a default value and `void apply(const E&)` for each event. Folding and deciding
/// must depend on nothing else: no clock, no chance, no other store. The state of a command with
/// streams alone is kept in a cache (see ExecutorOptions) for the next one over the same streams.
///
/// A rejection, and a decision without events, are returned only after the store has confirmed that
/// nothing of what they rest on has changed, as it does for events.
class Executor {
public:
    explicit Executor(Store store, ExecutorOptions options = {})
        : core_(detail::make_executor(std::move(store), std::move(options))) {}

    /// Executes one command; returns when it is accepted, rejected or failed. Errors: those of the
    /// store, of reading events (EventError), and ExecutionError.
    template <class C>
    CommandResult<C> execute(const C& command, const CommandOptions& options = {}) {
        if constexpr (detail::check_command<C>()) {
            detail::TypedCall<C, const C&> call{command};
            return detail::typed_answer(detail::execute(*core_, call, options), call);
        }
    }

    /// The same without waiting for the disk: the first attempt's reading and deciding are done
    /// before it returns, waits and later attempts on a thread of the executor. `done` is called
    /// once with a CommandResult<C>, on the calling thread or another; it must not block or throw.
    /// When it is called, the command no longer keeps the store open.
    template <class C, class Done>
        requires std::invocable<Done&, CommandResult<C>>
    void async_execute(C command, Done done, CommandOptions options = {}) {
        if constexpr (detail::check_command<C>()) {
            using Call = detail::TypedCall<C, C>;
            auto call = std::make_unique<Call>(std::move(command));
            const Call& held = *call;
            detail::async_execute(core_, std::move(call), std::move(options),
                                  [&held, done = std::move(done)](auto answer) mutable {
                                      done(detail::typed_answer(std::move(answer), held));
                                  });
        }
    }

    [[nodiscard]] ExecutorStats stats() const { return detail::stats(*core_); }
    /// What executors that are built on this one share with it.
    [[nodiscard]] const detail::ExecutorPtr& core() const noexcept { return core_; }

private:
    detail::ExecutorPtr core_;
};

}  // namespace mainstem
