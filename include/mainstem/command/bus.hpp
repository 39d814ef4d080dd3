// The command bus: commands of all registered types come in through one entry, also as a type's
// name and JSON, from a queue, a web request, a file.
//
//     struct Deposit {
//         static constexpr auto command_type = "Deposit";   // besides streams() and handle()
//         …
//     };
//     CommandBus bus{executor};
//     bus.add<Deposit>();
//     bus.send({.type = "Deposit", .data = R"({"account": "ada", "amount": 40})"});
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/core/counter.hpp>
#include <mainstem/core/histogram.hpp>

namespace mainstem {

/// A command as a name and a payload.
struct CommandMessage {
    std::string type;         ///< the `command_type`
    std::string data = "{}";  ///< its fields as JSON, or as its Codec has them
    CommandOptions options = {};
};

/// The answer to a command whose type is not known here: a rejection is its text, as
/// `name(rejection)` says it or as it is printed.
using MessageResult = Result<Executed, CommandError<std::string>>;

/// What commands of one type came to.
struct CommandTypeStats {
    std::string type;
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t failed = 0;
    /// From its arrival to its answer. In a batch: of the batch.
    HistogramSnapshot duration = {};
};

namespace detail {

/// A type of commands that is registered.
struct CommandType {
    Result<std::unique_ptr<CommandCall>> (*decode)(std::string_view data);
    std::string (*rejection)(const CommandCall& call);
    Counter accepted, rejected, failed;
    Histogram duration;
};

template <class C>
Result<std::unique_ptr<CommandCall>> decode_command(std::string_view data) {
    C command{};
    if (auto done = Codec<C>::decode(data, command); !done) return std::move(done).error();
    return std::unique_ptr<CommandCall>{std::make_unique<TypedCall<C, C>>(std::move(command))};
}

template <class C>
std::string rejection_of(const CommandCall& call) {
    const auto& typed = static_cast<const TypedCall<C, C>&>(call);
    return rejection_text(typed.decision().rejection());
}

}  // namespace detail

/// Thread-safe, but `add` comes before everything else.
class CommandBus {
public:
    explicit CommandBus(Executor executor);
    ~CommandBus();
    CommandBus(const CommandBus&) = delete;
    CommandBus& operator=(const CommandBus&) = delete;

    /// Registers a type of commands under its `command_type`. Once for each name.
    template <class C>
    void add() {
        constexpr bool named = requires { std::string_view{C::command_type}; };
        static_assert(named,
                      "a command on a bus needs `static constexpr auto command_type = \"…\"`");
        if constexpr (named && detail::check_command<C>()) {
            add(C::command_type, &detail::decode_command<C>, &detail::rejection_of<C>);
        }
    }

    /// Executes a command. Errors besides those of the executor: ExecutionError::unknown_command,
    /// which names the types that are registered; invalid_command, which names the field.
    MessageResult send(const CommandMessage& message);
    /// The same without waiting for the disk; see Executor::async_execute. The bus must outlive it.
    void async_send(CommandMessage message, std::function<void(MessageResult)> done);
    /// Executes commands of any types in batches of 1,000, in their order where they share a
    /// stream, and answers in that order; see CommandBatcher.
    std::vector<MessageResult> send_all(const std::vector<CommandMessage>& messages);

    /// Executes a command whose type is known here and registered, and counts it with its type.
    template <class C>
    CommandResult<C> send(const C& command, const CommandOptions& options = {}) {
        auto type = find(C::command_type);
        if (!type) return CommandError<detail::RejectionOf<C>>{std::move(type).error()};
        const auto begun = std::chrono::steady_clock::now();
        auto answer = executor_.execute(command, options);
        count(**type, answer.has_value(), !answer && answer.error().rejected(), begun);
        return answer;
    }

    /// The same without waiting for the disk; see Executor::async_execute. The bus must outlive it.
    template <class C, class Done>
        requires(!std::same_as<C, CommandMessage> && std::invocable<Done&, CommandResult<C>>)
    void async_send(C command, Done done, CommandOptions options = {}) {
        auto type = find(C::command_type);
        if (!type) return done(CommandError<detail::RejectionOf<C>>{std::move(type).error()});
        const auto begun = std::chrono::steady_clock::now();
        executor_.async_execute(
            std::move(command),
            [type = *type, begun, done = std::move(done)](CommandResult<C> answer) mutable {
                count(*type, answer.has_value(), !answer && answer.error().rejected(), begun);
                done(std::move(answer));
            },
            std::move(options));
    }

    /// Of each registered type, by name.
    [[nodiscard]] std::vector<CommandTypeStats> stats() const;

private:
    using TimePoint = std::chrono::steady_clock::time_point;

    void add(std::string_view type, decltype(detail::CommandType::decode) decode,
             decltype(detail::CommandType::rejection) rejection);
    Result<detail::CommandType*> find(std::string_view type) const;
    static Result<std::unique_ptr<detail::CommandCall>> parse(const detail::CommandType& type,
                                                              const CommandMessage& message);
    static void count(detail::CommandType& type, bool accepted, bool rejected, TimePoint begun);
    static MessageResult told(detail::CommandType& type, const detail::CommandCall& call,
                              Result<detail::CallAnswer> answer, TimePoint begun);

    Executor executor_;
    std::map<std::string, std::unique_ptr<detail::CommandType>, std::less<>> types_;
};

}  // namespace mainstem
