// Executes many commands at once: those that share a stream in the order in which they were
// submitted, so that they do not run into each other, all others beside each other.
#pragma once

#include <cstddef>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <mainstem/command/executor.hpp>
#include <mainstem/command/when_full.hpp>

namespace mainstem {

/// Zeros are taken as ones, where there must be one.
struct ParallelOptions {
    /// Commands in execution at a time, at most.
    std::size_t concurrency = 64;
    /// Commands submitted and not answered, those in execution included, at most.
    std::size_t queue = 10'000;
    WhenFull when_full = WhenFull::block;
    /// Threads for submitted commands, which wait for no disk; 0: one for each processor.
    std::size_t threads = 0;
};

/// What is in a parallel executor at one moment.
struct ParallelStats {
    std::size_t running = 0;
    std::size_t waiting = 0;
    std::size_t streams = 0;  ///< that commands in it are about
};

namespace detail {

class ParallelCore;
struct ParallelDeleter {
    void operator()(ParallelCore* core) const noexcept;
};
using ParallelPtr = std::unique_ptr<ParallelCore, ParallelDeleter>;

[[nodiscard]] ParallelPtr make_parallel(ExecutorPtr executor, const ParallelOptions& options);
[[nodiscard]] Result<CallAnswer> execute(ParallelCore& core, CommandCall& call,
                                         const CommandOptions& options);
void submit(ParallelCore& core, std::unique_ptr<CommandCall> call, CommandOptions options,
            CallDone done);
void wait_idle(ParallelCore& core);
[[nodiscard]] ParallelStats stats(ParallelCore& core);

}  // namespace detail

/// Thread-safe. Its order holds for what goes through it; others are met as conflicts, and tried
/// again. A command takes its turn by the streams that it declares; one by a query alone, or that
/// discovers streams, is ordered by what it declares and may run into others.
///
/// The destructor waits for all that was submitted; after it nothing holds the store for it.
class ParallelExecutor {
public:
    explicit ParallelExecutor(Executor executor, const ParallelOptions& options = {})
        : core_(detail::make_parallel(executor.core(), options)) {}

    /// Executes one command when its turn has come, on this thread. Errors: those of the executor,
    /// and ExecutionError::overloaded if the queue is full and does not block.
    template <class C>
    CommandResult<C> execute(const C& command, const CommandOptions& options = {}) {
        if constexpr (detail::check_command<C>()) {
            detail::TypedCall<C, const C&> call{command};
            return detail::typed_answer(detail::execute(*core_, call, options), call);
        }
    }

    /// The same on other threads: `done` is called once with a CommandResult<C>, on a thread of the
    /// executor or of the store; it must not block, and may submit only to a queue that refuses.
    template <class C, class Done>
        requires std::invocable<Done&, CommandResult<C>>
    void submit(C command, Done done, CommandOptions options = {}) {
        if constexpr (detail::check_command<C>()) {
            using Call = detail::TypedCall<C, C>;
            auto call = std::make_unique<Call>(std::move(command));
            const Call& held = *call;
            detail::submit(*core_, std::move(call), std::move(options),
                           [&held, done = std::move(done)](auto answer) mutable {
                               done(detail::typed_answer(std::move(answer), held));
                           });
        }
    }

    /// Executes all of them and returns their answers in the same order.
    template <class C>
    std::vector<CommandResult<C>> execute_all(std::vector<C> commands,
                                              const CommandOptions& options = {}) {
        std::vector<std::optional<CommandResult<C>>> answers(commands.size());
        // Shared: who counts down last may not be done with it when the wait is over.
        const auto left =
            std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(commands.size()));
        for (std::size_t i = 0; i < commands.size(); ++i) {
            submit(
                std::move(commands[i]),
                [&answers, left, i](CommandResult<C> answer) {
                    answers[i] = std::move(answer);
                    left->count_down();
                },
                options);
        }
        left->wait();
        std::vector<CommandResult<C>> all;
        all.reserve(answers.size());
        for (auto& answer : answers) all.push_back(*std::move(answer));
        return all;
    }

    /// Returns at a moment when there is nothing in it: all that was submitted before is answered.
    void wait_idle() { detail::wait_idle(*core_); }
    [[nodiscard]] ParallelStats stats() const { return detail::stats(*core_); }

private:
    detail::ParallelPtr core_;
};

}  // namespace mainstem
