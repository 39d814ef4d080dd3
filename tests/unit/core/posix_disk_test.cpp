// The real disk, in a temporary folder: what each call does, and how it fails.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "core/disk.hpp"
#include "core/posix_call.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

ByteSpan bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string content_of(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream{path, std::ios::binary}.rdbuf();
    return std::move(out).str();
}

mode_t mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
}

void set_limit(int resource, rlim_t to) {
    const rlimit limit{to, to};
    ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

/// How a process ends that ran into `code`.
int failed_with(DiskError code) { return 100 + static_cast<int>(code); }

/// Ends the process; its status and its standard error tell what went wrong, 0 for success.
template <class T>
[[noreturn]] void end_with(const Result<T>& result) {
    if (result) ::_exit(0);
    std::fputs(result.error().message().c_str(), stderr);
    for (int code = 0; code <= static_cast<int>(DiskError::failed); ++code)
        if (result.error() == static_cast<DiskError>(code))
            ::_exit(failed_with(static_cast<DiskError>(code)));
    ::_exit(1);
}

class PosixDisk : public testing::Test {
protected:
    std::unique_ptr<File> create(const std::string& name) {
        return disk.open(folder.path(name), FileMode::create_new).value();
    }

    static std::string read(const File& file, std::uint64_t offset, std::size_t size) {
        std::string text(size, '?');
        const auto got = file.read_at(std::as_writable_bytes(std::span{text}), offset).value();
        text.resize(got);
        return text;
    }

    Disk& disk = Disk::posix();
    support::TemporaryFolder folder;
};
using PosixDiskDeathTest = PosixDisk;

TEST_F(PosixDisk, reads_back_what_it_wrote) {
    const auto file = create("a");
    const std::array parts{bytes_of("one "), bytes_of(""), bytes_of("two "), bytes_of("three")};
    file->write_at(parts, 0).value();
    file->write_at(bytes_of("TWO"), 4).value();
    file->flush().value();
    EXPECT_EQ(read(*file, 0, 100), "one TWO three");
    EXPECT_EQ(content_of(folder.path("a")), "one TWO three");
    EXPECT_EQ(file->size().value(), 13U);
}

TEST_F(PosixDisk, reads_less_only_at_the_end) {
    const auto file = create("a");
    file->write_at(bytes_of("0123456789"), 0).value();
    EXPECT_EQ(read(*file, 8, 2), "89");
    EXPECT_EQ(read(*file, 8, 3), "89");
    EXPECT_EQ(read(*file, 10, 1), "");
    EXPECT_EQ(read(*file, 1'000'000, 1), "");
    EXPECT_EQ(read(*file, 0, 0), "");
}

TEST_F(PosixDisk, writes_more_parts_than_one_call_takes) {
    const auto file = create("a");
    std::vector<std::string> texts;
    std::string all;
    for (int i = 0; i < 5'000; ++i) {
        texts.emplace_back(i % 3 == 0 ? "" : std::to_string(i));
        all += texts.back();
    }
    std::vector<ByteSpan> parts;
    for (const auto& text : texts) parts.push_back(bytes_of(text));
    file->write_at(parts, 5).value();
    EXPECT_EQ(content_of(folder.path("a")), std::string(5, '\0') + all);
}

TEST_F(PosixDisk, writes_blocks_of_many_parts) {
    // More than goes by one call, in parts that do not care for blocks.
    constexpr std::size_t size = (9UL << 20) + disk_block;
    const auto file = create("a");
    const std::string before(3 * disk_block, '-');
    file->write_at(bytes_of(before), 0).value();
    std::string all;
    while (all.size() < size) all += std::to_string(all.size()) + ' ';
    all.resize(size);
    std::vector<ByteSpan> parts;
    for (std::size_t at = 0; at < size; at += 100'001) {
        parts.push_back(bytes_of(std::string_view{all}.substr(at, 100'001)));
    }
    file->write_blocks_at(parts, disk_block).value();
    file->write_at(bytes_of("end"), disk_block + size).value();
    file->flush().value();
    EXPECT_TRUE(content_of(folder.path("a")) == std::string(disk_block, '-') + all + "end");
}

TEST_F(PosixDisk, writes_blocks_to_its_own_file_though_another_has_the_name) {
    const auto file = create("a");
    disk.rename(folder.path("a"), folder.path("b")).value();
    const auto other = create("a");
    const std::string block(disk_block, 'x');
    const ByteSpan part = bytes_of(block);
    file->write_blocks_at(std::span{&part, 1}, 0).value();
    EXPECT_EQ(other->size().value(), 0U);
    EXPECT_EQ(content_of(folder.path("b")), block);
}

TEST_F(PosixDisk, writing_nothing_succeeds) {
    const auto file = create("a");
    file->write_at(std::span<const ByteSpan>{}, 0).value();
    file->write_at(ByteSpan{}, 100).value();
    EXPECT_EQ(file->size().value(), 0U);
}

TEST_F(PosixDisk, behaves_like_a_string) {
    int runs = 0;
    rc::check("any writes and cuts", [&] {
        const auto name = std::to_string(++runs);
        const auto file = create(name);
        std::string model;
        for (int i = 0; i < 10; ++i) {
            const auto offset = *rc::gen::inRange<std::size_t>(0, 10'000);
            if (*rc::gen::inRange(0, 4) == 0) {
                model.resize(offset);
                file->resize(offset).value();
                continue;
            }
            const auto texts = *rc::gen::arbitrary<std::vector<std::string>>();
            std::vector<ByteSpan> parts;
            std::string whole;
            for (const auto& text : texts) {
                parts.push_back(bytes_of(text));
                whole += text;
            }
            file->write_at(parts, offset).value();
            if (!whole.empty()) model.resize(std::max(model.size(), offset + whole.size()));
            std::ranges::copy(whole, model.begin() + static_cast<std::ptrdiff_t>(offset));
        }
        RC_ASSERT(content_of(folder.path(name)) == model);
        RC_ASSERT(file->size().value() == model.size());
        disk.remove(folder.path(name)).value();
    });
}

TEST_F(PosixDisk, opens_by_mode) {
    const auto path = folder.path("a");
    EXPECT_EQ(disk.open(path, FileMode::read).error(), DiskError::not_found);
    EXPECT_EQ(disk.open(path, FileMode::write).error(), DiskError::not_found);
    create("a")->write_at(bytes_of("x"), 0).value();
    EXPECT_EQ(mode_of(path), 0600U);
    const auto again = disk.open(path, FileMode::create_new);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error(), DiskError::exists);
    EXPECT_EQ(again.error().message(), "cannot create \"" + path + "\": File exists");

    disk.open(path, FileMode::write).value()->write_at(bytes_of("y"), 1).value();
    const auto reader = disk.open(path, FileMode::read).value();
    EXPECT_EQ(read(*reader, 0, 9), "xy");
    EXPECT_EQ(reader->write_at(bytes_of("z"), 0).error(), DiskError::failed);
}

TEST_F(PosixDisk, files_are_not_inherited_by_other_programs) {
    const auto file = create("a");
    bool found = false;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code ignored;
        if (std::filesystem::read_symlink(entry, ignored) != folder.path("a")) continue;
        found = true;
        EXPECT_TRUE(::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC);
    }
    EXPECT_TRUE(found);
}

TEST_F(PosixDisk, sets_space_aside) {
    const auto file = create("a");
    file->write_at(bytes_of("begin"), 0).value();
    file->set_aside(0).value();
    EXPECT_EQ(file->size().value(), 5U);
    file->set_aside(1 << 20).value();
    EXPECT_EQ(file->size().value(), 1U << 20);
    file->set_aside(4096).value();
    EXPECT_EQ(file->size().value(), 1U << 20) << "never makes a file smaller";
    EXPECT_EQ(read(*file, 0, 8), std::string("begin\0\0\0", 8));
    file->resize(5).value();
    EXPECT_EQ(content_of(folder.path("a")), "begin");
}

TEST_F(PosixDisk, write_back_is_a_hint) {
    const auto file = create("a");
    file->write_at(bytes_of("begin"), 0).value();
    file->start_write_back(0, 5);
    file->start_write_back(~std::uint64_t{0}, 5);
    EXPECT_EQ(read(*file, 0, 5), "begin");
}

TEST_F(PosixDisk, renames_and_removes) {
    create("a")->write_at(bytes_of("new"), 0).value();
    create("b")->write_at(bytes_of("old"), 0).value();
    disk.rename(folder.path("a"), folder.path("b")).value();
    EXPECT_EQ(content_of(folder.path("b")), "new");
    EXPECT_EQ(disk.rename(folder.path("a"), folder.path("b")).error(), DiskError::not_found);
    disk.remove(folder.path("b")).value();
    EXPECT_EQ(disk.remove(folder.path("b")).error(), DiskError::not_found);
    EXPECT_TRUE(disk.list(folder.path()).value().empty());
}

TEST_F(PosixDisk, makes_directories) {
    const auto path = folder.path("d");
    disk.create_directory(path).value();
    EXPECT_EQ(mode_of(path), 0700U);
    disk.create_directory(path).value();
    EXPECT_EQ(disk.create_directory(folder.path("x/y")).error(), DiskError::not_found);
    (void)create("file");
    EXPECT_EQ(disk.create_directory(folder.path("file")).error(), DiskError::exists);

    disk.flush_directory(path).value();
    EXPECT_EQ(disk.flush_directory(folder.path("x")).error(), DiskError::not_found);
    EXPECT_EQ(disk.flush_directory(folder.path("file")).error(), DiskError::failed);
}

TEST_F(PosixDisk, lists_names_sorted) {
    for (const auto* name : {"c", "a", ".hidden", "b"}) (void)create(name);
    EXPECT_EQ(disk.list(folder.path()).value(),
              (std::vector<std::string>{".hidden", "a", "b", "c"}));
    EXPECT_EQ(disk.list(folder.path("x")).error(), DiskError::not_found);
    EXPECT_EQ(disk.list(folder.path("a")).error(), DiskError::failed);
}

TEST_F(PosixDisk, lock_holds_the_process_id) {
    const auto path = folder.path("LOCK");
    std::ofstream{path} << "99999999999999999999999";
    const auto lock = disk.lock(path).value();
    EXPECT_EQ(content_of(path), std::to_string(::getpid()) + '\n');
}

TEST_F(PosixDisk, lock_is_refused_while_it_is_held) {
    const auto path = folder.path("LOCK");
    {
        const auto held = disk.lock(path).value();
        const auto second = disk.lock(path);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error(), DiskError::locked);
        EXPECT_TRUE(second.error().retryable());
        EXPECT_EQ(second.error().message(), "cannot lock \"" + path + "\": this process holds it");
    }
    EXPECT_TRUE(disk.lock(path).has_value());
    EXPECT_EQ(disk.lock(folder.path("x/LOCK")).error(), DiskError::not_found);
}

TEST_F(PosixDisk, lock_is_free_after_its_holder_died) {
    const auto path = folder.path("LOCK");
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto lock = disk.lock(path);
        ::kill(::getpid(), SIGKILL);
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(content_of(path), std::to_string(child) + '\n');
    EXPECT_TRUE(disk.lock(path).has_value());
}

TEST_F(PosixDiskDeathTest, lock_names_the_process_that_holds_it) {
    const auto path = folder.path("LOCK");
    const auto held = disk.lock(path).value();
    EXPECT_EXIT(end_with(disk.lock(path)), testing::ExitedWithCode(failed_with(DiskError::locked)),
                "process " + std::to_string(::getpid()) + " holds it");
}

TEST_F(PosixDisk, a_full_disk_is_no_space) {
    const auto file = disk.open("/dev/full", FileMode::write).value();
    const auto written = file->write_at(bytes_of("x"), 0);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), DiskError::no_space);
    EXPECT_EQ(written.error().message(),
              "cannot write \"/dev/full\": No space left on device; make room on that disk");
}

