// Queries on the command line: `read` and `tail` with filters.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/time_text.hpp>
#include <mainstem/mainstem.hpp>

#include "support/child_program.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

using Flags = std::vector<std::string>;
using Positions = std::vector<int>;

/// Fails unless the program ended with this code and one line that has `text` in it.
void expect_failure(const Ended& ended, int code, std::string_view text) {
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_EQ(ended.out, "") << ended.out;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("mainstem: ")) << ended.err;
    EXPECT_TRUE(ended.err.contains(text)) << ended.err;
}

class CliQuery : public testing::Test {
protected:
    [[nodiscard]] Ended run(const std::string& verb, Flags flags = {},
                            std::string_view input = {}) const {
        flags.insert(flags.begin(), {verb, "--store", store()});
        return run_program(std::move(flags), input);
    }
    /// Nine events: streams order-1, order-2, user-1 in turns; types A, B in turns; all with the
    /// tag `all`, the third, sixth and ninth with `third`.
    void fill() const {
        std::string lines;
        for (int i = 1; i <= 9; ++i) {
            constexpr std::array<const char*, 3> streams{"order-1", "order-2", "user-1"};
            lines += std::string{R"({"stream":")"} + streams.at((i - 1) % 3) + R"(","type":")" +
                     (i % 2 == 1 ? "A" : "B") + R"(","tags":["all")" +
                     (i % 3 == 0 ? R"(,"third")" : "") + "]}\n";
        }
        const auto ended = run("append", {"--from", "-"}, lines);
        ASSERT_EQ(ended.code, 0) << ended.err;
    }
    /// The positions that a verb prints.
    [[nodiscard]] Positions positions(const std::string& verb, Flags flags) const {
        flags.insert(flags.end(), {"--format", "jsonl"});
        const auto ended = run(verb, std::move(flags));
        EXPECT_EQ(ended.code, 0) << ended.err;
        said_ = ended.err;
        constexpr std::string_view member = "{\"position\":";
        Positions numbers;
        for (std::size_t at = 0; (at = ended.out.find(member, at)) != std::string::npos;) {
            at += member.size();
            numbers.push_back(std::stoi(ended.out.substr(at)));
        }
        return numbers;
    }
    [[nodiscard]] Positions read(Flags flags) const { return positions("read", std::move(flags)); }
    [[nodiscard]] Positions tail(Flags flags) const { return positions("tail", std::move(flags)); }
    /// What the last call of `positions` said on standard error.
    [[nodiscard]] const std::string& said() const { return said_; }
    [[nodiscard]] std::string store() const { return path("store"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

private:
    TemporaryFolder folder_;
    mutable std::string said_;
};

TEST_F(CliQuery, reads_what_has_a_type_tags_or_a_prefix) {
    fill();
    EXPECT_EQ(read({"--type", "B"}), (Positions{2, 4, 6, 8}));
    EXPECT_EQ(read({"--type", "B", "--type", "A"}), (Positions{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(read({"--tag", "third"}), (Positions{3, 6, 9}));
    EXPECT_EQ(read({"--tag", "third", "--tag", "all", "--type", "A"}), (Positions{3, 9}));
    EXPECT_EQ(read({"--prefix", "order-"}), (Positions{1, 2, 4, 5, 7, 8}));
    EXPECT_EQ(read({"--prefix", "order-", "--type", "B"}), (Positions{2, 4, 8}));
    EXPECT_EQ(read({"--prefix", ""}).size(), 9U);
    EXPECT_EQ(said(), "");
}

TEST_F(CliQuery, reads_a_part_of_what_matches) {
    fill();
    EXPECT_EQ(read({"--type", "B", "--limit", "2"}), (Positions{2, 4}));
    EXPECT_EQ(read({"--type", "B", "--backward"}), (Positions{8, 6, 4, 2}));
    EXPECT_EQ(read({"--type", "B", "--backward", "--from", "7", "--limit", "2"}),
              (Positions{6, 4}));
    EXPECT_EQ(read({"--type", "B", "--from", "5"}), (Positions{6, 8}));
    const auto table = run("read", {"--type", "B", "--limit", "1"});
    EXPECT_TRUE(table.out.starts_with("POSITION  STREAM")) << table.out;
    EXPECT_EQ(std::ranges::count(table.out, '\n'), 2) << table.out;
}

TEST_F(CliQuery, reads_alternatives) {
    fill();
    EXPECT_EQ(read({"--query", "type=B or tag=third"}), (Positions{2, 3, 4, 6, 8, 9}));
    EXPECT_EQ(read({"--query", "prefix=user- type=A or prefix=order-2 type=B"}),
              (Positions{2, 3, 8, 9}));
    EXPECT_EQ(read({"--query", "all", "--limit", "2"}), (Positions{1, 2}));
    EXPECT_EQ(read({"--query", "type=A,C tag=all tag=third", "--backward"}), (Positions{9, 3}));
}

TEST_F(CliQuery, reads_what_was_recorded_in_a_time) {
    fill();
    const auto before = "2020-01-01T00:00:00Z";
    const auto after = "2999-01-01 00:00:00";
    EXPECT_EQ(read({"--since", before, "--until", after}).size(), 9U);
    EXPECT_EQ(read({"--until", before}), Positions{});
    EXPECT_EQ(said(), "mainstem: no event matches until=2020-01-01T00:00:00Z\n");
    EXPECT_EQ(read({"--since", after, "--type", "A"}), Positions{});
    const auto opened = Store::open(store(), {.mode = OpenMode::read_only}).value();
    auto cursor = opened.read_all();
    const auto recorded = to_rfc3339((*cursor.next())->recorded_at);
    EXPECT_EQ(read({"--since", recorded}).size(), 9U) << "that time itself counts";
    EXPECT_EQ(read({"--until", recorded}).size(), 0U) << "up to that time, without it";
}

TEST_F(CliQuery, filters_a_stream) {
    fill();
    EXPECT_EQ(read({"--stream", "order-1", "--type", "A"}), (Positions{1, 7}));
    EXPECT_EQ(read({"--stream", "order-1", "--type", "A", "--limit", "1", "--backward"}),
              Positions{7});
    EXPECT_EQ(read({"--stream", "order-1", "--type", "A", "--from", "2"}), Positions{7});
    EXPECT_EQ(read({"--stream", "order-1", "--query", "type=B or tag=third"}), Positions{4});
    EXPECT_EQ(said(), "");
    EXPECT_EQ(read({"--stream", "order-1", "--tag", "third"}), Positions{});
    EXPECT_EQ(said(), "mainstem: no event of stream \"order-1\" matches tag=third\n");
    EXPECT_EQ(tail({"--stream", "order-1", "--type", "A", "--limit", "1"}), Positions{7});
}

TEST_F(CliQuery, prints_the_last_events_in_order) {
    fill();
    EXPECT_EQ(tail({}), (Positions{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(tail({"--limit", "3"}), (Positions{7, 8, 9}));
    EXPECT_EQ(tail({"--limit", "0"}), Positions{});
    EXPECT_EQ(said(), "");
    EXPECT_EQ(tail({"--stream", "order-2", "--limit", "2"}), (Positions{5, 8}));
    EXPECT_EQ(tail({"--type", "B", "--limit", "2"}), (Positions{6, 8}));
    EXPECT_EQ(tail({"--query", "tag=third or type=B", "--limit", "4"}), (Positions{4, 6, 8, 9}));
    EXPECT_EQ(tail({"--tag", "none"}), Positions{});
    EXPECT_EQ(said(), "mainstem: no event matches tag=none\n");
    EXPECT_EQ(tail({"--stream", "none"}), Positions{});
    EXPECT_EQ(said(), "mainstem: nothing to read in stream \"none\"\n");
    fill();
    EXPECT_EQ(tail({}), (Positions{9, 10, 11, 12, 13, 14, 15, 16, 17, 18}));
}

TEST_F(CliQuery, tells_the_place_of_what_is_wrong) {
    for (const std::string verb : {"read", "tail"}) {
        const auto expect_wrong = [&](Flags flags, std::string_view text) {
            // No store is needed to be told.
            expect_failure(run(verb, std::move(flags)), 2, text);
        };
        expect_wrong({"--query", "typ=A"},
                     "--query: column 1 of the query, at typ=A: there is no key typ, perhaps type");
        expect_wrong({"--query", ""}, "column 1 of the query: it is empty; write all");
        expect_wrong({"--query", "tag=\x1b"}, "column 5 of the query, at tag=\\x1b: a tag has a");
        expect_wrong({"--query", "type=A", "--tag", "x y", "--type", "B"},
                     "leave out the flags beside it, or write them into it, as in --query 'type=B "
                     "tag=\"x y\"'");
        expect_wrong({"--type", ""}, "--type: a type is empty");
        expect_wrong({"--tag", "a\nb"}, "--tag: a tag has a control character: a\\x0ab");
        expect_wrong({"--prefix", std::string(256, 'p')}, "--prefix: the prefix has 256 bytes");
        expect_wrong(
            {"--since", "yesterday"},
            "--since cannot be \"yesterday\"; it takes a time such as 2024-01-31T10:30:00Z");
        expect_wrong({"--until", "2024-02-30T00:00:00Z"}, "--until cannot be");
        expect_wrong({"--since", "2024-01-31T10:30:00Z", "--since", "2024-01-31T10:30:00Z"},
                     "--since can be given only once");
    }
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(CliQuery, ends_a_search_after_an_interrupt) {
    fill();
    // A signal at a certain call comes neither too early nor too late: here while the store is
    // opened, so that the search sees it at its first step.
    // Looking for leaks needs to trace the process, which strace does already.
    const std::string strace = "ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null ";
    const auto traced = [&](const std::string& options, const std::string& command) {
        const int status =
            std::system((strace + options + ' ' + command + " 2>" + path("messages")).c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    if (traced("", "true") != 0) GTEST_SKIP() << "strace is missing or may not trace here";
    for (const std::string verb : {"read", "tail"}) {
        EXPECT_EQ(
            traced("-e inject=getdents64:signal=INT:when=1",
                   program().string() + ' ' + verb + " --tag none --store '" + store() + '\''),
            130);
        std::ifstream file{path("messages")};
        const std::string said{std::istreambuf_iterator<char>{file}, {}};
        EXPECT_EQ(said, "mainstem: interrupted after 0 events\n");
    }
}

TEST_F(CliQuery, explains_how_a_read_looks_for_its_events) {
    fill();
    const auto everything = run("read", {"--explain"});
    EXPECT_EQ(everything.code, 0) << everything.err;
    EXPECT_EQ(everything.out,
              "FIRST  LAST  WAY   EVENTS\n"
              "    1     9  scan       9\n"
              "at most 9 of 9 events to look at: 9 by scan in 1 part\n");
    const auto unknown = run("read", {"--type", "Unknown", "--explain", "--format", "jsonl"});
    EXPECT_EQ(unknown.out, "{\"first\":1,\"last\":9,\"way\":\"nothing\",\"events\":0}\n");
    const auto from = run("read", {"--from", "7", "--query", "all", "--explain"});
    EXPECT_TRUE(from.out.contains("    7     9  scan       3\n")) << from.out;
    const auto none = run("read", {"--until", "2001-01-01T00:00:00Z", "--explain"});
    EXPECT_TRUE(none.out.contains("at most 0 of 0 events")) << none.out;
    expect_failure(run("read", {"--stream", "user-1", "--explain"}), 2, "leave out --stream");
    expect_failure(run("read", {"--from", "11", "--explain"}), 1, "the last one is 9");
}

TEST_F(CliQuery, explains_each_segment) {
    constexpr int events = 400;
    {
        auto made = Store::open(store(), {.segment_size = limits::segment_least}).value();
        for (int i = 0; i < events; ++i) {
            NewEvent event{.type = i % 100 == 7 ? "Rare" : "Common",
                           .data = std::string(1000, 'x')};
            if (i == 3) event.tags = {"once"};
            made.append("s", event).value();
        }
    }
    const auto by_tag = run("read", {"--tag", "once", "--explain"});
    EXPECT_EQ(by_tag.code, 0) << by_tag.err;
    EXPECT_TRUE(by_tag.out.contains("index         1\n")) << by_tag.out;
    EXPECT_TRUE(by_tag.out.contains(
        "at most 1 of 400 events to look at: 1 by index in 1 part, nothing in "))
        << by_tag.out;
    const auto rare = run("read", {"--type", "Rare", "--explain", "--backward"});
    const auto common = run("read", {"--type", "Common", "--explain", "--format", "jsonl"});
    EXPECT_LT(rare.out.find("400  "), rare.out.find("    1  ")) << "the last part first\n"
                                                                << rare.out;
    EXPECT_FALSE(rare.out.contains("scan  ")) << rare.out;
    EXPECT_FALSE(common.out.contains("index")) << common.out;
    EXPECT_GT(std::ranges::count(common.out, '\n'), 5);
}

}  // namespace
}  // namespace mainstem::support
