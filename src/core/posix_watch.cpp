// Watching a directory by inotify(7).
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <poll.h>
#include <unistd.h>

#include "core/posix_call.hpp"

namespace mainstem::posix {
namespace {

constexpr std::uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

/// True if the events tell that there is nothing more to watch.
bool is_gone(std::span<const char> events) {
    while (!events.empty()) {
        inotify_event event{};
        std::memcpy(&event, events.data(), sizeof event);
        if ((event.mask & gone) != 0) return true;
        events = events.subspan(sizeof event + event.len);
    }
    return false;
}

class InotifyWatch final : public DirectoryWatch {
public:
    InotifyWatch(FileDescriptor changes, FileDescriptor stopped, std::string path)
        : changes_(std::move(changes)), stopped_(std::move(stopped)), path_(std::move(path)) {}

    Result<bool> wait() override {
        std::array<pollfd, 2> ready{
            {{changes_.number(), POLLIN, 0}, {stopped_.number(), POLLIN, 0}}};
        const int count =
            unless_interrupted([&] { return ::poll(ready.data(), ready.size(), -1); });
        if (count < 0) return system_error("watch", path_, errno);
        if (ready[1].revents != 0) return false;
        // What changed does not matter; what does not fit is taken by the next call.
        std::array<char, 4096> events{};
        const auto size = unless_interrupted(
            [&] { return ::read(changes_.number(), events.data(), events.size()); });
        if (size < 0 && errno == EAGAIN) return true;
        if (size < 0) return system_error("watch", path_, errno);
        if (is_gone(std::span{events}.first(static_cast<std::size_t>(size)))) {
            return system_error("watch", path_, ENOENT);
        }
        return true;
    }

    void stop() noexcept override {
        const std::uint64_t one = 1;
        static_cast<void>(!::write(stopped_.number(), &one, sizeof one));
    }

private:
    FileDescriptor changes_;
    FileDescriptor stopped_;
    std::string path_;
};

}  // namespace

Result<std::unique_ptr<DirectoryWatch>> watch_directory(const std::string& path) {
    FileDescriptor changes{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (!changes.is_open()) return system_error("watch", path, errno);
    constexpr std::uint32_t kinds =
        IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
    if (::inotify_add_watch(changes.number(), path.c_str(), kinds) < 0) {
        return system_error("watch", path, errno);
    }
    FileDescriptor stopped{::eventfd(0, EFD_CLOEXEC)};
    if (!stopped.is_open()) return system_error("watch", path, errno);
    return std::make_unique<InotifyWatch>(std::move(changes), std::move(stopped), path);
}

}  // namespace mainstem::posix