TEST_F(PosixDiskDeathTest, a_write_cut_short_goes_on_and_then_fails) {
    const auto file = create("a");
    const auto write_beyond_the_limit = [&] {
        ::signal(SIGXFSZ, SIG_IGN);
        set_limit(RLIMIT_FSIZE, 4096);
        const std::string half(3000, 'x');
        const std::array parts{bytes_of(half), bytes_of(half)};
        end_with(file->write_at(parts, 0));
    };
    EXPECT_EXIT(write_beyond_the_limit(), testing::ExitedWithCode(failed_with(DiskError::no_space)),
                "File too large; raise the limit on the size of files");
    EXPECT_EQ(file->size().value(), 4096U);
}

TEST_F(PosixDiskDeathTest, too_many_open_files_say_so) {
    const auto open_beyond_the_limit = [&target = disk, path = folder.path("a")] {
        // The undefined-behaviour sanitizer opens a file when it meets a type for the first time,
        // so all types of the call are met before.
        (void)target.open(path, FileMode::read);
        set_limit(RLIMIT_NOFILE, 0);
        end_with(target.open(path, FileMode::create_new));
    };
    EXPECT_EXIT(open_beyond_the_limit(),
                testing::ExitedWithCode(failed_with(DiskError::too_many_open)),
                "Too many open files; raise the limit on open files");
}

