// Watching a real directory: which changes end the wait, and what does not.
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/disk.hpp"
#include "core/posix_call.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

class PosixWatch : public ::testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name = {}) const {
        return folder_.path("watched/" + name);
    }
    void write(const std::string& name) const { std::ofstream{path(name)} << "text"; }
    std::unique_ptr<DirectoryWatch> watch() { return posix::watch_directory(path()).value(); }

    PosixWatch() { std::filesystem::create_directory(path()); }

    support::TemporaryFolder folder_;
};

TEST_F(PosixWatch, tells_of_files_that_were_created_written_or_renamed) {
    const auto watched = watch();
    write("new");
    EXPECT_TRUE(watched->wait().value());
    std::fstream file{path("new"), std::ios::in | std::ios::out};
    for (int i = 0; i < 3; ++i) {
        file << i << std::flush;
        EXPECT_TRUE(watched->wait().value());
    }
    std::ofstream{folder_.path("elsewhere")} << "text";
    std::filesystem::rename(folder_.path("elsewhere"), path("renamed"));
    EXPECT_TRUE(watched->wait().value());
}

TEST_F(PosixWatch, wakes_who_waits) {
    const auto watched = watch();
    std::jthread waiting{[&] { EXPECT_TRUE(watched->wait().value()); }};
    write("new");
}

TEST_F(PosixWatch, ends_when_it_is_stopped_before_or_while_it_waits) {
    for (int round = 0; round < 20; ++round) {
        const auto watched = watch();
        std::jthread waiting{[&] { EXPECT_FALSE(watched->wait().value()); }};
        watched->stop();
        waiting.join();
        EXPECT_FALSE(watched->wait().value());
    }
}

TEST_F(PosixWatch, ends_though_there_are_more_changes_than_it_takes_at_once) {
    const auto watched = watch();
    for (int i = 0; i < 1'000; ++i) write(std::to_string(i));
    EXPECT_TRUE(watched->wait().value());
    EXPECT_TRUE(watched->wait().value());
    watched->stop();
    EXPECT_FALSE(watched->wait().value());
}

TEST_F(PosixWatch, says_that_there_is_nothing_to_watch) {
    EXPECT_EQ(posix::watch_directory(path("missing")).error(), DiskError::not_found);
}

TEST_F(PosixWatch, fails_when_the_directory_is_removed_or_renamed) {
    auto watched = watch();
    std::filesystem::rename(path(), folder_.path("renamed"));
    EXPECT_EQ(watched->wait().error(), DiskError::not_found);

    std::filesystem::create_directory(path());
    watched = watch();
    std::filesystem::remove(path());
    EXPECT_EQ(watched->wait().error(), DiskError::not_found);
}

}  // namespace
}  // namespace mainstem
