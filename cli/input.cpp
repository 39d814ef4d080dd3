// Reading by the operating system's calls.
#include "cli/input.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/text.hpp"
#include "core/posix_call.hpp"

namespace mainstem::cli {
namespace {

constexpr std::size_t read_bytes = 256UL * 1024;

std::string_view advice(int reason) {
    switch (reason) {
        case ENOENT: return "; check its name, or give - for standard input";
        case EISDIR: return "; name a file in it";
        default: return posix::advice(reason);
    }
}

Error cannot_read(const std::string& path, int reason) {
    return {CliError::failed,
            fmt::format("cannot read {}: {}{}", path == "-" ? "standard input" : in_quotes(path),
                        std::generic_category().message(reason), advice(reason))};
}

}  // namespace

Result<Input> Input::open(const std::string& path) {
    Input input;
    input.path_ = path;
    input.file_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (input.file_ < 0) return cannot_read(path, errno);
    struct stat status = {};
    if (fstat(input.file_, &status) == 0) {
        if (S_ISDIR(status.st_mode)) return cannot_read(path, EISDIR);
        if (S_ISREG(status.st_mode)) input.size_ = static_cast<std::uint64_t>(status.st_size);
    }
    return input;
}

Input Input::of(std::string_view bytes, std::string name) {
    Input input;
    input.path_ = std::move(name);
    input.buffer_ = bytes;
    input.size_ = bytes.size();
    return input;
}

Input::Input(Input&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      fingerprint_(std::move(other.fingerprint_)),
      offset_(other.offset_),
      line_(other.line_),
      last_consumed_(other.last_consumed_) {}

Input::~Input() {
    if (file_ > STDIN_FILENO) close(file_);
}

Result<bool> Input::read_more() {
    if (file_ < 0) return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    const auto old_size = buffer_.size();
    buffer_.resize(old_size + read_bytes);
    while (true) {
        wait_for_input(file_);
        if (interrupt_requested()) {
            buffer_.resize(old_size);
            return interrupted("interrupted while reading");
        }
        const auto got = ::read(file_, buffer_.data() + old_size, read_bytes);
        const auto reason = errno;
        if (got < 0 && reason == EINTR && !interrupt_requested()) continue;
        buffer_.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got >= 0) return got > 0;
        if (reason == EINTR) return interrupted("interrupted while reading");
        return cannot_read(path_, reason);
    }
}

void Input::consume(std::size_t size) noexcept {
    if (size == 0) return;
    const auto bytes = ahead().substr(0, size);
    fingerprint_.add(bytes);
    line_ += static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
    last_consumed_ = bytes.back();
    offset_ += bytes.size();
    begin_ += bytes.size();
}

Result<bool> Input::skip_to(std::uint64_t offset) {
    while (offset_ < offset) {
        if (ahead().empty()) {
            const auto more = read_more();
            if (!more || !*more) return more;
        }
        consume(
            static_cast<std::size_t>(std::min<std::uint64_t>(ahead().size(), offset - offset_)));
    }
    return true;
}

bool same_file(const std::string& one, const std::string& other) {
    struct stat first = {};
    struct stat second = {};
    return stat(one.c_str(), &first) == 0 && stat(other.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace mainstem::cli
