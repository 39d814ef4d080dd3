// A file of the operating system. Short reads and writes are continued, interrupted calls are made
// again; only a flush is never repeated.
#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <sys/uio.h>

#include <fcntl.h>
#include <unistd.h>

#include "core/direct_buffer.hpp"
#include "core/posix_call.hpp"

namespace mainstem::posix {
namespace {

/// The bytes of a write that have not been written yet.
class Unwritten {
public:
    explicit Unwritten(std::span<const ByteSpan> parts) : parts_(parts) { skip(0); }

    [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

    /// Describes the bytes, or as many of them as `vectors` can hold. Answers how many it used.
    [[nodiscard]] int describe(std::span<iovec> vectors) const noexcept {
        const auto count = std::min(parts_.size(), vectors.size());
        for (std::size_t i = 0; i < count; ++i) {
            const auto part = i == 0 ? parts_[i].subspan(done_in_first_) : parts_[i];
            vectors[i] = {const_cast<std::byte*>(part.data()), part.size()};
        }
        return static_cast<int>(count);
    }

    /// Copies the next bytes, as many as there is room for, and takes them off. Answers how many.
    std::size_t take(std::span<std::byte> to) noexcept {
        std::size_t done = 0;
        while (!empty() && done < to.size()) {
            const auto part = parts_.front().subspan(done_in_first_);
            const auto size = std::min(part.size(), to.size() - done);
            std::memcpy(&to[done], part.data(), size);
            done += size;
            skip(size);
        }
        return done;
    }

    /// Takes `written` bytes off, and empty parts that follow.
    void skip(std::size_t written) noexcept {
        done_in_first_ += written;
        while (!parts_.empty() && done_in_first_ >= parts_.front().size()) {
            done_in_first_ -= parts_.front().size();
            parts_ = parts_.subspan(1);
        }
    }

private:
    std::span<const ByteSpan> parts_;
    std::size_t done_in_first_ = 0;
};

class PosixFile final : public File {
public:
    PosixFile(FileDescriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        std::size_t done = 0;
        while (done < to.size()) {
            const auto rest = to.subspan(done);
            const auto got = unless_interrupted([&] {
                return ::pread(number(), rest.data(), rest.size(),
                               static_cast<off_t>(offset + done));
            });
            if (got < 0) return failure("read");
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    /// Takes what is in the page cache, asks for all that is not, and then waits for that: the disk
    /// works on as many requests at once as it can.
    Result<void> read_each(std::span<FileRange> ranges) const override {
        for (FileRange& range : ranges) {
            iovec vector{range.to.data(), range.to.size()};
            const auto offset = static_cast<off_t>(range.offset);
            const auto got = ::preadv2(number(), &vector, 1, offset, RWF_NOWAIT);
            range.got = got > 0 ? static_cast<std::size_t>(got) : 0;
            if (range.got == range.to.size()) continue;
            static_cast<void>(::posix_fadvise(number(), offset, static_cast<off_t>(range.to.size()),
                                              POSIX_FADV_WILLNEED));
        }
        for (FileRange& range : ranges) {
            if (range.got == range.to.size()) continue;
            const auto got = read_at(range.to, range.offset);
            if (!got) return got.error();
            range.got = *got;
        }
        return {};
    }

    Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        // Groups of requests have a few parts each; more of them are written in several calls.
        std::array<iovec, std::min(IOV_MAX, 256)> vectors;
        for (Unwritten rest{parts}; !rest.empty();) {
            const int count = rest.describe(vectors);
            const auto written = unless_interrupted([&] {
                return ::pwritev(number(), vectors.data(), count, static_cast<off_t>(offset));
            });
            if (written < 0) return failure("write");
            // No file system should do this; without the check it would be an endless loop.
            if (written == 0) return system_error("write", path_, EIO);
            rest.skip(static_cast<std::size_t>(written));
            offset += static_cast<std::uint64_t>(written);
        }
        return {};
    }

    Result<void> write_blocks_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        const DirectBuffer buffer;
        if (buffer.bytes().empty() || !writes_directly()) return write_at(parts, offset);
        for (Unwritten rest{parts}; !rest.empty();) {
            const ByteSpan bytes = buffer.bytes().first(rest.take(buffer.bytes()));
            const auto written = write_directly(bytes, offset);
            if (!written) return written;
            offset += bytes.size();
        }
        return {};
    }

