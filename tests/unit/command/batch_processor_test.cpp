// Batches of items from callers: what makes a batch, whose answer is whose, and how it ends.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/batch_processor.hpp>

#include "support/manual_timer.hpp"

namespace mainstem {
namespace {

using namespace std::chrono_literals;
using Processor = BatchProcessor<int, int>;
using Answers = std::vector<Result<int>>;
using Batches = std::vector<std::vector<int>>;

/// Collects answers in the order in which they come, as text. Any thread.
class Answered {
public:
    Processor::Done slot() {
        return [this](const Result<int>& answer) {
            const std::scoped_lock lock{mutex_};
            texts_.push_back(answer ? std::to_string(*answer)
                                    : std::string{answer.error().code_name()});
            changed_.notify_all();
        };
    }
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return texts_.size() >= count; });
        return texts_;
    }
    std::vector<std::string> texts() { return wait_for(0); }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> texts_;
};

/// Answers each item with its double and keeps the batches. `held` keeps it from beginning.
struct Doubling {
    Answers operator()(const std::vector<int>& items) {
        const std::scoped_lock lock{*held};
        batches->push_back(items);
        Answers answers;
        for (const int item : items) answers.emplace_back(2 * item);
        return answers;
    }
    std::shared_ptr<std::mutex> held = std::make_shared<std::mutex>();
    std::shared_ptr<Batches> batches = std::make_shared<Batches>();
};

class BatchProcessorTest : public ::testing::Test {
protected:
    void submit(Processor& processor, int first, int last) {
        for (int item = first; item <= last; ++item) processor.submit(item, answered_.slot());
    }

    support::ManualTimer timer_;
    Doubling doubling_;
    Answered answered_;
};

TEST_F(BatchProcessorTest, a_full_batch_is_processed_without_time_passing) {
    Processor processor{{.items = 3, .delay = 1h, .timer = &timer_}, doubling_};
    submit(processor, 1, 3);
    EXPECT_EQ(answered_.wait_for(3), (std::vector<std::string>{"2", "4", "6"}));
    EXPECT_EQ(*doubling_.batches, (Batches{{1, 2, 3}}));
}

TEST_F(BatchProcessorTest, a_part_of_a_batch_waits_for_the_delay_of_its_oldest_item) {
    Processor processor{{.items = 100, .delay = 10ms, .timer = &timer_}, doubling_};
    submit(processor, 1, 1);
    timer_.await_waits(1);
    timer_.advance(6ms);
    submit(processor, 2, 2);
    timer_.await_waits(2);
    EXPECT_TRUE(answered_.texts().empty());
    timer_.advance(4ms);
    EXPECT_EQ(answered_.wait_for(2), (std::vector<std::string>{"2", "4"}));
    EXPECT_EQ(*doubling_.batches, (Batches{{1, 2}}));
}

TEST_F(BatchProcessorTest, a_flush_returns_when_all_before_it_are_answered) {
    Processor processor{{.items = 2, .delay = 1h, .timer = &timer_}, doubling_};
    processor.flush();
    submit(processor, 1, 5);
    processor.flush();
    EXPECT_EQ(answered_.texts(), (std::vector<std::string>{"2", "4", "6", "8", "10"}));
    EXPECT_EQ(doubling_.batches->back(), (std::vector<int>{5}));
    processor.flush();
}

TEST_F(BatchProcessorTest, what_waits_when_it_is_destroyed_is_processed) {
    {
        Processor processor{{.delay = 1h, .timer = &timer_}, doubling_};
        submit(processor, 1, 250);
    }
    EXPECT_EQ(answered_.texts().size(), 250U);
}

TEST_F(BatchProcessorTest, after_a_stop_items_are_answered_with_an_error) {
    Processor processor{{.delay = 1h, .timer = &timer_}, doubling_};
    submit(processor, 1, 1);
    processor.stop();
    EXPECT_EQ(answered_.texts(), (std::vector<std::string>{"2"}));
    submit(processor, 2, 2);
    EXPECT_EQ(answered_.texts().back(), "stopped");
    EXPECT_TRUE(processor.process(3).error() == BatchError::stopped);
    processor.stop();
}

TEST_F(BatchProcessorTest, an_item_s_error_is_its_own) {
    Processor processor{{.delay = 1h, .timer = &timer_}, [](const std::vector<int>& items) {
                            Answers answers;
                            for (const int item : items) {
                                if (item % 2 == 0) {
                                    answers.emplace_back(item);
                                } else {
                                    answers.emplace_back(Error{BatchError::failed, "odd"});
                                }
                            }
                            return answers;
                        }};
    submit(processor, 1, 4);
    processor.flush();
    EXPECT_EQ(answered_.texts(), (std::vector<std::string>{"failed", "2", "failed", "4"}));
}

TEST_F(BatchProcessorTest, items_that_get_no_answer_are_told_so) {
    std::vector<std::string> texts;
    Processor processor{{.delay = 1h, .timer = &timer_},
                        [](const std::vector<int>&) { return Answers{7, 8}; }};
    for (int item = 1; item <= 3; ++item) {
        processor.submit(item, [&](const Result<int>& answer) {
            texts.push_back(answer ? std::to_string(*answer) : answer.error().message());
        });
    }
    processor.flush();
    EXPECT_EQ(texts,
              (std::vector<std::string>{
                  "7", "8", "the processing function gave 2 answers to 3 items, none to item 3"}));
    submit(processor, 1, 1);
    processor.flush();
    EXPECT_EQ(answered_.texts(), (std::vector<std::string>{"7"})) << "one answer too many";
}

