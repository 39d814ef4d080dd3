// `read`, `streams`, `stats` and `verify` as processes.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include <mainstem/mainstem.hpp>

#include "support/child_program.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

class CliRead : public testing::Test {
protected:
    /// A store with `count` events in streams a, b, c, a, ...
    void fill(std::size_t count, const std::string& data = "{}") const {
        std::string lines;
        for (std::size_t i = 0; i < count; ++i) {
            lines += R"({"stream":")" + std::string(1, static_cast<char>('a' + i % 3)) +
                     R"(","type":"T","data":)" + data + "}\n";
        }
        const auto ended = run_program({"append", "--store", store(), "--from", "-"}, lines);
        ASSERT_EQ(ended.code, 0) << ended.err;
    }
    [[nodiscard]] Ended run(const std::string& verb, std::vector<std::string> flags = {}) const {
        flags.insert(flags.begin(), {verb, "--store", store()});
        return run_program(std::move(flags));
    }
    /// The positions that `read` prints.
    [[nodiscard]] std::vector<int> positions(std::vector<std::string> flags) const {
        flags.insert(flags.end(), {"--format", "jsonl"});
        const auto ended = run("read", std::move(flags));
        EXPECT_EQ(ended.code, 0) << ended.err;
        constexpr std::string_view member = "{\"position\":";
        std::vector<int> numbers;
        for (std::size_t at = 0; (at = ended.out.find(member, at)) != std::string::npos;) {
            at += member.size();
            numbers.push_back(std::stoi(ended.out.substr(at)));
        }
        return numbers;
    }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }
    [[nodiscard]] std::string messages() const { return folder_.path("messages"); }
    [[nodiscard]] std::string segment() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{store()}) {
            if (entry.path().extension() == ".log") return entry.path().string();
        }
        return {};
    }

private:
    TemporaryFolder folder_;
};

using Positions = std::vector<int>;

TEST_F(CliRead, needs_no_memory_for_pages_and_indexes) {
    {
        auto made = Store::open(store(), {.segment_size = limits::segment_least}).value();
        for (int i = 0; i < 200; ++i) {
            made.append(i % 2 == 0 ? "even" : "odd", {"T", std::string(1000, 'x')}).value();
        }
    }
    for (const char* const size : {"0", "64KiB", "1GiB"}) {
        EXPECT_EQ(positions({"--stream", "odd", "--memory", size}).size(), 100U) << size;
        EXPECT_TRUE(run("streams", {"--memory", size}).out.contains("2 streams")) << size;
        EXPECT_EQ(run("stats", {"--memory", size}).code, 0) << size;
    }
}

