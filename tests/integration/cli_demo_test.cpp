// `demo` as a process, with a package history and a dpkg-query of the test's own.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <zlib.h>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

class CliDemo : public testing::Test {
protected:
    CliDemo() {
        for (const auto* const name : {"logs", "programs", "temporary"}) {
            std::filesystem::create_directory(folder_.path(name));
        }
    }

    void write_log(const std::string& name, const std::string& lines) const {
        std::ofstream{folder_.path("logs/" + name)} << lines;
    }
    void write_packed_log(const std::string& name, const std::string& lines) const {
        auto* const file = gzopen(folder_.path("logs/" + name).c_str(), "wb");
        gzputs(file, lines.c_str());
        gzclose(file);
    }
    /// A dpkg-query that does `command`.
    void write_dpkg_query(const std::string& command) const {
        const auto path = folder_.path("programs/dpkg-query");
        std::ofstream{path} << "#!/bin/sh\n" << command << '\n';
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    [[nodiscard]] Ended demo(std::vector<std::string> flags = {}) const {
        flags.insert(flags.begin(), {"demo", "--logs", folder_.path("logs"), "--payments", "300",
                                     "--accounts", "200"});
        const auto path = folder_.path("programs") + ":/usr/bin:/bin";
        auto ended =
            run_program(std::move(flags), {},
                        {.environment = {"PATH=" + path, "TMPDIR=" + folder_.path("temporary")}});
        EXPECT_TRUE(std::filesystem::is_empty(folder_.path("temporary")))
            << "nothing is left behind";
        return ended;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

private:
    TemporaryFolder folder_;
};

constexpr const char* first_part =
    "2026-01-01 10:00:00 startup archives unpack\n"
    "2026-01-01 10:00:00 upgrade old:amd64 1 2\n"
    "2026-01-01 10:00:00 status installed old:amd64 2\n"
    "2026-01-01 10:00:01 install tool:amd64 <none> 1.0\n"
    "2026-01-01 10:00:02 status installed tool:amd64 1.0\n";
constexpr const char* second_part =
    "2026-02-01 10:00:01 upgrade tool:amd64 1.0 1.1\n"
    "what is this\n"
    "2026-02-01 10:00:02 status installed tool:amd64 1.1\n"
    "2026-02-01 10:00:02 install gone:all <none> 5\n"
    "2026-02-01 10:00:02 status installed gone:all 5\n"
    "2026-02-01 10:00:03 status not-installed gone:all <none>\n";

TEST_F(CliDemo, folds_a_history_to_what_dpkg_says) {
    write_packed_log("dpkg.log.2.gz", first_part);
    write_log("dpkg.log", second_part);
    write_dpkg_query(
        "printf 'tool:amd64 1.1 installed\\nold:amd64 3 installed\\nolder:all 1 installed\\n'");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 0) << ended.err;
    for (const auto* const text :
         {"11 lines read = 10 events stored + 1 line set aside", "2 of 3 agree with dpkg-query",
          "   different, but installed before the log begins: 1 package\n",
          "   not compared, since the log begins after they were installed: 1 package\n",
          "old:amd64: by its events installed 2, by dpkg installed 3", "no damage",
          "5. a read model: ", "   installed now, by index by_state in ",
          " ms behind, and had all payments ", "   the ten richest, by index by_balance in ",
          "     select count() as packages from packages where state = 'installed'\n",
          "       2026-01  changes ",
          "6. a ledger: 300 payments between 200 accounts by 64 clients at once: ",
          "7. audited from the log alone, ", "no money made or lost, no account negative, each of ",
          "latency of a command, p99", "latency of an append, p99"}) {
        EXPECT_TRUE(ended.out.contains(text)) << text << '\n' << ended.out;
    }
    EXPECT_TRUE(ended.out.contains("     " + path("logs/dpkg.log") + ":2: \"what is this\"\n2. "))
        << ended.out;
    EXPECT_FALSE(ended.out.contains("GENERATED"));
}

TEST_F(CliDemo, shows_the_first_lines_that_it_sets_aside) {
    write_log("dpkg.log", std::string{first_part} + "a\nb\nc\nd\ne\n");
    write_dpkg_query("printf 'tool:amd64 1.0 installed\\nold:amd64 2 installed\\n'");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains(path("logs/dpkg.log") + ":8: \"c\"\n     and 2 more\n"))
        << ended.out;
}

