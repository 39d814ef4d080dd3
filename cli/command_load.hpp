// The loads of `bench commands`: clients that execute commands as fast as they are answered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/core/histogram.hpp>

namespace mainstem::cli {

struct CommandLoad {
    enum class Kind : std::uint8_t {
        create_user,  ///< each a new stream
        pay_in,       ///< to one of few accounts: the state is cached
        pay,          ///< between two of all accounts
        pay_hot,      ///< the same; of every second payment both are among a hundredth of them
    };
    enum class Through : std::uint8_t {
        executor,  ///< each client by itself
        parallel,  ///< in turns where they share a stream
        batcher,   ///< together, without waiting for the answer
    };
    Kind kind = Kind::create_user;
    Through through = Through::executor;
    std::uint64_t clients = 1;
    std::uint64_t accounts = 10'000;
    std::uint64_t batch = 1000;  ///< commands of a batch
};

[[nodiscard]] std::string_view name(CommandLoad::Kind kind) noexcept;
[[nodiscard]] std::string_view name(CommandLoad::Through through) noexcept;

/// Opens accounts for the loads that pay, each with the same money.
Result<void> open_ledger(const Executor& executor, std::uint64_t accounts);
[[nodiscard]] std::string ledger_account(std::uint64_t number);

/// Goes on where the last slice ended, so that no user is created twice.
class CommandLoadRun {
public:
    /// `run` tells the users of one run on a store from those of another.
    CommandLoadRun(Executor executor, const CommandLoad& load, std::uint64_t run);

    /// Executes for about `seconds`. Returns commands per second that were accepted.
    Result<double> slice(double seconds);
    [[nodiscard]] HistogramSnapshot latencies() const { return latencies_.snapshot(); }

private:
    struct Slice;

    void client(Slice& slice, std::uint64_t number);
    template <class C>
    void execute(Slice& slice, const C& command);

    CommandLoad load_;
    std::uint64_t run_;
    Executor executor_;
    std::optional<ParallelExecutor> parallel_;
    std::optional<CommandBatcher> batcher_;
    std::vector<std::uint64_t> done_;  ///< commands of each client
    Histogram latencies_;
};

}  // namespace mainstem::cli
