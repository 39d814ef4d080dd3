// BatchProcessor: items that come one by one from many threads are processed together, and each
// gets an answer of its own. For work that costs nearly the same for a hundred items as for one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <mainstem/command/batch_options.hpp>
#include <mainstem/command/batch_worker.hpp>
#include <mainstem/core/assert.hpp>
#include <mainstem/core/result.hpp>

namespace mainstem {
namespace detail {

/// An answer that one thread waits for. The other is done with it when the wait is over.
template <class Answer>
class Awaited {
public:
    void arrive(Answer answer) {
        const std::scoped_lock lock{mutex_};
        answer_.emplace(std::move(answer));
        arrived_.notify_one();
    }
    [[nodiscard]] Answer wait() {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, [this] { return answer_.has_value(); });
        return *std::move(answer_);
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::optional<Answer> answer_;
};

/// The items that wait, and the batch that is being processed.
template <class Item, class Answer>
class BatchQueue final : public BatchItems {
public:
    using Answers = std::vector<Result<Answer>>;
    using Process = std::function<Answers(std::vector<Item>)>;
    using Done = std::function<void(Result<Answer>)>;

    explicit BatchQueue(Process process) : process_(std::move(process)) {}

    /// Under the worker's lock.
    void add(Item item, Done done) { waiting_.push_back({std::move(item), std::move(done)}); }

    void take(std::size_t items) override {
        batch_.reserve(items);
        done_.reserve(items);
        for (; items > 0; --items) {
            batch_.push_back(std::move(waiting_.front().item));
            done_.push_back(std::move(waiting_.front().done));
            waiting_.pop_front();
        }
    }

    void process() override {
        const auto done = std::exchange(done_, {});
        auto answers = answers_to(std::exchange(batch_, {}));
        for (std::size_t i = 0; i < done.size(); ++i) {
            if (!answers) {
                done[i](answers.error());
            } else if (i < answers->size()) {
                done[i](std::move((*answers)[i]));
            } else {
                done[i](no_answer_error(
                    {.item = i + 1, .items = done.size(), .answers = answers->size()}));
            }
        }
    }

private:
    struct Waiting {
        Item item;
        Done done;
    };

    Result<Answers> answers_to(std::vector<Item> items) {
        try {
            return process_(std::move(items));
        } catch (const std::exception& thrown) {
            return batch_failed_error(thrown.what());
        } catch (...) {
            return batch_failed_error("something that is no std::exception");
        }
    }

    const Process process_;
    std::deque<Waiting> waiting_;  ///< under the worker's lock, as what follows while it is taken
    std::vector<Item> batch_;
    std::vector<Done> done_;
};

}  // namespace detail

/// Processes items in batches, in the order in which they were submitted, one batch at a time on a
/// thread of its own. A batch is processed when it is full, when its oldest item has waited for the
/// delay, at a flush, and when the processor stops. Thread-safe. Memory is bounded by the queue and
/// two batches.
///
/// Every item that is submitted is answered exactly once: by the processing function, or with why
/// it was not (BatchError).
template <class Item, class Answer>
class BatchProcessor {
    using Queue = detail::BatchQueue<Item, Answer>;

public:
    /// Gives the answer to each item, in the order of the items; an error answers its item alone.
    /// Answers beyond the number of items are ignored. If it throws, its items are answered with
    /// the exception's text, and the next batch is processed.
    using Process = typename Queue::Process;
    /// Called exactly once: on the processor's thread, or in `submit`, if the item was not
    /// admitted. It holds up the next batch, and must not throw. It may submit; it must not wait
    /// for answers, nor destroy the processor.
    using Done = typename Queue::Done;

    BatchProcessor(const BatchOptions& options, Process process)
        : queue_(std::move(process)), worker_(options, queue_) {}

    /// Stops. No other call may be under way.
    ~BatchProcessor() = default;
    BatchProcessor(const BatchProcessor&) = delete;
    BatchProcessor& operator=(const BatchProcessor&) = delete;

    /// Submits an item. While the queue is full, it waits or refuses, as the options say; in
    /// functions that the processor calls, which alone make room, it always refuses.
    void submit(Item item, Done done) {
        auto admitted = worker_.admit();
        if (!admitted) return done(admitted.error());
        queue_.add(std::move(item), std::move(done));
        worker_.added(*std::move(admitted));
    }

    /// Submits an item and waits for its answer. Not for functions that the processor calls.
    Result<Answer> process(Item item) {
        MAINSTEM_ASSERT(!worker_.is_this_thread(),
                        "a batch processor whose own thread waits for it");
        detail::Awaited<Result<Answer>> awaited;
        submit(std::move(item), [&](Result<Answer> given) { awaited.arrive(std::move(given)); });
        return awaited.wait();
    }

    /// Returns when everything that was submitted before the call is answered, without waiting for
    /// the delay. Not for functions that the processor calls.
    void flush() { worker_.flush(); }

    /// Items that are submitted from now on, or still wait for room in the queue, are answered with
    /// BatchError::stopped. Returns when all others are answered; in functions that the processor
    /// calls, at once.
    void stop() { worker_.stop(); }

private:
    Queue queue_;
    detail::BatchWorker worker_;  ///< the last member: its destructor still processes items
};

}  // namespace mainstem