    /// An interrupted flush is a failed one: the kernel may have dropped the report of lost pages
    /// (the file's error is marked as seen even when another result is returned), so a second
    /// flush could succeed for bytes that are not on the disk.
    Result<void> flush() override {
        if (::fdatasync(number()) != 0) return failure("flush");
        return {};
    }

    [[nodiscard]] Result<std::uint64_t> size() const override {
        struct stat status{};
        if (::fstat(number(), &status) != 0) return failure("look at");
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<void> resize(std::uint64_t size) override {
        const auto answer =
            unless_interrupted([&] { return ::ftruncate(number(), static_cast<off_t>(size)); });
        if (answer != 0) return failure("resize");
        return {};
    }

    Result<void> set_aside(std::uint64_t size) override {
        if (size == 0) return {};
        const auto answer = unless_interrupted(
            [&] { return ::fallocate(number(), 0, 0, static_cast<off_t>(size)); });
        if (answer == 0) return {};
        if (errno == EOPNOTSUPP || errno == ENOSYS) return extend(size);
        return failure("set space aside for");
    }

    void start_write_back(std::uint64_t offset, std::uint64_t length) noexcept override {
        ::sync_file_range(number(), static_cast<off_t>(offset), static_cast<off_t>(length),
                          SYNC_FILE_RANGE_WRITE);
    }

private:
    [[nodiscard]] int number() const noexcept { return descriptor_.number(); }
    [[nodiscard]] Error failure(std::string_view verb) const {
        return system_error(verb, path_, errno);
    }

    /// Opens the file a second time for direct writes, if that was not tried before. The path could
    /// lead to another file by now.
    bool writes_directly() {
        if (!direct_) {
            struct stat here{};
            struct stat there{};
            direct_ = open_path(path_, O_WRONLY | O_DIRECT);
            const bool same = direct_->is_open() && ::fstat(number(), &here) == 0 &&
                              ::fstat(direct_->number(), &there) == 0 &&
                              here.st_dev == there.st_dev && here.st_ino == there.st_ino;
            if (!same) direct_ = FileDescriptor{};
        }
        return direct_->is_open();
    }

    /// Past the page cache as far as the file system does it, the rest through it.
    Result<void> write_directly(ByteSpan bytes, std::uint64_t offset) {
        const auto written = unless_interrupted([&] {
            return ::pwrite(direct_->number(), bytes.data(), bytes.size(),
                            static_cast<off_t>(offset));
        });
        if (written < 0 && errno != EINVAL) return failure("write");
        if (written < 0) direct_ = FileDescriptor{};
        const auto done = static_cast<std::uint64_t>(std::max<ssize_t>(written, 0));
        if (done == bytes.size()) return {};
        const ByteSpan rest = bytes.subspan(done);
        return write_at(std::span<const ByteSpan>{&rest, 1}, offset + done);
    }

    Result<void> extend(std::uint64_t to) {
        const auto now = size();
        if (!now) return now.error();
        return *now < to ? resize(to) : Result<void>{};
    }

    FileDescriptor descriptor_;
    std::string path_;
    /// For direct writes: not there yet, or not open if they are not possible.
    std::optional<FileDescriptor> direct_;
};

}  // namespace

std::unique_ptr<File> make_file(FileDescriptor descriptor, std::string path) {
    return std::make_unique<PosixFile>(std::move(descriptor), std::move(path));
}

}  // namespace mainstem::posix
