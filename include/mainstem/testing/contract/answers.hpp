// Where the tests of the contract collect the answers to asynchronous appends.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/append.hpp>

namespace mainstem::testing::contract {

/// Collects the answers to asynchronous appends, by the number of the append. It must outlive the
/// store's handles if not all answers were waited for. Any thread.
class Answers {
public:
    /// The callback for append number `number`.
    AppendDone slot(std::size_t number) {
        return [this, number](Result<Appended> answer) {
            const std::scoped_lock lock{mutex_};
            if (answers_.size() <= number) answers_.resize(number + 1);
            if (answers_[number]) ++doubled_;
            answers_[number] = std::move(answer);
            ++count_;
            arrived_.notify_all();
        };
    }

    /// Waits for `count` calls and gives the answers, which later calls must not change.
    std::vector<Result<Appended>> wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        arrived_.wait(lock, [&] { return count_ >= count; });
        std::vector<Result<Appended>> all;
        for (auto& answer : answers_) {
            if (answer) all.push_back(*answer);
        }
        EXPECT_EQ(all.size(), count);
        return all;
    }

    [[nodiscard]] std::size_t count() {
        const std::scoped_lock lock{mutex_};
        return count_;
    }
    [[nodiscard]] std::size_t doubled() {
        const std::scoped_lock lock{mutex_};
        return doubled_;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::optional<Result<Appended>>> answers_;
    std::size_t count_ = 0;
    std::size_t doubled_ = 0;
};

}  // namespace mainstem::testing::contract
