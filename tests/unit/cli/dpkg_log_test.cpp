// The parts of dpkg's log, and reading them.
#include <fstream>

#include <gtest/gtest.h>
#include <zlib.h>

#include "cli/dpkg_log.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::cli {
namespace {

using Names = std::vector<std::string>;

TEST(LogParts, are_ordered_oldest_first) {
    EXPECT_EQ(
        log_parts({"dpkg.log", "dpkg.log.1", "dpkg.log.10.gz", "dpkg.log.2.gz", "apt", "README"})
            .readable,
        (Names{"dpkg.log.10.gz", "dpkg.log.2.gz", "dpkg.log.1", "dpkg.log"}));
    EXPECT_EQ(log_parts({"dpkg.log", "dpkg.log-20260201.gz", "dpkg.log-20260101.gz"}).readable,
              (Names{"dpkg.log-20260101.gz", "dpkg.log-20260201.gz", "dpkg.log"}));
}

TEST(LogParts, are_not_taken_twice) {
    EXPECT_EQ(log_parts({"dpkg.log.1.gz", "dpkg.log.1"}).readable, Names{"dpkg.log.1"});
}

TEST(LogParts, name_those_that_are_packed_otherwise) {
    const auto parts = log_parts({"dpkg.log.1", "dpkg.log.1.xz", "dpkg.log.2.zst", "dpkg.log.3.gz",
                                  "dpkg.log.3.bz2", "dpkg.log.4.xz", "dpkg.log.xz"});
    EXPECT_EQ(parts.readable, (Names{"dpkg.log.3.gz", "dpkg.log.1"}));
    EXPECT_EQ(parts.unsupported, (Names{"dpkg.log.4.xz", "dpkg.log.2.zst"}));
}

TEST(LogParts, leave_other_files_alone) {
    const auto parts = log_parts({"dpkg.log.old", "dpkg.log.", "dpkg.log.old.xz", "dpkg.logs",
                                  "dpkg.log.gz", "alternatives.log", ""});
    EXPECT_EQ(parts.readable, Names{});
    EXPECT_EQ(parts.unsupported, Names{});
}

Names lines_of(const std::string& path) {
    Names lines;
    const auto read = for_each_line(path, [&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    });
    EXPECT_TRUE(read);
    return lines;
}

TEST(ForEachLine, reads_plain_and_compressed_files) {
    const support::TemporaryFolder folder;
    std::ofstream{folder.path("plain")} << "one\n\ntwo";
    EXPECT_EQ(lines_of(folder.path("plain")), (Names{"one", "", "two"}));

    auto* const file = gzopen(folder.path("packed.gz").c_str(), "wb");
    gzputs(file, "one\ntwo\n");
    gzclose(file);
    EXPECT_EQ(lines_of(folder.path("packed.gz")), (Names{"one", "two"}));
}

TEST(ForEachLine, stops_when_told_to) {
    const support::TemporaryFolder folder;
    std::ofstream{folder.path("plain")} << "one\ntwo\n";
    int count = 0;
    EXPECT_TRUE(for_each_line(folder.path("plain"), [&](std::string_view) { return ++count < 1; }));
    EXPECT_EQ(count, 1);
}

TEST(ForEachLine, fails_on_what_it_cannot_read) {
    const support::TemporaryFolder folder;
    std::vector<std::string> lines;
    const auto take = [&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    };
    const auto missing = for_each_line(folder.path("missing"), take);
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().message().contains("No such file")) << missing.error();

    auto* const file = gzopen(folder.path("cut.gz").c_str(), "wb");
    for (int i = 0; i < 1000; ++i) gzprintf(file, "line %d\n", i * 7919);
    gzclose(file);
    std::filesystem::resize_file(folder.path("cut.gz"), 1000);
    const auto cut = for_each_line(folder.path("cut.gz"), take);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().message(),
              "cannot read \"" + folder.path("cut.gz") + "\": unexpected end of file");
    ASSERT_FALSE(lines.empty());
    const auto last = static_cast<int>(lines.size()) - 1;
    EXPECT_EQ(lines.back(), "line " + std::to_string(last * 7919)) << "no line that is cut";
}

}  // namespace
}  // namespace mainstem::cli
