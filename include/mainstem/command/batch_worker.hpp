// The thread of a batch processor, and all of it that does not depend on the type of its items.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>

#include <mainstem/command/batch_options.hpp>
#include <mainstem/core/result.hpp>

namespace mainstem::detail {

/// The items of a batch processor, as its worker sees them.
class BatchItems {
public:
    BatchItems() = default;
    BatchItems(const BatchItems&) = delete;
    BatchItems& operator=(const BatchItems&) = delete;
    virtual ~BatchItems() = default;

    /// Makes the oldest items a batch, under the worker's lock.
    virtual void take(std::size_t items) = 0;
    /// Processes that batch and answers each of its items, without the lock.
    virtual void process() = 0;
};

/// Says when batches are taken and processed, on a thread of its own. Thread-safe.
class BatchWorker {
public:
    /// `items` must outlive it.
    BatchWorker(const BatchOptions& options, BatchItems& items);
    BatchWorker(const BatchWorker&) = delete;
    BatchWorker& operator=(const BatchWorker&) = delete;
    /// Stops. Not on the worker's own thread.
    ~BatchWorker();

    /// The lock under which one item may be put behind the others; `added` must follow. It waits
    /// for room, if that was asked for, until a stop is. Errors: refused, stopped.
    Result<std::unique_lock<std::mutex>> admit(const std::stop_token& stop = {});
    /// An item was put there.
    void added(std::unique_lock<std::mutex> lock);

    /// Returns when all items that were added before the call are answered.
    void flush();
    /// The same, and no more items are admitted. On the worker's own thread it returns at once.
    void stop();

    /// True on the thread that processes.
    [[nodiscard]] bool is_this_thread() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The processing function gave `answers` answers to `items` items, too few for item number `item`.
struct MissingAnswer {
    std::size_t item = 0;  ///< from 1
    std::size_t items = 0;
    std::size_t answers = 0;
};
[[nodiscard]] Error no_answer_error(const MissingAnswer& missing);

/// The processing function threw; `what` is the exception's text.
[[nodiscard]] Error batch_failed_error(std::string_view what);

}  // namespace mainstem::detail
