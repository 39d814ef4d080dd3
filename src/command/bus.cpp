// Commands by the name of their type.
#include <mainstem/command/bus.hpp>

#include <functional>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/assert.hpp>

#include "command/batch_run.hpp"
#include "store/errors.hpp"

namespace mainstem {

using detail::CallAnswer;
using detail::CommandCall;
using detail::CommandType;

CommandBus::CommandBus(Executor executor) : executor_(std::move(executor)) {}
CommandBus::~CommandBus() = default;

void CommandBus::add(std::string_view type, decltype(CommandType::decode) decode,
                     decltype(CommandType::rejection) rejection) {
    auto& registered = types_[std::string{type}];
    MAINSTEM_ASSERT(!registered, "two types of commands with one name on a bus");
    registered = std::make_unique<CommandType>();
    registered->decode = decode;
    registered->rejection = rejection;
}

Result<CommandType*> CommandBus::find(std::string_view type) const {
    if (const auto found = types_.find(type); found != types_.end()) return found->second.get();
    std::string known;
    for (const auto& [name, registered] : types_) known += (known.empty() ? "" : ", ") + name;
    return Error{ExecutionError::unknown_command,
                 fmt::format("no command \"{}\" is registered; there are: {}", shown(type),
                             known.empty() ? "none" : known)};
}

Result<std::unique_ptr<CommandCall>> CommandBus::parse(const CommandType& type,
                                                       const CommandMessage& message) {
    auto call = type.decode(message.data);
    if (call) return call;
    return Error{ExecutionError::invalid_command,
                 fmt::format("command \"{}\": {}", message.type, call.error().message())};
}

void CommandBus::count(CommandType& type, bool accepted, bool rejected, TimePoint begun) {
    Counter& not_accepted = rejected ? type.rejected : type.failed;
    (accepted ? type.accepted : not_accepted).add();
    type.duration.record(std::chrono::steady_clock::now() - begun);
}

MessageResult CommandBus::told(CommandType& type, const CommandCall& call,
                               Result<CallAnswer> answer, TimePoint begun) {
    const bool accepted = answer && answer->accepted;
    const bool rejected = answer && !answer->accepted;
    count(type, accepted, rejected, begun);
    if (accepted) return std::move(answer->executed);
    if (rejected) return CommandError<std::string>{type.rejection(call)};
    return CommandError<std::string>{std::move(answer).error()};
}

MessageResult CommandBus::send(const CommandMessage& message) {
    const auto begun = std::chrono::steady_clock::now();
    const auto type = find(message.type);
    if (!type) return CommandError<std::string>{type.error()};
    const auto call = parse(**type, message);
    if (!call) {
        count(**type, false, false, begun);
        return CommandError<std::string>{call.error()};
    }
    return told(**type, **call, detail::execute(*executor_.core(), **call, message.options), begun);
}

void CommandBus::async_send(CommandMessage message, std::function<void(MessageResult)> done) {
    const auto begun = std::chrono::steady_clock::now();
    const auto type = find(message.type);
    if (!type) return done(CommandError<std::string>{type.error()});
    auto call = parse(**type, message);
    if (!call) {
        count(**type, false, false, begun);
        return done(CommandError<std::string>{call.error()});
    }
    const CommandCall& held = **call;
    detail::async_execute(
        executor_.core(), *std::move(call), std::move(message.options),
        [&held, begun, type = *type, done = std::move(done)](Result<CallAnswer> answer) {
            done(told(*type, held, std::move(answer), begun));
        });
}

namespace {

/// As many are decided before they are appended, at most.
constexpr std::size_t batch_messages = 1'000;

/// A message in a batch.
class BatchedMessage final : public detail::BatchedCall {
public:
    using Done = std::function<void(const CommandCall&, Result<CallAnswer>)>;

    BatchedMessage(std::unique_ptr<CommandCall> call, const CommandOptions& how, Done done)
        : BatchedCall(how), call_(std::move(call)), done_(std::move(done)) {}

    [[nodiscard]] CommandCall& call() noexcept override { return *call_; }
    void answer(Result<CallAnswer> answer) override { done_(*call_, std::move(answer)); }

private:
    std::unique_ptr<CommandCall> call_;
    Done done_;
};

}  // namespace

std::vector<MessageResult> CommandBus::send_all(const std::vector<CommandMessage>& messages) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<std::optional<MessageResult>> answers(messages.size());
    command::BatchRun run{*executor_.core()};
    command::BatchRun::Calls batch;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto type = find(messages[i].type);
        auto call =
            type ? parse(**type, messages[i]) : Result<std::unique_ptr<CommandCall>>{type.error()};
        if (!call) {
            if (type) count(**type, false, false, begun);
            answers[i] = CommandError<std::string>{call.error()};
            continue;
        }
        auto done = [&told_in = answers[i], type = *type, begun](const CommandCall& of,
                                                                 Result<CallAnswer> answer) {
            told_in = told(*type, of, std::move(answer), begun);
        };
        batch.push_back(std::make_unique<BatchedMessage>(*std::move(call), messages[i].options,
                                                         std::move(done)));
        if (batch.size() == batch_messages) {
            run.run(batch);
            batch.clear();
        }
    }
    run.run(batch);
    std::vector<MessageResult> all;
    all.reserve(answers.size());
    for (auto& answer : answers) all.push_back(*std::move(answer));
    return all;
}

std::vector<CommandTypeStats> CommandBus::stats() const {
    std::vector<CommandTypeStats> all;
    all.reserve(types_.size());
    for (const auto& [name, type] : types_) {
        all.push_back({.type = name,
                       .accepted = type->accepted.value(),
                       .rejected = type->rejected.value(),
                       .failed = type->failed.value(),
                       .duration = type->duration.snapshot()});
    }
    return all;
}

}  // namespace mainstem
