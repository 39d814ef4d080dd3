// The file system of this machine, by POSIX calls.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "core/posix_call.hpp"

namespace mainstem {
namespace posix {
namespace {

int flags_of(FileMode mode) noexcept {
    switch (mode) {
        case FileMode::read: return O_RDONLY;
        case FileMode::write: return O_RDWR;
        case FileMode::create_new: break;
    }
    return O_RDWR | O_CREAT | O_EXCL;
}

bool is_directory(const std::string& path) noexcept {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

class PosixDisk final : public Disk {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, FileMode mode) override {
        auto descriptor = open_path(path, flags_of(mode));
        if (!descriptor.is_open())
            return system_error(mode == FileMode::create_new ? "create" : "open", path, errno);
        return make_file(std::move(descriptor), path);
    }

    Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
        return lock_file(path);
    }

    Result<void> rename(const std::string& from, const std::string& to) override {
        if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from, errno);
        return {};
    }

    Result<void> remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0) return system_error("remove", path, errno);
        return {};
    }

    Result<void> create_directory(const std::string& path) override {
        constexpr mode_t for_its_owner_only = 0700;
        if (::mkdir(path.c_str(), for_its_owner_only) == 0) return {};
        const int number = errno;
        if (number == EEXIST && is_directory(path)) return {};
        return system_error("create the directory", path, number);
    }

    Result<void> flush_directory(const std::string& path) override {
        const auto descriptor = open_path(path, O_RDONLY | O_DIRECTORY);
        if (!descriptor.is_open()) return system_error("open the directory", path, errno);
        if (::fsync(descriptor.number()) != 0)
            return system_error("flush the directory", path, errno);
        return {};
    }

    Result<std::unique_ptr<DirectoryWatch>> watch(const std::string& path) override {
        return watch_directory(path);
    }

    Result<std::vector<std::string>> list(const std::string& path) override {
        std::error_code error;
        std::vector<std::string> names;
        for (std::filesystem::directory_iterator entry{path, error}, end; !error && entry != end;
             entry.increment(error))
            names.push_back(entry->path().filename().string());
        if (error) return system_error("list", path, error.value());
        std::ranges::sort(names);
        return names;
    }
};

}  // namespace
}  // namespace posix

Disk& Disk::posix() noexcept {
    static posix::PosixDisk disk;
    return disk;
}

}  // namespace mainstem
