// The lock of a store: flock(2) on a file that holds the locker's process id as text. The lock
// belongs to the open file, not to its name or content, so it ends with the process whatever
// happens, and a second lock in the same process is refused, too.
#include <array>
#include <charconv>
#include <sys/file.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/posix_call.hpp"

namespace mainstem::posix {
namespace {

class PosixLock final : public FileLock {
public:
    explicit PosixLock(std::unique_ptr<File> file) : file_(std::move(file)) {}

private:
    std::unique_ptr<File> file_;
};

/// The process id in the file; 0 if there is none: its holder is just about to write it.
long holder_in(const File& file) {
    std::array<char, 32> text{};
    const auto size = file.read_at(std::as_writable_bytes(std::span{text}), 0);
    long holder = 0;
    if (size) std::from_chars(text.data(), text.data() + *size, holder);
    return holder;
}

std::string describe_holder(long holder) {
    if (holder <= 0) return "another process";
    if (holder == ::getpid()) return "this process";
    return fmt::format("process {}", holder);
}

Result<void> write_own_id(File& file) {
    const auto text = fmt::format("{}\n", ::getpid());
    const auto emptied = file.resize(0);
    if (!emptied) return emptied;
    return file.write_at(std::as_bytes(std::span{text}), 0);
}

}  // namespace

Result<std::unique_ptr<FileLock>> lock_file(const std::string& path) {
    auto descriptor = open_path(path, O_RDWR | O_CREAT);
    if (!descriptor.is_open()) return system_error("open", path, errno);

    const auto answer =
        unless_interrupted([&] { return ::flock(descriptor.number(), LOCK_EX | LOCK_NB); });
    const int number = errno;
    auto file = make_file(std::move(descriptor), path);
    if (answer != 0 && number == EWOULDBLOCK)
        return Error{DiskError::locked, fmt::format("cannot lock {:?}: {} holds it", path,
                                                    describe_holder(holder_in(*file)))};
    if (answer != 0) return system_error("lock", path, number);

    const auto written = write_own_id(*file);
    if (!written) return written.error();
    return std::make_unique<PosixLock>(std::move(file));
}

}  // namespace mainstem::posix
