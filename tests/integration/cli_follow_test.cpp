// Following a store from another process: the program follows what this process or another one
// writes, and this process follows the program. Nothing sleeps: each step waits for what it causes.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/log/open.hpp>
#include <mainstem/store/store.hpp>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

class CliFollow : public testing::Test {
protected:
    [[nodiscard]] std::string address() const { return folder_.path("store"); }

    /// Small segments: some hundred events roll over.
    [[nodiscard]] Store open(OpenMode mode = OpenMode::create) const {
        return Store::open(address(), {.mode = mode, .segment_size = limits::segment_least})
            .value();
    }
    static void append(Store& store, const std::string& type, const std::string& stream = "a") {
        store.append(stream, {.type = type, .data = std::string(500, 'x')}).value();
    }
    [[nodiscard]] std::vector<std::string> follow(std::vector<std::string> flags = {}) const {
        flags.insert(flags.begin(), {"tail", "--follow", "--store", address()});
        flags.insert(flags.end(), {"--format", "jsonl"});
        return flags;
    }
    /// Events of type `T<first>` to `T<last>`, as lines for `append --from`.
    static std::string lines(int first, int last) {
        std::string lines;
        for (int i = first; i <= last; ++i) {
            lines += fmt::format(R"({{"stream":"a","type":"T{}"}})", i) + '\n';
        }
        return lines;
    }
    [[nodiscard]] std::vector<std::string> append_lines() const {
        return {"append", "--store", address(), "--from", "-", "--batch", "1"};
    }
    static std::string type_is(const std::string& type) {
        return fmt::format(R"("type":"{}")", type);
    }
    /// The positions of lines of JSON.
    static std::vector<int> positions(const std::string& out) {
        static constexpr std::string_view member = "{\"position\":";
        std::vector<int> positions;
        for (auto at = out.find(member); at != std::string::npos; at = out.find(member, at + 1)) {
            positions.push_back(std::stoi(out.substr(at + member.size(), 20)));
        }
        return positions;
    }
    static std::vector<int> numbers(int first, int last) {
        std::vector<int> numbers;
        for (int i = first; i <= last; ++i) numbers.push_back(i);
        return numbers;
    }
    /// Ends a follower by Ctrl-C; what it printed.
    static std::string interrupt(ChildProgram& follower) {
        follower.send(SIGINT);
        const auto ended = follower.wait();
        EXPECT_EQ(ended.code, 130) << ended.err;
        EXPECT_TRUE(ended.err.contains("interrupted after")) << ended.err;
        return ended.out;
    }

    TemporaryFolder folder_;
};

TEST_F(CliFollow, prints_the_last_events_and_then_each_that_comes) {
    Store store = open();
    for (int i = 1; i <= 5; ++i) append(store, "Before");
    ChildProgram follower{follow({"--limit", "2"})};
    ASSERT_TRUE(follower.wait_until_printed("{\"position\":5"));
    for (int i = 6; i <= 20; ++i) {
        append(store, "Live");
        ASSERT_TRUE(follower.wait_until_printed(fmt::format("{{\"position\":{}", i)));
    }
    EXPECT_EQ(positions(interrupt(follower)), numbers(4, 20));
}

TEST_F(CliFollow, prints_a_table_whose_rows_come_at_once) {
    Store store = open();
    ChildProgram follower{{"tail", "--follow", "--store", address()}};
    ASSERT_TRUE(follower.wait_until_printed("POSITION"));
    for (const char* type : {"First", "Second"}) {
        append(store, type);
        ASSERT_TRUE(follower.wait_until_printed(type));
    }
    interrupt(follower);
}

TEST_F(CliFollow, follows_a_writer_over_its_segments) {
    Store store = open();
    append(store, "First");
    ChildProgram follower{follow()};
    ASSERT_TRUE(follower.wait_until_printed(type_is("First")));
    for (int i = 0; i < 500; ++i) append(store, "Next");
    append(store, "Last");
    ASSERT_GT(store.stats().value().segments, 3U);
    ASSERT_TRUE(follower.wait_until_printed(type_is("Last")));
    EXPECT_EQ(positions(interrupt(follower)), numbers(1, 502));
}

