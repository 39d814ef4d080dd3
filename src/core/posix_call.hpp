// What calls of the operating system have in common: file descriptors that close themselves, calls
// that a signal interrupted, and error numbers made into errors.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "core/disk.hpp"

namespace mainstem::posix {

/// Owns a file descriptor.
class FileDescriptor {
public:
    explicit FileDescriptor(int number = -1) noexcept : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor();

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_;
};

/// Calls again as long as a signal interrupts the call. Not for flushes: see PosixFile::flush.
template <class Call>
auto unless_interrupted(Call call) {
    auto answer = call();
    while (answer == -1 && errno == EINTR) answer = call();
    return answer;
}

/// open(2), not inherited by programs that this one starts; not open if it fails, see errno.
FileDescriptor open_path(const std::string& path, int flags);

/// What the user can do about an errno, after a semicolon; empty if there is nothing to say.
std::string_view advice(int number) noexcept;

/// "cannot <verb> "<path>": <what the system says>; <what to do>". `number` is an errno.
Error system_error(std::string_view verb, const std::string& path, int number);

/// An open file whose path is `path`.
std::unique_ptr<File> make_file(FileDescriptor descriptor, std::string path);

/// See Disk::watch.
Result<std::unique_ptr<DirectoryWatch>> watch_directory(const std::string& path);

/// See Disk::lock.
Result<std::unique_ptr<FileLock>> lock_file(const std::string& path);

}  // namespace mainstem::posix
