// What the simulated disk tells those who watch it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "core/disk.hpp"

namespace mainstem::support {

/// Counts changes. Thread-safe.
class DiskChanges {
public:
    /// Called while the disk is locked: whoever looks at it because of this finds it changed.
    void tell() {
        const std::lock_guard lock{mutex_};
        ++count_;
        changed_.notify_all();
    }
    [[nodiscard]] std::uint64_t count() {
        const std::lock_guard lock{mutex_};
        return count_;
    }
    /// Returns the count when it is another than `seen` or `stopped` is set.
    std::uint64_t wait(std::uint64_t seen, const bool& stopped) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return count_ != seen || stopped; });
        return count_;
    }
    void set(bool& flag) {
        const std::lock_guard lock{mutex_};
        flag = true;
        changed_.notify_all();
    }
    [[nodiscard]] bool is_set(const bool& flag) {
        const std::lock_guard lock{mutex_};
        return flag;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t count_ = 0;
};

/// Told of every change of the disk, wherever it is: one too many does no harm.
class SimulatedWatch final : public DirectoryWatch {
public:
    explicit SimulatedWatch(std::shared_ptr<DiskChanges> changes)
        : changes_(std::move(changes)), seen_(changes_->count()) {}

    Result<bool> wait() override {
        seen_ = changes_->wait(seen_, stopped_);
        return !changes_->is_set(stopped_);
    }
    void stop() noexcept override { changes_->set(stopped_); }

private:
    std::shared_ptr<DiskChanges> changes_;
    std::uint64_t seen_;
    bool stopped_ = false;  ///< guarded by the mutex of `changes_`
};

}  // namespace mainstem::support
