// The queue of commands behind the schedule of batches.
#include <mainstem/command/command_batcher.hpp>

#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include <mainstem/command/batch_worker.hpp>

#include "command/batch_run.hpp"
#include "command/errors.hpp"

namespace mainstem::detail {
namespace {

/// The error of a batch in the words of commands.
Error command_error(const Error& error) {
    if (error == BatchError::refused) return {ExecutionError::overloaded, error.message()};
    if (error == BatchError::stopped) return {ExecutionError::stopped, error.message()};
    return error;
}

class BatchedCalls final : public BatchItems {
public:
    using Call = std::unique_ptr<BatchedCall>;

    explicit BatchedCalls(ExecutorPtr executor)
        : executor_(std::move(executor)), run_(*executor_) {}

    [[nodiscard]] Waiter::TimePoint now() const { return executor_->waiter().now(); }
    /// Under the worker's lock.
    void add(Call call) { waiting_.push_back(std::move(call)); }

    void take(std::size_t items) override {
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(items);
        batch_.assign(std::move_iterator{waiting_.begin()}, std::move_iterator{end});
        waiting_.erase(waiting_.begin(), end);
    }

    /// Every command is answered, also if one of them throws.
    void process() override {
        try {
            run_.run(batch_);
        } catch (const std::exception& thrown) {
            answer_rest(batch_failed_error(thrown.what()));
        } catch (...) {
            answer_rest(batch_failed_error("something that is no std::exception"));
        }
        batch_.clear();
    }

private:
    void answer_rest(const Error& error) {
        for (auto& call : batch_) {
            if (call) std::exchange(call, nullptr)->answer(error);
        }
    }

    const ExecutorPtr executor_;
    command::BatchRun run_;     ///< by the worker's thread
    std::deque<Call> waiting_;  ///< under the worker's lock, as what follows while it is taken
    std::vector<Call> batch_;
};

}  // namespace

class BatcherCore {
public:
    BatcherCore(ExecutorPtr executor, const BatchOptions& options)
        : calls_(std::move(executor)), worker_(options, calls_) {}

    void submit(std::unique_ptr<BatchedCall> call) {
        call->submitted = calls_.now();
        const auto& stop = call->options.stop;
        auto admitted = worker_.admit(stop);
        if (!admitted && admitted.error() == BatchError::refused && stop.stop_requested()) {
            return call->answer(command::cancelled_in_queue_error());
        }
        if (!admitted) return call->answer(command_error(admitted.error()));
        calls_.add(std::move(call));
        worker_.added(*std::move(admitted));
    }
    [[nodiscard]] BatchWorker& worker() noexcept { return worker_; }
    [[nodiscard]] const BatchWorker& worker() const noexcept { return worker_; }

private:
    BatchedCalls calls_;
    BatchWorker worker_;  ///< the last member: its destructor still executes commands
};

void BatcherDeleter::operator()(BatcherCore* core) const noexcept { delete core; }

BatcherPtr make_batcher(ExecutorPtr executor, const BatchOptions& options) {
    return BatcherPtr{new BatcherCore{std::move(executor), options}};
}

void submit(BatcherCore& core, std::unique_ptr<BatchedCall> call) { core.submit(std::move(call)); }
void flush(BatcherCore& core) { core.worker().flush(); }
void stop(BatcherCore& core) { core.worker().stop(); }
bool is_batcher_thread(const BatcherCore& core) noexcept { return core.worker().is_this_thread(); }

}  // namespace mainstem::detail