TEST_F(CliFollow, passes_over_what_does_not_match) {
    Store store = open();
    ChildProgram by_type{follow({"--type", "Rare"})};
    ChildProgram by_stream{follow({"--stream", "order-1"})};
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 50; ++i) append(store, "Usual", "order-10");
        append(store, "Rare", "order-1");
        const auto line = fmt::format("{{\"position\":{}", 51 * round);
        ASSERT_TRUE(by_type.wait_until_printed(line));
        ASSERT_TRUE(by_stream.wait_until_printed(line));
    }
    for (auto* follower : {&by_type, &by_stream}) {
        EXPECT_EQ(positions(interrupt(*follower)), (std::vector<int>{51, 102, 153}));
    }
}

TEST_F(CliFollow, ends_when_nobody_reads_any_more) {
    Store store = open();
    append(store, "First");
    ChildProgram follower{follow()};
    ASSERT_TRUE(follower.wait_until_printed(type_is("First")));
    follower.close_output();
    const auto ended = follower.wait();
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "");
}

TEST_F(CliFollow, says_that_the_store_is_gone) {
    {
        Store store = open();
        append(store, "First");
    }
    ChildProgram follower{follow()};
    ASSERT_TRUE(follower.wait_until_printed(type_is("First")));
    // What is printed first may come before the directory is watched: then it fails by that.
    std::filesystem::rename(address(), folder_.path("elsewhere"));
    const auto ended = follower.wait();
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_TRUE(ended.err.contains(address())) << ended.err;
}

TEST_F(CliFollow, survives_the_end_and_the_beginning_of_writers) {
    run_program(append_lines(), lines(1, 3));
    ChildProgram follower{follow()};
    ASSERT_TRUE(follower.wait_until_printed(type_is("T3")));
    int last = 3;
    for (const bool killed : {true, false, true, true}) {
        ChildProgram writer{append_lines()};
        writer.write(lines(last + 1, last + 2));
        last += 2;
        ASSERT_TRUE(follower.wait_until_printed(type_is(fmt::format("T{}", last))));
        if (killed) {
            writer.send(SIGKILL);
            EXPECT_EQ(writer.wait().signal, SIGKILL);
        } else {
            EXPECT_EQ(writer.wait().code, 0);
        }
    }
    EXPECT_EQ(positions(interrupt(follower)), numbers(1, last));
}

TEST_F(CliFollow, sees_a_head_that_was_made_anew) {
    run_program(append_lines(), lines(1, 1));
    ChildProgram follower{follow()};
    ASSERT_TRUE(follower.wait_until_printed(type_is("T1")));
    for (int i = 2; i <= 5; ++i) {
        std::filesystem::remove(address() + "/HEAD");
        EXPECT_EQ(run_program(append_lines(), lines(i, i)).code, 0);
        ASSERT_TRUE(follower.wait_until_printed(type_is(fmt::format("T{}", i))));
    }
    EXPECT_EQ(positions(interrupt(follower)), numbers(1, 5));
}

TEST_F(CliFollow, this_process_follows_a_writer_that_is_killed_and_begun_again) {
    run_program(append_lines(), lines(1, 1));
    const Store reader = open(OpenMode::read_only);
    auto subscription = reader.subscribe().value();
    std::uint64_t position = 0;
    for (int round = 0; round < 4; ++round) {
        ChildProgram writer{append_lines()};
        writer.write(lines(2, 40));
        while (position < static_cast<std::uint64_t>(1 + 20 * (round + 1))) {
            const auto delivery = subscription.next().value();
            if (delivery.kind != Delivery::Kind::event) continue;
            ASSERT_EQ(delivery.event.position, Position{++position});
        }
        writer.send(SIGKILL);
        writer.wait();
    }
}

}  // namespace
}  // namespace mainstem::support
