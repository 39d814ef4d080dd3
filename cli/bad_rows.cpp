// Appending to the file.
#include "cli/bad_rows.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"
#include "core/posix_call.hpp"

namespace mainstem::cli {

BadRows::~BadRows() {
    if (file_ >= 0) close(file_);
}

Error BadRows::failed(int reason) const {
    return {CliError::failed,
            fmt::format("cannot write bad rows to {}: {}{}", in_quotes(path_),
                        std::generic_category().message(reason), posix::advice(reason))};
}

Result<void> BadRows::add(std::string_view raw) {
    held_ += raw;
    return held_.size() < held_most ? Result<void>{} : write();
}

Result<void> BadRows::open() {
    constexpr int mode = 0644;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);
    if (file_ < 0) return failed(errno);
    struct stat status = {};
    if (fstat(file_, &status) != 0) return failed(errno);
    if (status.st_size == 0) held_.insert(0, header_);
    return {};
}

Result<void> BadRows::write() {
    if (held_.empty()) return {};
    if (file_ < 0) {
        if (auto opened = open(); !opened) return opened;
    }
    std::string_view rest = held_;
    while (!rest.empty()) {
        const auto written = ::write(file_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(errno);
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    held_.clear();
    if (fdatasync(file_) != 0 && errno != EINVAL && errno != EROFS) return failed(errno);
    return {};
}

}  // namespace mainstem::cli
