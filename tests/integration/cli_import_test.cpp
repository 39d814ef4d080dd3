// `import` as a process: what it stores, where it stops, and how it goes on.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include "support/child_program.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

/// Rows `first` to `last` of orders: stream, type, time, payload.
std::string rows(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) {
        text += "order-" + std::to_string(i % 7) + ",Changed,2026-01-02 03:04:05," +
                std::to_string(i) + "\n";
    }
    return text;
}

const std::string header = "order,what,at,row\n";

class CliImport : public testing::Test {
protected:
    using Flags = std::vector<std::string>;

    [[nodiscard]] Flags command(const std::string& from, const Flags& more = {}) const {
        Flags all{"import", from,   "--store", store(), "--stream", "order",
                  "--type", "what", "--time",  "at",    "--format", "jsonl"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] Ended import(const std::string& from, const Flags& more = {},
                               std::string_view input = {}) const {
        return run_program(command(from, more), input);
    }
    /// Writes a file and returns its path.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        std::ofstream{folder_.path(name), std::ios::binary} << text;
        return folder_.path(name);
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::ifstream in{folder_.path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    /// The values of the column `row` in all stored events, in their order.
    [[nodiscard]] std::vector<int> stored() const {
        const auto ended = run_program({"read", "--store", store(), "--format", "jsonl"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        constexpr std::string_view member = "\"data\":{\"row\":\"";
        std::vector<int> numbers;
        for (std::size_t at = 0; (at = ended.out.find(member, at)) != std::string::npos;) {
            at += member.size();
            numbers.push_back(std::stoi(ended.out.substr(at, 10)));
        }
        return numbers;
    }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

    static std::vector<int> numbers(int first, int last) {
        std::vector<int> all;
        for (int i = first; i <= last; ++i) all.push_back(i);
        return all;
    }
    static void expect_failure(const Ended& ended, int code, std::string_view text) {
        EXPECT_EQ(ended.code, code) << ended.err;
        EXPECT_TRUE(ended.err.contains(text)) << ended.err;
    }

private:
    TemporaryFolder folder_;
};

TEST_F(CliImport, stores_rows_and_progress) {
    const auto ended = import(file("orders.csv", header + rows(1, 25)), {"--batch", "10"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.starts_with(R"({"source":"orders.csv","rows":25,"events":25,)"))
        << ended.out;
    EXPECT_EQ(stored(), numbers(1, 25));
    const auto progress = run_program(
        {"read", "--store", store(), "--stream", "$import-orders.csv", "--format", "jsonl"});
    EXPECT_EQ(std::ranges::count(progress.out, '\n'), 3) << progress.out;
    EXPECT_TRUE(progress.out.contains("\"finished\":true")) << progress.out;
}

TEST_F(CliImport, says_when_it_was_finished) {
    const auto from = file("orders.csv", header + rows(1, 5));
    EXPECT_EQ(import(from).code, 0);
    const auto again = import(from);
    EXPECT_EQ(again.code, 0);
    EXPECT_TRUE(again.err.contains("was imported before: 5 events")) << again.err;
    EXPECT_EQ(stored(), numbers(1, 5));
}

TEST_F(CliImport, stops_at_a_bad_row_and_goes_on_when_it_is_corrected) {
    const auto from =
        file("orders.csv", header + rows(1, 5) + "order-1,Changed,today,6\n" + rows(7, 9));
    expect_failure(import(from, {"--batch", "2"}), 1, "orders.csv:7: \"at\" is no time: \"today\"");
    EXPECT_EQ(stored(), numbers(1, 4)) << "whole batches before it";
    const auto corrected = import(file("orders.csv", header + rows(1, 9)), {"--batch", "3"});
    EXPECT_EQ(corrected.code, 0) << corrected.err;
    EXPECT_TRUE(corrected.out.contains(R"("events":5,"events_before":4)")) << corrected.out;
    EXPECT_EQ(stored(), numbers(1, 9));
}

TEST_F(CliImport, refuses_another_file_under_the_same_name) {
    const auto bad = "order-1,Changed,today,6\n";
    EXPECT_EQ(import(file("orders.csv", header + rows(1, 5) + bad), {"--batch", "2"}).code, 1);
    expect_failure(import(file("orders.csv", header + rows(2, 9))), 1, "another file");
    expect_failure(import(file("orders.csv", header + rows(1, 2))), 1, "another file");
    EXPECT_EQ(stored(), numbers(1, 4));
    EXPECT_EQ(import(file("orders.csv", header + rows(1, 4))).code, 0);
    expect_failure(import(file("orders.csv", header + rows(1, 3) + rows(5, 5))), 1, "another file");
    EXPECT_EQ(import(path("orders.csv"), {"--source", "more"}).code, 0) << "under another name";
    EXPECT_EQ(stored().size(), 8U);
}

TEST_F(CliImport, refuses_other_options) {
    const auto from = file("orders.csv", header + rows(1, 5));
    EXPECT_EQ(import(from).code, 0);
    expect_failure(import(from, {"--tag", "row"}), 1, "--tag was [], now it is [\"row\"]");
    expect_failure(import(from, {"--stream-prefix", "x"}), 1, "begun with other options");
    EXPECT_EQ(import(from, {"--batch", "7"}).code, 0) << "the batch may change";
}

TEST_F(CliImport, takes_what_a_file_has_gained) {
    EXPECT_EQ(import(file("orders.csv", header + rows(1, 5))).code, 0);
    EXPECT_EQ(import(file("orders.csv", header + rows(1, 8))).code, 0);
    EXPECT_EQ(stored(), numbers(1, 8));
    // A last row without a line break may have been cut: more of it cannot be told from a new row.
    auto cut = header + rows(1, 9);
    cut.pop_back();
    EXPECT_EQ(import(file("orders.csv", cut)).code, 0);
    expect_failure(import(file("orders.csv", cut + "9\n")), 1, "has grown");
    EXPECT_EQ(import(file("orders.csv", cut + "\n" + rows(10, 10))).code, 0);
    EXPECT_EQ(stored(), numbers(1, 10));
}

TEST_F(CliImport, sets_bad_rows_aside) {
    const std::string bad = "order-1,Changed,today,3\norder-1,\"Chan\"ged,,4\n\xFF,,,5\n,,\n";
    const auto from = file("orders.csv", header + rows(1, 2) + bad + rows(6, 7) + "x,y");
    const auto ended = import(from, {"--bad-rows", path("bad.csv"), "--batch", "2"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains(R"("rows":9,"events":4,"events_before":0,"bad_rows":5)"))
        << ended.out;
    EXPECT_EQ(content("bad.csv"), header + bad + "x,y\n");
    for (const int line : {4, 5, 6, 7, 10}) {
        EXPECT_TRUE(ended.err.contains("orders.csv:" + std::to_string(line) + ": ")) << ended.err;
    }
    EXPECT_EQ(stored(), (std::vector<int>{1, 2, 6, 7}));
    expect_failure(import(from, {"--bad-rows", from}), 2, "--bad-rows cannot be");
}

TEST_F(CliImport, goes_on_with_bad_rows_set_aside) {
    const auto bad = "order-1,Changed,today,5\n";
    const auto from = file("orders.csv", header + rows(1, 4) + bad + rows(6, 7));
    EXPECT_EQ(import(from, {"--batch", "2"}).code, 1);
    EXPECT_EQ(import(from, {"--batch", "2", "--bad-rows", path("bad.csv")}).code, 0);
    EXPECT_EQ(content("bad.csv"), header + bad);
    EXPECT_EQ(stored(), (std::vector<int>{1, 2, 3, 4, 6, 7}));
}

TEST_F(CliImport, takes_bad_rows_that_were_corrected) {
    const std::string mark = "\xEF\xBB\xBF";
    const auto from = file("orders.csv", mark + "order,what,at,row\r\norder-1,Changed,today,1\r\n");
    const Flags aside{"--bad-rows", path("bad.csv")};
    EXPECT_EQ(import(from, aside).code, 0);
    const auto more = import(file("more.csv", header + "order-1,Changed,never,2\n"), aside);
    EXPECT_EQ(more.code, 0) << more.err;
    EXPECT_EQ(content("bad.csv"),
              "order,what,at,row\r\norder-1,Changed,today,1\r\n"
              "order-1,Changed,never,2\n");
    auto corrected = content("bad.csv");
    for (const std::string word : {"today", "never"}) {
        corrected.replace(corrected.find(word), word.size(), "2026-01-02 03:04:05");
    }
    EXPECT_EQ(import(file("bad.csv", corrected)).code, 0);
    EXPECT_EQ(stored(), numbers(1, 2));
}

TEST_F(CliImport, sets_bad_lines_aside_as_they_are) {
    const auto from = file("lines.jsonl", "{\"order\":1,\"what\":\"T\",\"at\":\"today\"}\n");
    EXPECT_EQ(import(from, {"--bad-rows", path("bad.jsonl")}).code, 0);
    EXPECT_EQ(content("bad.jsonl"), content("lines.jsonl"));
}

TEST_F(CliImport, names_columns_that_the_file_lacks) {
    const auto from = file("orders.csv", "a,b\n1,2\n");
    const auto ended = import(from);
    expect_failure(ended, 2, R"(--stream: the file has no column "order"; there are "a", "b")");
    EXPECT_FALSE(std::filesystem::exists(store())) << "no store is left behind";
    EXPECT_EQ(run_program({"import", from, "--store", store()}).code, 2);
    expect_failure(import(file("lines.jsonl", "{\"a\":1}\n")), 2, "there are \"a\"");
    expect_failure(import(file("empty.csv", "")), 1, "is empty");
}

/// `count` lines of JSON, and one with a field `who` at the end.
std::string lines_with_a_late_field(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) {
        text += R"({"order":"o","what":"T","at":"2026-01-02T03:04:05Z","row":")" +
                std::to_string(i) + "\"}\n";
    }
    return text + R"({"order":"o","what":"T","at":"2026-01-02T03:04:05Z","who":"ada"})" + "\n";
}

TEST_F(CliImport, finds_a_column_of_json_lines_wherever_it_is) {
    const auto text = lines_with_a_late_field(20'000);  // more than it looks ahead
    const auto from = file("lines.jsonl", text);
    expect_failure(import(from, {"--tag", "whom"}), 2, "--tag: the file has no column \"whom\"");
    EXPECT_FALSE(std::filesystem::exists(store())) << "no store is left behind";
    EXPECT_EQ(import(from, {"--tag", "who"}).code, 0);
    EXPECT_EQ(stored(), numbers(1, 20'000));

    const auto piped = import("-", {"--source", "piped", "--tag", "who"}, text);
    EXPECT_EQ(piped.code, 0);
    EXPECT_TRUE(piped.err.contains("no line of the first MiB has a field \"who\"")) << piped.err;
    const auto last = run_program({"read", "--store", store(), "--stream", "o", "--backward",
                                   "--limit", "1", "--format", "jsonl"});
    EXPECT_TRUE(last.out.contains("\"who=ada\"")) << last.out;
    expect_failure(import("-", {"--source", "short", "--tag", "who"}, "{\"order\":1}\n"), 2,
                   "there are \"order\"");
}

TEST_F(CliImport, goes_by_the_name_of_the_file_and_not_of_the_import) {
    const auto csv = file("orders.csv", header + rows(1, 2));
    EXPECT_EQ(import(csv, {"--source", "first.jsonl"}).code, 0);
    EXPECT_EQ(import("-", {"--source", "second.jsonl"}, header + rows(3, 4)).code, 0);
    EXPECT_EQ(stored(), numbers(1, 4));
}

TEST_F(CliImport, sorts_by_time) {
    const std::string text =
        "a,T,2026-01-01 00:00:03,4\na,T,2026-01-01 00:00:01,1\nb,T,2026-01-01 00:00:02,2\n"
        "a,T,2026-01-01 00:00:02,3\nb,T,2026-01-01T01:00:04+01:00,5\n";
    const auto from = file("orders.csv", header + text);
    EXPECT_EQ(import(from, {"--sort", "time", "--batch", "2"}).code, 0);
    EXPECT_EQ(stored(), numbers(1, 5));
    EXPECT_TRUE(import(from, {"--sort", "time"}).err.contains("was imported before"));
    expect_failure(import(file("orders.csv", header + text + rows(6, 6)), {"--sort", "time"}), 1,
                   "another file");
}

TEST_F(CliImport, takes_standard_input) {
    EXPECT_EQ(import("-", {"--source", "piped", "--batch", "2"}, header + rows(1, 5)).code, 0);
    EXPECT_EQ(import("-", {"--source", "piped"}, header + rows(1, 7)).code, 0);
    EXPECT_EQ(stored(), numbers(1, 7));
}

TEST_F(CliImport, copies_a_store_through_lines) {
    EXPECT_EQ(import(file("orders.csv", header + rows(1, 9))).code, 0);
    const auto lines = run_program({"read", "--store", store(), "--format", "jsonl"}).out;
    const TemporaryFolder other;
    const auto copied = run_program(
        {"import", "-", "--store", other.path("copy"), "--source", "copy", "--format", "jsonl"},
        lines);
    EXPECT_EQ(copied.code, 0) << copied.err;
    EXPECT_TRUE(copied.out.contains(R"("events":9)")) << copied.out;
    EXPECT_TRUE(copied.out.contains(R"("skipped":1)")) << copied.out;
    const auto stats =
        run_program({"stats", "--store", other.path("copy"), "--format", "jsonl"}).out;
    EXPECT_TRUE(stats.starts_with("{\"events\":9,")) << stats;
}

/// Feeds 5 rows that make a batch, and a bad row whose message tells that the batch is stored.
void feed_one_batch(ChildProgram& child) {
    child.write(header + rows(1, 5) + "bad\n" + rows(7, 8));
    ASSERT_TRUE(child.wait_until_printed("piped:7: "));
}

TEST_F(CliImport, goes_on_after_a_kill_without_doubles) {
    const auto flags = Flags{"--source", "piped", "--batch", "5", "--bad-rows", path("bad.csv")};
    ChildProgram child{command("-", flags)};
    feed_one_batch(child);
    child.send(SIGKILL);
    EXPECT_EQ(child.wait().signal, SIGKILL);
    EXPECT_EQ(stored(), numbers(1, 5));
    const auto again = import("-", flags, header + rows(1, 5) + "bad\n" + rows(7, 12));
    EXPECT_EQ(again.code, 0) << again.err;
    auto expected = numbers(1, 12);
    expected.erase(expected.begin() + 5);
    EXPECT_EQ(stored(), expected);
    EXPECT_EQ(content("bad.csv"), header + "bad\n");
}

TEST_F(CliImport, ends_with_130_after_an_interrupt_and_goes_on_later) {
    const auto flags = Flags{"--source", "piped", "--batch", "5", "--bad-rows", path("bad.csv")};
    ChildProgram child{command("-", flags)};
    feed_one_batch(child);
    child.send(SIGINT);
    EXPECT_FALSE(child.wait_until_printed("nothing like this"));
    const auto ended = child.wait();
    EXPECT_EQ(ended.code, 130);
    EXPECT_TRUE(ended.err.contains("5 events stored; run the same command again")) << ended.err;
    EXPECT_EQ(import("-", flags, header + rows(1, 5) + "bad\n" + rows(7, 8)).code, 0);
    EXPECT_EQ(stored(), (std::vector<int>{1, 2, 3, 4, 5, 7, 8}));
}

TEST_F(CliImport, takes_a_real_event_log) {
    const auto log = trial_data("receipt.csv");
    if (!log) GTEST_SKIP() << no_trial_data;
    const auto ended =
        run_program({"import", log->string(), "--store", store(), "--stream", "case:concept:name",
                     "--type", "concept:name", "--time", "time:timestamp", "--sort", "time"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto stats = run_program({"stats", "--store", store(), "--format", "jsonl"}).out;
    EXPECT_TRUE(stats.starts_with("{\"events\":8577,")) << stats;
    EXPECT_TRUE(stats.contains("\"streams\":1434,")) << stats;
    const auto streams = run_program({"streams", "--store", store(), "--format", "jsonl"}).out;
    int longest = 0;
    for (std::size_t at = 0; (at = streams.find("\"version\":", at)) != std::string::npos;) {
        at += 10;
        longest = std::max(longest, std::stoi(streams.substr(at)));
    }
    EXPECT_EQ(longest, 25);
    EXPECT_EQ(run_program({"verify", "--store", store()}).code, 0);
}

}  // namespace
}  // namespace mainstem::support
