// Locks of open files (fcntl): the kernel knows who is dead.
#include "sqlite/leads.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mainstem::sqlite {

Result<std::unique_ptr<LeadLock>> LeadLock::try_take(const std::string& path, std::int64_t byte) {
    const auto failed = [&](const char* what) {
        const auto why = std::generic_category().message(errno);
        return Error{ReadModelError::failed, fmt::format("{}: {}: {}", path, what, why)};
    };
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed("cannot open the file of locks");
    std::unique_ptr<LeadLock> lock{new LeadLock{file}};
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    // A lock of the open file, not of the process: two leaders of one process exclude each other.
    if (::fcntl(file, F_OFD_SETLK, &range) == 0) return lock;
    if (errno == EAGAIN || errno == EACCES) return std::unique_ptr<LeadLock>{};
    return failed("cannot lock");
}

LeadLock::~LeadLock() { ::close(file_); }

}  // namespace mainstem::sqlite
