// What executions share: store, options, cache, chance, counters.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include <mainstem/command/executor.hpp>
#include <mainstem/core/counter.hpp>
#include <mainstem/core/random.hpp>

#include "command/execution.hpp"
#include "command/later.hpp"
#include "command/snapshot_folder.hpp"
#include "command/state_cache.hpp"

namespace mainstem::detail {

class ExecutorCore {
public:
    ExecutorCore(Store store, ExecutorOptions options, Disk& disk = Disk::posix());

    [[nodiscard]] const ExecutorOptions& options() const noexcept { return options_; }
    [[nodiscard]] Store& store() noexcept { return store_; }
    [[nodiscard]] Waiter& waiter() const noexcept { return *options_.waiter; }
    [[nodiscard]] command::StateCache& cache() noexcept { return cache_; }
    /// Where what has to wait goes on.
    [[nodiscard]] command::Later& later() noexcept { return later_; }

    /// `submitted`: since when it has waited for its turn, if it did.
    [[nodiscard]] command::Execution begin(CommandCall& call, const CommandOptions& options,
                                           std::optional<Waiter::TimePoint> submitted = {});
    /// How an execution's streams and query are read.
    using Read = std::function<Result<void>(command::Execution&)>;
    /// Does what the execution asks for, until it is done, must wait, or wants an append.
    void advance(command::Execution& execution, const CommandOptions& options);
    void advance(command::Execution& execution, const CommandOptions& options, const Read& read);
    /// The first version of a stream that is not to be read; empty: all are.
    using Bound = std::function<Version(std::string_view stream)>;
    /// Folds what the store has of the streams that were not read yet.
    [[nodiscard]] Result<void> read_streams(command::Execution& execution, const Bound& below);
    /// Begins the fold of a part that is cold with its snapshot, if there is one.
    void load_snapshot(command::Execution& execution, command::Execution::Part& part);
    /// Gives the execution the answer to its append.
    void appended(command::Execution& execution, Result<Appended> answer);
    /// Counts a command that is done, and answers it.
    [[nodiscard]] Result<CallAnswer> finish(command::Execution& execution);

    /// Keeps a state for the next command.
    void keep(command::SharedState state);

    [[nodiscard]] ExecutorStats stats() const;

    /// Snapshots that wait to be written, at most; each keeps a state in memory.
    static constexpr std::size_t queued_snapshots = 100;

private:
    [[nodiscard]] Result<void> read(command::Execution& execution);
    [[nodiscard]] Result<void> read_query(command::Execution& execution);
    [[nodiscard]] double chance();
    void save_snapshot(command::SharedState state);

    Store store_;
    ExecutorOptions options_;
    command::StateCache cache_;
    std::optional<command::SnapshotFolder> snapshots_;
    std::mutex random_mutex_;
    Random random_;

    Counter accepted_, rejected_, failed_, repeated_, conflicts_;
    Counter hits_, misses_, snapshots_read_, snapshots_written_, snapshots_dropped_;
    Counter folded_, skipped_;
    std::atomic<std::size_t> queued_snapshots_{0};
    command::Later later_;  ///< last: its thread uses the rest
};

// What a command is to those who have made it wait for its turn since `submitted`.
[[nodiscard]] Result<CallAnswer> execute(ExecutorCore& core, CommandCall& call,
                                         const CommandOptions& options,
                                         Waiter::TimePoint submitted);
void async_execute(const ExecutorPtr& core, std::unique_ptr<CommandCall> call,
                   CommandOptions options, CallDone done, Waiter::TimePoint submitted);

}  // namespace mainstem::detail
