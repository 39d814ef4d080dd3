// The disk seam in memory, with faults, crashes and power cuts; the same seed gives the same run.
//
// Life cycle: the code under test works on it until a planned crash point (then every operation
// fails and `crashed()` says so) or until the test ends the process: by `kill`, which keeps the
// page cache, or by `power_cut`, which leaves only what was on the disk. Both make open files dead,
// release locks and take back planned faults; the next process then opens what is left.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <mainstem/core/random.hpp>

#include "core/disk.hpp"
#include "support/disk_changes.hpp"
#include "support/disk_faults.hpp"
#include "support/name_images.hpp"

namespace mainstem::support {

/// Thread-safe. Must outlive what it opened. The folders `/` and `.` exist from the start.
class SimulatedDisk final : public Disk {
public:
    explicit SimulatedDisk(std::uint64_t seed) : random_(seed) {}

    Result<std::unique_ptr<File>> open(const std::string& path, FileMode mode) override;
    Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
    Result<void> rename(const std::string& from, const std::string& to) override;
    Result<void> remove(const std::string& path) override;
    Result<void> create_directory(const std::string& path) override;
    Result<void> flush_directory(const std::string& path) override;
    Result<std::unique_ptr<DirectoryWatch>> watch(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& path) override;

    void plan(Fault fault);
    void clear_faults();
    /// Calls `what` in the midst of the next flush: when the disk has what was written before, and
    /// the flush has not returned yet.
    void in_next_flush(std::function<void()> what);
    /// Stops everything at the n-th operation from now (1: the next) that changes the disk.
    void crash_at(std::uint64_t change, CrashPoint where);
    /// Stops everything now: so that what still runs can be torn down without a trace.
    void crash_now();
    [[nodiscard]] bool crashed() const;
    /// How many operations have failed as planned, the crash not counted.
    [[nodiscard]] std::uint64_t failures() const;

    /// The process ends; what it wrote stays in the page cache, flushed or not.
    void kill();
    /// The machine stops; see FileImages and NameImages for what is left.
    void power_cut();
    /// The kernel needs memory: what failed flushes lost is now to be seen, too.
    void drop_clean_pages();

    /// Every file as processes see it.
    [[nodiscard]] std::map<std::string, std::string> image() const;
    void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);
    /// Makes a file hold exactly this, on the disk and at once. Its folder must exist.
    void put(const std::string& path, std::string_view content);
    /// Removes a file, if it exists, on the disk and at once.
    void erase(const std::string& path);

    [[nodiscard]] std::uint64_t changes() const;
    [[nodiscard]] std::uint64_t count(Operation kind) const;
    /// The last operations, one a line, for the message of a failed test.
    [[nodiscard]] std::string log_tail(std::size_t last = 100) const;

private:
    friend class SimulatedFile;
    friend class SimulatedLock;

    /// How an operation is to go: what it does, and what it answers.
    struct Step {
        enum class Effect : std::uint8_t { nothing, a_part, everything };
        Effect effect = Effect::everything;
        std::optional<Error> error = {};

        [[nodiscard]] Result<void> answer() const {
            return error ? Result<void>{*error} : Result<void>{};
        }
    };
    struct CrashPlan {
        std::uint64_t in = 0;
        CrashPoint where = CrashPoint::before;
    };

    /// Counts an operation and decides about it. An operation of a dead file does nothing.
    Step begin(Operation kind, const std::string& path, std::uint64_t offset = 0,
               std::uint64_t length = 0, bool dead = false);
    Step crash(Operation kind, const std::string& path);
    Step fail(Operation kind, const std::string& path, DiskError code);
    void end_process();

    mutable std::mutex mutex_;
    Random random_;
    NameImages names_;
    OperationLog log_;
    std::optional<CrashPlan> crash_plan_;
    std::function<void()> in_next_flush_;
    bool crashed_ = false;
    /// Counts processes: what an earlier one opened is dead.
    std::uint64_t process_ = 1;
    std::set<std::string> locks_;
    std::shared_ptr<DiskChanges> changes_ = std::make_shared<DiskChanges>();
};

}  // namespace mainstem::support