TEST_F(BatchProcessorTest, after_an_exception_it_goes_on) {
    Processor processor{{.items = 1, .timer = &timer_}, [](const std::vector<int>& items) {
                            if (items[0] == 1) throw std::runtime_error{"no\nconnection"};
                            if (items[0] == 2) throw 2;  // NOLINT: what others may throw
                            return Answers{items[0]};
                        }};
    const auto error = processor.process(1).error();
    EXPECT_TRUE(error == BatchError::failed);
    EXPECT_EQ(error.message(), "the processing function threw: no connection");
    EXPECT_TRUE(processor.process(2).error() == BatchError::failed);
    EXPECT_EQ(processor.process(3).value(), 3);
}

TEST_F(BatchProcessorTest, a_full_queue_refuses_if_it_was_told_to) {
    Processor processor{
        {.items = 2, .delay = 1h, .queue = 2, .when_full = WhenFull::refuse, .timer = &timer_},
        doubling_};
    {
        // The function is held up: two items are in its hands or in the queue, two more at most.
        const std::scoped_lock lock{*doubling_.held};
        submit(processor, 1, 6);
        const auto texts = answered_.wait_for(2);
        EXPECT_TRUE(std::ranges::all_of(texts, [](auto& text) { return text == "refused"; }));
    }
    processor.flush();
    const auto texts = answered_.texts();
    EXPECT_EQ(texts.size(), 6U);
    EXPECT_LE(std::ranges::count(texts, "refused"), 4);
}

TEST_F(BatchProcessorTest, a_full_queue_makes_callers_wait) {
    Processor processor{{.items = 2, .delay = 1h, .queue = 2, .timer = &timer_}, doubling_};
    std::unique_lock held{*doubling_.held};
    std::atomic<int> submitted = 0;
    std::thread caller{[&] {
        for (int item = 1; item <= 20; ++item, ++submitted) submit(processor, item, item);
    }};
    while (submitted < 4) std::this_thread::yield();
    EXPECT_LE(submitted, 4) << "two in the hands of the function and two in the queue";
    held.unlock();
    caller.join();
    processor.flush();
    EXPECT_EQ(answered_.texts().size(), 20U);
    EXPECT_EQ(doubling_.batches->size(), 10U);
}

TEST_F(BatchProcessorTest, who_waits_for_room_is_told_of_the_stop) {
    Processor processor{{.items = 1, .delay = 1h, .queue = 1, .timer = &timer_}, doubling_};
    std::unique_lock held{*doubling_.held};
    std::thread caller{[&] { submit(processor, 1, 5); }};
    std::thread stopper{[&] { processor.stop(); }};
    const auto refused = answered_.wait_for(3);
    EXPECT_EQ(refused, (std::vector<std::string>(refused.size(), "stopped")));
    held.unlock();
    caller.join();
    stopper.join();
    EXPECT_EQ(answered_.texts().size(), 5U);
}

TEST_F(BatchProcessorTest, an_answer_may_submit_but_never_waits_for_room) {
    std::vector<std::string> texts;
    Processor processor{{.items = 1, .delay = 0ns, .queue = 1, .timer = &timer_}, doubling_};
    const auto note = [&](const Result<int>& answer) {
        texts.emplace_back(answer ? "answered" : answer.error().code_name());
    };
    processor.submit(1, [&](const Result<int>&) {
        for (int item = 2; item <= 4; ++item) processor.submit(item, note);
    });
    processor.flush();
    processor.flush();
    EXPECT_EQ(texts, (std::vector<std::string>{"refused", "refused", "answered"}));
}

TEST_F(BatchProcessorTest, items_and_answers_may_be_movable_only) {
    using Box = std::unique_ptr<int>;
    BatchProcessor<Box, Box> processor{{.items = 1}, [](std::vector<Box> boxes) {
                                           std::vector<Result<Box>> answers;
                                           answers.reserve(boxes.size());
                                           for (auto& box : boxes)
                                               answers.emplace_back(std::move(box));
                                           return answers;
                                       }};
    EXPECT_EQ(*processor.process(std::make_unique<int>(5)).value(), 5);
}

TEST_F(BatchProcessorTest, answers_may_be_empty) {
    BatchProcessor<int, void> processor{{.items = 1}, [](const std::vector<int>& items) {
                                            return std::vector<Result<void>>(items.size());
                                        }};
    EXPECT_TRUE(processor.process(1));
}

TEST(BatchErrorTest, only_a_full_queue_is_worth_another_try) {
    EXPECT_TRUE(retryable(BatchError::refused));
    for (const auto code : {BatchError::stopped, BatchError::no_answer, BatchError::failed}) {
        EXPECT_FALSE(retryable(code)) << name(code);
    }
    EXPECT_EQ(name(BatchError::no_answer), "no_answer");
}

}  // namespace
}  // namespace mainstem
