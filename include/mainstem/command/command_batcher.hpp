// Executes commands in batches: each decides on what those before it have decided, and what all of
// them decided is appended as one group, which costs the disk little more than one command.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

#include <mainstem/command/batch_options.hpp>
#include <mainstem/command/batch_processor.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/core/assert.hpp>

namespace mainstem {

namespace detail {

/// A command in the queue of a batcher, and who is to be told the answer.
class BatchedCall {
public:
    explicit BatchedCall(CommandOptions how) : options(std::move(how)) {}
    BatchedCall(const BatchedCall&) = delete;
    BatchedCall& operator=(const BatchedCall&) = delete;
    virtual ~BatchedCall() = default;

    [[nodiscard]] virtual CommandCall& call() noexcept = 0;
    /// Called once.
    virtual void answer(Result<CallAnswer> answer) = 0;

    const CommandOptions options;
    /// When it was submitted, from which its deadline counts; empty: just now.
    std::optional<Waiter::TimePoint> submitted = {};
};

template <class C, class Done>
class TypedBatchedCall final : public BatchedCall {
public:
    TypedBatchedCall(C command, Done done, CommandOptions how)
        : BatchedCall(std::move(how)), call_(std::move(command)), done_(std::move(done)) {}

    [[nodiscard]] CommandCall& call() noexcept override { return call_; }
    void answer(Result<CallAnswer> answer) override {
        done_(typed_answer(std::move(answer), call_));
    }

private:
    TypedCall<C, C> call_;
    Done done_;
};

/// The queue of a batcher and its thread. Thread-safe.
class BatcherCore;
struct BatcherDeleter {
    void operator()(BatcherCore* core) const noexcept;
};
using BatcherPtr = std::unique_ptr<BatcherCore, BatcherDeleter>;

[[nodiscard]] BatcherPtr make_batcher(ExecutorPtr executor, const BatchOptions& options);
void submit(BatcherCore& core, std::unique_ptr<BatchedCall> call);
void flush(BatcherCore& core);
void stop(BatcherCore& core);
[[nodiscard]] bool is_batcher_thread(const BatcherCore& core) noexcept;

}  // namespace detail

/// The bounds of batches of commands: 100 of them, or 100 ms.
[[nodiscard]] inline BatchOptions command_batches() {
    return {.items = 100, .delay = std::chrono::milliseconds{100}};
}

/// Executes commands one batch at a time, in the order in which they were submitted. Thread-safe.
///
/// Each command is atomic, has its own answer and keeps its own id. A conflict touches those
/// commands of the batch alone that share a stream with the one that ran into it: they are executed
/// again, together, after the others were answered. A command with a `query()`, or that discovers
/// streams, is executed by itself between the others. A batch's commands of one durability are
/// flushed together.
///
/// The destructor executes what waits.
class CommandBatcher {
public:
    explicit CommandBatcher(Executor executor, const BatchOptions& options = command_batches())
        : core_(detail::make_batcher(executor.core(), options)) {}

    /// Submits a command. While the queue is full it waits, or refuses
    /// (ExecutionError::overloaded), as the options say. `done` is called once with a
    /// CommandResult<C>, on the batcher's thread or in `submit`; it holds up the next batch and
    /// must not throw, nor wait for answers.
    template <class C, class Done>
        requires std::invocable<Done&, CommandResult<C>>
    void submit(C command, Done done, CommandOptions options = {}) {
        if constexpr (detail::check_command<C>()) {
            detail::submit(*core_, std::make_unique<detail::TypedBatchedCall<C, Done>>(
                                       std::move(command), std::move(done), std::move(options)));
        }
    }

    /// Submits a command and waits for its answer. Not for functions that the batcher calls.
    template <class C>
    CommandResult<C> execute(C command, CommandOptions options = {}) {
        if constexpr (detail::check_command<C>()) {
            MAINSTEM_ASSERT(!detail::is_batcher_thread(*core_),
                            "a command batcher whose own thread waits for it");
            detail::Awaited<CommandResult<C>> awaited;
            submit(
                std::move(command),
                [&](CommandResult<C> answer) { awaited.arrive(std::move(answer)); },
                std::move(options));
            return awaited.wait();
        }
    }

    /// Returns when everything that was submitted before the call is answered, without waiting for
    /// the delay. Not for functions that the batcher calls.
    void flush() { detail::flush(*core_); }
    /// Commands that are submitted from now on are refused (ExecutionError::stopped). Returns when
    /// all others are answered.
    void stop() { detail::stop(*core_); }

private:
    detail::BatcherPtr core_;
};

}  // namespace mainstem