TEST_F(CliDemo, takes_no_history_for_complete_when_a_part_is_cut) {
    std::string lines = second_part;
    for (int i = 0; i < 3000; ++i) {
        lines += "2026-02-02 10:00:00 status installed p" + std::to_string(i * 7919) + ":all 1\n";
    }
    write_packed_log("dpkg.log.2.gz", lines);
    const auto cut = path("logs/dpkg.log.2.gz");
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
    write_dpkg_query("printf 'gone:all 5 installed\\nother:all 1 installed\\n'");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "mainstem: cannot read \"" + cut + "\": unexpected end of file\n");
    for (const auto* const text :
         {"different, but the log could not be read whole: ",
          "gone:all: by its events not-installed, by dpkg installed 5",
          "not compared, since the log that was read does not name them: 1 package\n"}) {
        EXPECT_TRUE(ended.out.contains(text)) << text << '\n' << ended.out;
    }
    EXPECT_FALSE(ended.out.contains("WHOLE history")) << ended.out;
    EXPECT_TRUE(demo({"--format", "jsonl"}).out.contains(R"("unread_files":1)"));
}

TEST_F(CliDemo, names_parts_in_a_compression_that_it_does_not_know) {
    write_log("dpkg.log", second_part);
    write_log("dpkg.log.1.xz", "packed");
    write_log("dpkg.log.2.zst", "packed");
    write_dpkg_query("printf 'gone:all 5 installed\\n'");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "mainstem: cannot read " + path("logs/dpkg.log.2.zst") + ", " +
                             path("logs/dpkg.log.1.xz") +
                             ": compressed otherwise than by gzip; unpack them first\n");
    EXPECT_TRUE(ended.out.contains("the log could not be read whole")) << ended.out;
}

TEST_F(CliDemo, fails_when_a_complete_history_disagrees) {
    write_log("dpkg.log", second_part + std::string{first_part});
    write_dpkg_query("printf 'gone:all 5 installed\\n'");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 1);
    EXPECT_TRUE(ended.out.contains("different, with their WHOLE history in the log: 1 package"))
        << ended.out;
    EXPECT_EQ(ended.err,
              "mainstem: 1 package with a complete history disagrees with dpkg, first gone:all: by "
              "its events not-installed, by dpkg installed 5\n");
}

TEST_F(CliDemo, makes_up_a_history_where_there_is_none) {
    write_dpkg_query("exit 1");
    for (const bool has_empty_log : {false, true}) {
        if (has_empty_log) write_log("dpkg.log", "");
        const auto ended = demo();
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_TRUE(ended.out.contains("GENERATED history")) << ended.out;
        EXPECT_TRUE(ended.out.contains("agree with the GENERATED outcome")) << ended.out;
        EXPECT_FALSE(ended.out.contains("different")) << ended.out;
    }
}

TEST_F(CliDemo, does_without_dpkg_query) {
    write_log("dpkg.log", first_part);
    write_dpkg_query("exit 1");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains("nothing to compare with")) << ended.out;
    EXPECT_TRUE(ended.err.contains("cannot run \"dpkg-query\"")) << ended.err;
}

TEST_F(CliDemo, keeps_a_store_that_was_named) {
    write_log("dpkg.log", first_part);
    write_dpkg_query("printf 'tool:amd64 1.0 installed\\n'");
    const auto ended = demo({"--store", path("kept"), "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.out, '\n'), 1) << ended.out;
    EXPECT_TRUE(ended.out.starts_with(R"({"generated":false,"lines":5,"events":5,"set_aside":0,)"))
        << ended.out;
    EXPECT_EQ(run_program({"verify", "--store", path("kept")}).code, 0);
    const auto again = demo({"--store", path("kept")});
    EXPECT_EQ(again.code, 1);
    EXPECT_TRUE(again.err.contains("needs a new store")) << again.err;
}

TEST_F(CliDemo, cleans_up_after_an_interrupt) {
    write_log("dpkg.log", first_part);
    write_dpkg_query("kill -INT $PPID");
    const auto ended = demo();
    EXPECT_EQ(ended.code, 130);
    EXPECT_TRUE(ended.err.contains("interrupted")) << ended.err;
}

}  // namespace
}  // namespace mainstem::support
