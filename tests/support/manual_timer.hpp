// A timer whose time stands still until a test moves it on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <mainstem/command/batch_options.hpp>

namespace mainstem::support {

/// For one waiting thread. It must outlive those who use it.
class ManualTimer final : public BatchTimer {
public:
    [[nodiscard]] Time now() const noexcept override {
        const std::scoped_lock lock{mutex_};
        return now_;
    }

    void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
              Time until) override {
        {
            const std::scoped_lock own{mutex_};
            if (now_ >= until) return;
            changed_ = &changed;
            waiting_ = lock.mutex();
            ++waits_;
            waits_changed_.notify_all();
        }
        changed.wait(lock);
        const std::scoped_lock own{mutex_};
        changed_ = nullptr;
    }

    /// Wakes who waits for a time that has come.
    void advance(std::chrono::nanoseconds by) {
        std::unique_lock own{mutex_};
        now_ += by;
        if (changed_ == nullptr) return;
        auto& changed = *changed_;
        auto& waiting = *waiting_;
        own.unlock();
        // Who has said that it waits, but does not yet, still holds this.
        const std::scoped_lock lock{waiting};
        changed.notify_all();
    }

    /// Returns when there were so many waits.
    void await_waits(int count) {
        std::unique_lock own{mutex_};
        waits_changed_.wait(own, [&] { return waits_ >= count; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable waits_changed_;
    Time now_{};
    std::condition_variable* changed_ = nullptr;
    std::mutex* waiting_ = nullptr;
    int waits_ = 0;
};

}  // namespace mainstem::support
