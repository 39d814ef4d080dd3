// Lines of dpkg's log.
#include <gtest/gtest.h>

#include "cli/dpkg_line.hpp"

namespace mainstem::cli {
namespace {

TEST(DpkgLine, takes_actions) {
    EXPECT_EQ(parse_dpkg_line("2026-11-22 21:04:11 install htop:amd64 <none> 3.2.2-2"),
              (DpkgLine{"2026-11-22 21:04:11", "htop:amd64", "InstallStarted",
                        R"({"installed":"<none>","available":"3.2.2-2"})"}));
    for (const auto& [word, type] : {std::pair{"upgrade", "UpgradeStarted"},
                                     {"configure", "ConfigureStarted"},
                                     {"trigproc", "TriggersStarted"},
                                     {"disappear", "DisappearStarted"},
                                     {"remove", "RemoveStarted"},
                                     {"purge", "PurgeStarted"}}) {
        const auto line = parse_dpkg_line(std::string{"2026-11-22 21:04:11 "} + word +
                                          " libc6:i386 2.36-9 <none>");
        ASSERT_TRUE(line) << word;
        EXPECT_EQ(line->type, type);
        EXPECT_EQ(line->stream, "libc6:i386");
    }
}

TEST(DpkgLine, takes_changes_of_status) {
    EXPECT_EQ(parse_dpkg_line("2026-11-22 21:04:11 status half-installed htop:amd64 3.2.2-2"),
              (DpkgLine{"2026-11-22 21:04:11", "htop:amd64", "StatusChanged",
                        R"({"state":"half-installed","version":"3.2.2-2"})"}));
}

TEST(DpkgLine, sends_lines_without_a_package_to_a_stream_of_their_own) {
    EXPECT_EQ(parse_dpkg_line("2026-11-22 21:04:11 startup archives unpack"),
              (DpkgLine{"2026-11-22 21:04:11", "dpkg", "DpkgStarted",
                        R"({"on":"archives","command":"unpack"})"}));
    EXPECT_EQ(parse_dpkg_line("2026-11-22 21:04:11 conffile /etc/a b.conf keep"),
              (DpkgLine{"2026-11-22 21:04:11", "dpkg", "ConffileDecided",
                        R"({"file":"/etc/a b.conf","decision":"keep"})"}));
}

TEST(DpkgLine, refuses_everything_else) {
    for (const auto* const line :
         {"", "2026-11-22 21:04:11", "2026-11-22 21:04:11 ", "2026-11-22T21:04:11 startup a b",
          "yesterday startup archives unpack", "2026-11-22 21:04:11 startup",
          "2026-11-22 21:04:11 status installed htop:amd64",
          "2026-11-22 21:04:11 install htop:amd64 1 2 3", "2026-11-22 21:04:11 conffile keep",
          "2026-11-22 21:04:11 dance htop:amd64 1 2", "2026-11-2a 21:04:11 startup a b"}) {
        EXPECT_EQ(parse_dpkg_line(line), std::nullopt) << line;
    }
}

TEST(DpkgLine, becomes_an_event_that_a_store_takes) {
    const auto event = event_of_line("2026-11-22 21:04:11 status installed htop:amd64 3.2.2-2");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->stream, StreamId{"htop:amd64"});
    EXPECT_TRUE(event->event.occurred_at.has_value());
    EXPECT_FALSE(event_of_line("2026-11-22 21:04:11 status installed \x01:amd64 1"));
    EXPECT_FALSE(event_of_line("2026-11-22 21:04:11 status installed \xFF:amd64 1"));
    EXPECT_FALSE(event_of_line("2026-11-22 21:04:11 status installed $import:amd64 1"));
    EXPECT_FALSE(event_of_line("2026-99-99 21:04:11 status installed htop:amd64 1"));
}

TEST(LocalMoment, moves_with_the_clock) {
    const auto one = local_moment("2026-01-02 03:04:05");
    const auto other = local_moment("2026-01-02 03:04:06");
    ASSERT_TRUE(one && other);
    EXPECT_EQ(*other - *one, std::chrono::seconds{1});
    EXPECT_FALSE(local_moment("2026-01-02"));
}

}  // namespace
}  // namespace mainstem::cli
