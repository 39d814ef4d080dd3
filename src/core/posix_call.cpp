// How errors of the operating system are told apart, and what helps against them.
#include "core/posix_call.hpp"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mainstem::posix {
namespace {

DiskError code_of(int number) noexcept {
    switch (number) {
        case ENOENT: return DiskError::not_found;
        case EEXIST: return DiskError::exists;
        case ENOSPC:
        case EDQUOT:
        case EFBIG: return DiskError::no_space;
        case EACCES:
        case EPERM:
        case EROFS: return DiskError::no_permission;
        case EMFILE:
        case ENFILE: return DiskError::too_many_open;
        default: return DiskError::failed;
    }
}

}  // namespace

std::string_view advice(int number) noexcept {
    switch (number) {
        case ENOSPC: return "; make room on that disk";
        case EDQUOT: return "; make room or raise the quota";
        case EFBIG: return "; raise the limit on the size of files (ulimit -f)";
        case EACCES:
        case EPERM: return "; check its owner and mode, and those of the directories above it";
        case EROFS: return "; name a place elsewhere, or mount that file system for writing";
        case ENOTDIR: return "; a part of that path is a file and no directory";
        case EMFILE: return "; raise the limit on open files (ulimit -n)";
        case EIO: return "; the disk may be failing, see the system's log";
        default: return "";
    }
}

FileDescriptor::~FileDescriptor() {
    // Linux closes the descriptor even if close() reports an error, so it is never called twice.
    if (is_open()) ::close(number_);
}

FileDescriptor open_path(const std::string& path, int flags) {
    constexpr mode_t for_its_owner_only = 0600;
    return FileDescriptor{unless_interrupted(
        [&] { return ::open(path.c_str(), flags | O_CLOEXEC, for_its_owner_only); })};
}

Error system_error(std::string_view verb, const std::string& path, int number) {
    return {code_of(number), fmt::format("cannot {} {:?}: {}{}", verb, path,
                                         std::generic_category().message(number), advice(number))};
}

}  // namespace mainstem::posix
