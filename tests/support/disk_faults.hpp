// What a simulated disk counts, writes down and is told to do wrong.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/disk.hpp"

namespace mainstem::support {

/// One kind of call on Disk or File.
enum class Operation : std::uint8_t {
    open,
    list,
    read,
    size,
    lock,
    create,
    write,
    flush,
    resize,
    set_aside,
    start_write_back,
    rename,
    remove,
    create_directory,
    flush_directory,
};
inline constexpr std::size_t operation_kinds = 15;

[[nodiscard]] std::string_view name(Operation kind) noexcept;

/// True for the operations after which a crash can leave something else behind than before.
[[nodiscard]] constexpr bool changes_disk(Operation kind) noexcept {
    return kind >= Operation::lock;
}

inline constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();

/// An error to come. What the operation did all the same: a write may have written a part, a flush
/// has lost pages; other operations did nothing.
struct Fault {
    /// None: any operation that changes the disk.
    std::optional<Operation> kind = {};
    /// How many of that kind from now, 1: the next.
    std::uint64_t at = 1;
    /// How many of that kind fail, from `at` on.
    std::uint64_t times = 1;
    DiskError error = DiskError::failed;
    /// Only of files whose path ends with this.
    std::string suffix = {};
};

/// Where in an operation the process or the machine stops.
enum class CrashPoint : std::uint8_t { before, within, after };

/// What the disk was asked.
struct OperationRecord {
    Operation kind;
    std::string path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string_view outcome = "";
};

/// Counts operations, keeps the last ones, and says which are to fail. Not thread-safe.
class OperationLog {
public:
    /// The last operations that are kept.
    static constexpr std::size_t kept = 256;

    void add(Operation kind, std::string_view path, std::uint64_t offset, std::uint64_t length);
    /// The record of the operation just added.
    [[nodiscard]] OperationRecord& last() noexcept { return records_[(total_ - 1) % kept]; }
    [[nodiscard]] std::uint64_t count(Operation kind) const noexcept {
        return counts_[static_cast<std::size_t>(kind)];
    }
    /// Of operations that change the disk.
    [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
    /// At most `last` lines, oldest first.
    [[nodiscard]] std::string text(std::size_t last) const;

    void plan(Fault fault) { faults_.push_back(std::move(fault)); }
    void clear_faults() noexcept { faults_.clear(); }
    /// The error that the operation just added is to have. Asked once for each operation.
    std::optional<DiskError> next_fault(Operation kind);
    /// How many errors `next_fault` has given.
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

private:
    std::array<std::uint64_t, operation_kinds> counts_{};
    std::uint64_t changes_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t failures_ = 0;
    std::vector<OperationRecord> records_;
    std::vector<Fault> faults_;
};

}  // namespace mainstem::support
