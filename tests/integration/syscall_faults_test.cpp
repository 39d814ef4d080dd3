// The real disk under calls that fail or are cut short, by `strace -e inject`. Each test starts
// itself again under strace; the body runs there. Skipped where strace is missing or may not trace.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/disk.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

/// Set in the traced run: the file whose calls fail.
constexpr auto traced_file = "MAINSTEM_TRACED_FILE";

/// Runs a program with output to this process's, and answers its exit status, -1 if it was killed.
int run(const std::vector<std::string>& command, const std::string& file) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const auto child = ::fork();
    if (child == 0) {
        ::setenv(traced_file, file.c_str(), 1);
        // Looking for leaks needs to trace the process, which strace does already.
        ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Runs `body` in a process of its own in which calls of `call` for its file fail as `fault` says
/// (see strace(1)), and fails the calling test if an expectation of the body fails.
void with_fault(const std::string& call, const std::string& fault,
                const std::function<void(File&)>& body) {
    if (const char* path = std::getenv(traced_file)) {
        body(*Disk::posix().open(path, FileMode::create_new).value());
        return;
    }
    const support::TemporaryFolder folder;
    const auto file = folder.path("a");
    const std::vector<std::string> strace{"strace", "-qq", "-o", "/dev/null", "-P", file};
    const auto traced = [&](std::vector<std::string> command) {
        command.insert(command.begin(), strace.begin(), strace.end());
        return run(command, file);
    };
    if (traced({"true"}) != 0) GTEST_SKIP() << "strace is missing or may not trace here";

    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    const auto filter = std::string{"--gtest_filter="} + test.test_suite_name() + '.' + test.name();
    EXPECT_EQ(traced({"-e", "inject=" + call + ':' + fault, self, filter}), 0)
        << "see the output of the traced run above";
}

ByteSpan bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string content(const File& file) {
    std::string text(file.size().value(), '?');
    text.resize(file.read_at(std::as_writable_bytes(std::span{text}), 0).value());
    return text;
}

TEST(SyscallFaults, an_interrupted_write_is_made_again) {
    with_fault("pwritev", "error=EINTR:when=1..3", [](File& file) {
        EXPECT_TRUE(file.write_at(bytes_of("whole"), 0));
        EXPECT_EQ(content(file), "whole");
    });
}

TEST(SyscallFaults, an_interrupted_read_is_made_again) {
    with_fault("pread64", "error=EINTR:when=1..2", [](File& file) {
        EXPECT_TRUE(file.write_at(bytes_of("whole"), 0));
        EXPECT_EQ(content(file), "whole");
    });
}

TEST(SyscallFaults, a_short_write_goes_on_where_it_ended) {
    // strace answers "7 bytes written" without writing them, so that they read back as zeros.
    with_fault("pwritev", "retval=7:when=1", [](File& file) {
        const std::array parts{bytes_of("0123"), bytes_of("4567"), bytes_of("89")};
        EXPECT_TRUE(file.write_at(parts, 0));
        EXPECT_EQ(content(file), std::string(7, '\0') + "789");
    });
}

void write_blocks_twice(File& file) {
    const std::string blocks(3 * disk_block, 'x');
    const ByteSpan part = bytes_of(blocks);
    EXPECT_TRUE(file.write_blocks_at(std::span{&part, 1}, 0));
    EXPECT_TRUE(file.write_blocks_at(std::span{&part, 1}, disk_block));
    EXPECT_EQ(content(file), std::string(4 * disk_block, 'x'));
}

TEST(SyscallFaults, blocks_go_through_the_page_cache_if_the_file_cannot_be_opened_for_them) {
    with_fault("openat", "error=EINVAL:when=2", write_blocks_twice);
}

TEST(SyscallFaults, blocks_go_through_the_page_cache_if_they_are_refused) {
    with_fault("pwrite64", "error=EINVAL:when=1", write_blocks_twice);
}

TEST(SyscallFaults, a_failed_write_of_blocks_is_an_error) {
    with_fault("pwrite64", "error=EIO:when=1", [](File& file) {
        const std::string blocks(disk_block, 'x');
        const ByteSpan part = bytes_of(blocks);
        EXPECT_EQ(file.write_blocks_at(std::span{&part, 1}, 0).error(), DiskError::failed);
    });
}

TEST(SyscallFaults, a_write_of_nothing_is_an_error_and_no_endless_loop) {
    with_fault("pwritev", "retval=0:when=1+", [](File& file) {
        EXPECT_EQ(file.write_at(bytes_of("x"), 0).error(), DiskError::failed);
    });
}

TEST(SyscallFaults, a_failed_read_is_an_error_and_no_end) {
    with_fault("pread64", "error=EIO:when=1", [](File& file) {
        EXPECT_TRUE(file.write_at(bytes_of("x"), 0));
        std::array<std::byte, 4> bytes{};
        EXPECT_EQ(file.read_at(bytes, 0).error(), DiskError::failed);
    });
}

TEST(SyscallFaults, the_second_flush_fails_and_says_why) {
    with_fault("fdatasync", "error=EIO:when=2", [](File& file) {
        EXPECT_TRUE(file.flush());
        const auto second = file.flush();
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error(), DiskError::failed);
        EXPECT_NE(second.error().message().find("Input/output error; the disk may be failing"),
                  std::string::npos);
    });
}

TEST(SyscallFaults, a_flush_without_space_is_no_space) {
    with_fault("fdatasync", "error=ENOSPC:when=1",
               [](File& file) { EXPECT_EQ(file.flush().error(), DiskError::no_space); });
}

TEST(SyscallFaults, an_interrupted_flush_is_never_repeated) {
    with_fault("fdatasync", "error=EINTR:when=1",
               [](File& file) { EXPECT_EQ(file.flush().error(), DiskError::failed); });
}

TEST(SyscallFaults, space_is_extended_where_it_cannot_be_set_aside) {
    with_fault("fallocate", "error=EOPNOTSUPP:when=1+", [](File& file) {
        EXPECT_TRUE(file.write_at(bytes_of("begin"), 0));
        EXPECT_TRUE(file.set_aside(4096));
        EXPECT_EQ(file.size().value(), 4096U);
        EXPECT_TRUE(file.set_aside(10));
        EXPECT_EQ(file.size().value(), 4096U) << "never makes a file smaller";
    });
}

TEST(SyscallFaults, setting_space_aside_on_a_full_disk_is_no_space) {
    with_fault("fallocate", "error=ENOSPC:when=1",
               [](File& file) { EXPECT_EQ(file.set_aside(4096).error(), DiskError::no_space); });
}

}  // namespace
}  // namespace mainstem
