// The seam to the file system: everything that a store does to files goes through Disk and File.
// Real: Disk::posix(). In memory, with faults and power cuts: tests/support/simulated_disk.hpp.
//
// What the rest relies on:
// - write_at either writes everything or fails; what a failed write left behind is unknown.
// - Data is on the disk when flush() has succeeded after the write. After a failed flush, pages
//   may read back fine and yet never reach the disk: never flush again to make sure.
// - A created, renamed or removed name is on the disk after flush_directory() of its folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>

namespace mainstem {

/// What the operating system said, as far as a caller can act on it.
enum class DiskError : std::uint8_t {
    not_found,      ///< ENOENT
    exists,         ///< EEXIST
    no_space,       ///< ENOSPC, EDQUOT, EFBIG
    no_permission,  ///< EACCES, EPERM, EROFS
    too_many_open,  ///< EMFILE, ENFILE
    locked,         ///< another process holds the lock
    failed,         ///< EIO and everything else
};
[[nodiscard]] std::string_view name(DiskError code) noexcept;
[[nodiscard]] bool retryable(DiskError code) noexcept;

using ByteSpan = std::span<const std::byte>;

/// No disk in use has larger blocks.
inline constexpr std::uint64_t disk_block = 4096;

/// Bytes of a file that are asked for.
struct FileRange {
    std::span<std::byte> to;
    std::uint64_t offset = 0;
    std::size_t got = 0;  ///< the answer; less than `to.size()` only at the end of the file
};

/// An open file. read_at and size may be called from many threads at once, also beside others that
/// write disjoint ranges; flush by one thread at a time, also beside writes and set_aside; resize
/// and set_aside by one thread at a time. Closed by the destructor.
class File {
public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    virtual ~File() = default;

    /// Fills `to` from `offset`; less than `to.size()` bytes only at the end of the file.
    virtual Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const = 0;
    /// Reads several ranges, those that are on the disk alone all at the same time.
    virtual Result<void> read_each(std::span<FileRange> ranges) const {
        for (FileRange& range : ranges) {
            const auto got = read_at(range.to, range.offset);
            if (!got) return got.error();
            range.got = *got;
        }
        return {};
    }
    /// Writes the parts one after the other from `offset`, all of them or an error.
    virtual Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) = 0;
    /// The same for whole blocks: `offset` and the size of all parts are multiples of `disk_block`.
    /// May go past the page cache, which spares a copy and the memory of bytes that hardly anybody
    /// reads soon. By one thread at a time.
    virtual Result<void> write_blocks_at(std::span<const ByteSpan> parts, std::uint64_t offset) {
        return write_at(parts, offset);
    }
    /// Puts the file's data, and what is needed to read it back, on the disk (fdatasync).
    virtual Result<void> flush() = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
    /// Cuts or extends (by zeros) to `size`.
    virtual Result<void> resize(std::uint64_t size) = 0;
    /// Asks for space up to `size` without writing it; the file's size becomes at least `size`,
    /// new bytes read as zeros. A file system that cannot do it answers success and does nothing
    /// but extend. `no_space` if the disk is full.
    virtual Result<void> set_aside(std::uint64_t size) = 0;
    /// Starts writing a range back without waiting. A hint: never an error.
    virtual void start_write_back(std::uint64_t offset, std::uint64_t length) noexcept = 0;

    Result<void> write_at(ByteSpan bytes, std::uint64_t offset) {
        return write_at(std::span<const ByteSpan>{&bytes, 1}, offset);
    }
};

/// Holds a lock until it is destroyed.
class FileLock {
public:
    FileLock() = default;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    virtual ~FileLock() = default;
};

/// Tells of changes to the files of a directory, from when it was made.
class DirectoryWatch {
public:
    DirectoryWatch() = default;
    DirectoryWatch(const DirectoryWatch&) = delete;
    DirectoryWatch& operator=(const DirectoryWatch&) = delete;
    virtual ~DirectoryWatch() = default;

    /// Returns true when a file was written, created or renamed since the call before, or earlier;
    /// false after `stop`. Errors: not_found, if the directory was removed or renamed. One thread.
    virtual Result<bool> wait() = 0;
    /// Any thread.
    virtual void stop() noexcept = 0;
};

enum class FileMode : std::uint8_t {
    read,        ///< must exist
    write,       ///< read and write, must exist
    create_new,  ///< read and write, must not exist; mode 0600
};

/// Thread-safe. Paths are as the operating system takes them.
class Disk {
public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    virtual Result<std::unique_ptr<File>> open(const std::string& path, FileMode mode) = 0;
    /// Takes an exclusive lock on `path` (made if missing), or fails with `locked` at once and
    /// names the holder. The file then holds this process's id. Ends with the process.
    virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
    /// Replaces `to` if it exists.
    virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void> remove(const std::string& path) = 0;
    /// Mode 0700; parents must exist; success if it is a directory already.
    virtual Result<void> create_directory(const std::string& path) = 0;
    /// Puts the names in a directory on the disk.
    virtual Result<void> flush_directory(const std::string& path) = 0;
    /// Watches the files that stand in a directory itself.
    virtual Result<std::unique_ptr<DirectoryWatch>> watch(const std::string& path) = 0;
    /// Names in a directory, sorted, without `.` and `..`.
    virtual Result<std::vector<std::string>> list(const std::string& path) = 0;

    /// This machine's file system.
    static Disk& posix() noexcept;
};

}  // namespace mainstem