TEST_F(CliRead, reads_parts_both_ways) {
    fill(9);
    EXPECT_EQ(positions({}), (Positions{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(positions({"--from", "8"}), (Positions{8, 9}));
    EXPECT_EQ(positions({"--from", "10"}), Positions{});
    EXPECT_EQ(positions({"--backward", "--limit", "2"}), (Positions{9, 8}));
    EXPECT_EQ(positions({"--backward", "--from", "2"}), (Positions{2, 1}));
    EXPECT_EQ(positions({"--limit", "0"}), Positions{});
    EXPECT_EQ(positions({"--stream", "b"}), (Positions{2, 5, 8}));
    EXPECT_EQ(positions({"--stream", "b", "--from", "3"}), Positions{8});
    EXPECT_EQ(positions({"--stream", "b", "--backward", "--from", "2"}), (Positions{5, 2}));
    EXPECT_EQ(positions({"--stream", "none"}), Positions{});
    EXPECT_EQ(run("read", {"--from", "11"}).code, 1);
}

TEST_F(CliRead, refuses_names_that_no_stream_can_have) {
    fill(1);
    const auto expect_refusal = [&](const std::string& verb, std::vector<std::string> flags,
                                    const std::string& reason) {
        const auto ended = run(verb, std::move(flags));
        EXPECT_EQ(ended.code, 1) << ended.err;
        EXPECT_EQ(ended.out, "");
        EXPECT_TRUE(ended.err.starts_with("mainstem: " + reason)) << ended.err;
        EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    };
    expect_refusal("read", {"--stream", ""}, "--stream: the stream's name is empty");
    expect_refusal("read", {"--stream", "\xFF"}, "--stream: the stream's name is not UTF-8: \\xff");
    expect_refusal("streams", {"--prefix", "\xFF"}, "--prefix: the stream's name is not UTF-8");
    const std::string too_long(256, 'x');
    expect_refusal("read", {"--stream", too_long}, "--stream: the stream's name has 256 bytes");
    expect_refusal("streams", {"--prefix", too_long}, "--prefix: the stream's name has 256 bytes");
    EXPECT_EQ(run("read", {"--stream", "$import-x"}).code, 0);
    EXPECT_EQ(run("streams", {"--prefix", ""}).code, 0);
}

TEST_F(CliRead, prints_no_header_before_an_error) {
    fill(1);
    const auto beyond = run("read", {"--from", "9"});
    EXPECT_EQ(beyond.code, 1);
    EXPECT_EQ(beyond.out, "");
    EXPECT_TRUE(run("read", {"--from", "2"}).out.starts_with("POSITION"));
}

TEST_F(CliRead, shows_a_table_that_cannot_steer_a_terminal) {
    fill(1, R"("\u001b[2J")");
    EXPECT_EQ(
        run_program({"append", "--store", store(), "--stream", "x", "--type", "T\xC2\x9B"}).code,
        0);
    const auto ended = run("read");
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(ended.out.starts_with("POSITION  STREAM  VERSION  TYPE")) << ended.out;
    EXPECT_FALSE(ended.out.contains('\x1b'));
    EXPECT_TRUE(ended.out.contains("T\\xc2\\x9b")) << ended.out;
}

TEST_F(CliRead, ends_quietly_when_nobody_reads_on) {
    fill(3000, '"' + std::string(1000, 'x') + '"');
    for (const auto* const verb : {"read", "streams", "stats"}) {
        ChildProgram child{{verb, "--store", store(), "--format", "jsonl"}};
        // `read` has more to say than a pipe holds; the others may end before.
        const bool is_read = verb == std::string_view{"read"};
        EXPECT_TRUE(!is_read || child.wait_until_printed("\"position\":1,"));
        child.close_output();
        const auto ended = child.wait();
        EXPECT_EQ(ended.code, 0) << verb;
        EXPECT_EQ(ended.err, "") << verb;
    }
}

TEST_F(CliRead, ends_with_130_after_an_interrupt) {
    fill(3000, '"' + std::string(1000, 'x') + '"');
    ChildProgram child{{"read", "--store", store(), "--format", "jsonl"}};
    ASSERT_TRUE(child.wait_until_printed("\"position\":1,"));
    // It cannot have ended: what is left is more than a pipe holds.
    child.send(SIGINT);
    const auto ended = child.wait();
    EXPECT_EQ(ended.code, 130);
    EXPECT_TRUE(ended.err.contains("interrupted")) << ended.err;
}

TEST_F(CliRead, fails_when_its_output_cannot_be_written) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
    fill(1);
    const auto ended = run("read", {"--limit", "1"});
    EXPECT_EQ(ended.code, 0);
    const auto command =
        program().string() + " stats --store '" + store() + "' >/dev/full 2>/dev/null";
    const int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(CliRead, counts_system_streams_apart) {
    fill(3);
    EXPECT_EQ(run_program({"import", "-", "--store", store(), "--source", "more", "--stream", "s",
                           "--type", "t"},
                          "s,t\nd,T\n")
                  .code,
              0);
    EXPECT_TRUE(run("read", {"--format", "jsonl"}).out.contains("\"stream\":\"$import-more\""));
    const auto streams = run("streams", {"--format", "jsonl"}).out;
    EXPECT_EQ(std::ranges::count(streams, '\n'), 4) << streams;
    EXPECT_TRUE(streams.starts_with(R"({"stream":"a","version":1,"last_position":1})")) << streams;
    EXPECT_TRUE(run("streams").out.contains("4 streams, and 1 system stream"));
    EXPECT_TRUE(run("streams", {"--prefix", "$"}).out.contains("$import-more"));
    const auto stats = run("stats", {"--format", "jsonl"}).out;
    EXPECT_TRUE(
        stats.starts_with(R"({"events":4,"system_events":1,"streams":4,"system_streams":1,)"))
        << stats;
    EXPECT_TRUE(run("stats").out.contains("system events   1"));
}

TEST_F(CliRead, verifies_what_is_whole) {
    fill(5);
    const auto ended = run("verify", {"--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.starts_with("{\"events\":5,\"segments\":1,")) << ended.out;
    EXPECT_TRUE(ended.out.contains("\"damages\":[]")) << ended.out;
    EXPECT_TRUE(run("verify").out.contains("verdict   whole"));
}

TEST_F(CliRead, names_damage_and_ends_with_4) {
    fill(1000, '"' + std::string(200, 'x') + '"');
    fill(10);
    std::fstream file{segment(), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(20'000);
    file.put('!');
    file.close();
    const auto verified = run("verify", {"--format", "jsonl"});
    EXPECT_EQ(verified.code, 4);
    EXPECT_TRUE(verified.out.contains("\"offset\":")) << verified.out;
    EXPECT_TRUE(verified.err.contains(segment())) << verified.err;
    EXPECT_EQ(run("verify").code, 4);

    const auto refused = run("read");
    EXPECT_EQ(refused.code, 4) << refused.err;
    EXPECT_TRUE(refused.err.contains("mainstem verify names every damaged place")) << refused.err;
    const auto part = run("read", {"--up-to-damage"});
    EXPECT_EQ(part.code, 0);
    EXPECT_TRUE(part.err.contains("; read up to there\n")) << part.err;
    EXPECT_EQ(run("append", {"--stream", "s", "--type", "T"}).code, 4);
}

TEST_F(CliRead, says_that_nothing_is_lost_with_an_index) {
    {
        auto made = Store::open(store(), {.segment_size = limits::segment_least}).value();
        while (made.stats()->segments < 3) {
            made.append("a", {"T", '"' + std::string(10'000, 'x') + '"'}).value();
        }
    }
    const auto index = store() + "/segments/00000000000000000001.index";
    ASSERT_TRUE(std::filesystem::exists(index));
    std::ofstream{index, std::ios::app} << "more";
    const auto verified = run("verify");
    EXPECT_EQ(verified.code, 4);
    EXPECT_TRUE(verified.out.contains("only in indexes: no event is lost")) << verified.out;
    EXPECT_TRUE(verified.err.contains(index)) << verified.err;
    EXPECT_TRUE(verified.err.contains("mainstem index rebuild --all")) << verified.err;
    EXPECT_FALSE(verified.err.contains("--up-to-damage")) << verified.err;
    EXPECT_TRUE(run("verify", {"--format", "jsonl"}).out.contains("\"in_index\":true"));

    std::filesystem::remove(index);
    EXPECT_EQ(run("verify").code, 0);
    EXPECT_EQ(run("read").code, 0);

    std::filesystem::remove(store() + "/segments/00000000000000000001.log");
    const auto lost = run("verify");
    EXPECT_EQ(lost.code, 4);
    EXPECT_TRUE(lost.err.contains("--up-to-damage")) << lost.err;
}

TEST_F(CliRead, ends_a_verification_after_an_interrupt) {
    fill(3000, '"' + std::string(1000, 'x') + '"');
    // A signal at a certain call comes neither too early nor too late.
    // Looking for leaks needs to trace the process, which strace does already.
    const std::string strace = "ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null ";
    const auto traced = [&](const std::string& options, const std::string& command) {
        const int status =
            std::system((strace + options + ' ' + command + " 2>" + messages()).c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    if (traced("", "true") != 0) GTEST_SKIP() << "strace is missing or may not trace here";
    EXPECT_EQ(traced("-e inject=pread64:signal=INT:when=3",
                     program().string() + " verify --store '" + store() + '\''),
              130);
    std::ifstream file{messages()};
    const std::string said{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_TRUE(said.contains("interrupted after")) << said;
}

TEST_F(CliRead, reports_a_tail_that_was_never_acknowledged) {
    fill(5);
    std::ofstream{segment(), std::ios::app | std::ios::binary} << std::string(1000, '\7');
    const auto verified = run("verify", {"--format", "jsonl"});
    EXPECT_EQ(verified.code, 0) << verified.err;
    EXPECT_TRUE(verified.out.contains("\"unacknowledged_bytes\":1000")) << verified.out;
    EXPECT_EQ(positions({}).size(), 5U);
}

}  // namespace
}  // namespace mainstem::support