TEST_F(PosixDiskDeathTest, a_folder_of_another_user_is_no_permission) {
    const auto open_as_another_user = [&] {
        constexpr uid_t nobody = 65534;
        ::chmod(folder.path().c_str(), 0500);
        if (::getuid() == 0 && ::setuid(nobody) != 0) ::_exit(0);
        end_with(disk.open(folder.path("a"), FileMode::create_new));
    };
    EXPECT_EXIT(
        open_as_another_user(), testing::ExitedWithCode(failed_with(DiskError::no_permission)),
        "Permission denied; check its owner and mode, and those of the directories above it");
    ::chmod(folder.path().c_str(), 0700);
}

TEST(PosixError, tells_apart_what_a_caller_can_act_on) {
    const auto code = [](int number) { return posix::system_error("open", "f", number); };
    EXPECT_EQ(code(ENOENT), DiskError::not_found);
    EXPECT_EQ(code(EEXIST), DiskError::exists);
    for (const int number : {ENOSPC, EDQUOT, EFBIG})
        EXPECT_EQ(code(number), DiskError::no_space) << number;
    for (const int number : {EACCES, EPERM, EROFS})
        EXPECT_EQ(code(number), DiskError::no_permission) << number;
    for (const int number : {EMFILE, ENFILE}) {
        EXPECT_EQ(code(number), DiskError::too_many_open) << number;
        EXPECT_TRUE(code(number).retryable());
    }
    for (const int number : {EIO, EINVAL, ENOTDIR, ELOOP, EINTR})
        EXPECT_EQ(code(number), DiskError::failed) << number;
}

TEST(PosixError, says_what_to_do_about_a_read_only_file_system) {
    EXPECT_EQ(posix::system_error("create", "f", EROFS).message(),
              "cannot create \"f\": Read-only file system; name a place elsewhere, or mount that "
              "file system for writing");
}

TEST(PosixError, is_one_line_whatever_the_path) {
    const auto error = posix::system_error("open", "a\nb\"\xff", ENOENT);
    EXPECT_EQ(error.message(), R"(cannot open "a\nb\"\xff": No such file or directory)");
}

TEST(DiskError, has_a_name_for_each_value) {
    EXPECT_EQ(name(DiskError::not_found), "not_found");
    EXPECT_EQ(name(DiskError::exists), "exists");
    EXPECT_EQ(name(DiskError::no_space), "no_space");
    EXPECT_EQ(name(DiskError::no_permission), "no_permission");
    EXPECT_EQ(name(DiskError::too_many_open), "too_many_open");
    EXPECT_EQ(name(DiskError::locked), "locked");
    EXPECT_EQ(name(DiskError::failed), "failed");
}

}  // namespace
}  // namespace mainstem
