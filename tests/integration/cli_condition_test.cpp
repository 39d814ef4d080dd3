// `append` with a condition: --fail-if, --after and --unless-exists.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

using Flags = std::vector<std::string>;

/// Fails unless the program ended with this code and one line that has `text` in it.
void expect_failure(const Ended& ended, int code, std::string_view text) {
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_EQ(ended.out, "") << ended.out;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("mainstem: ")) << ended.err;
    EXPECT_TRUE(ended.err.contains(text)) << ended.err;
}

class CliCondition : public testing::Test {
protected:
    [[nodiscard]] Ended run(const std::string& verb, Flags flags = {},
                            std::string_view input = {}) const {
        flags.insert(flags.begin(), {verb, "--store", store()});
        return run_program(std::move(flags), input);
    }
    /// Appends an event of type T, tagged with x, with more flags.
    [[nodiscard]] Ended append(Flags flags) const {
        flags.insert(flags.begin(), {"--stream", "s", "--type", "T", "--tag", "x"});
        return run("append", std::move(flags));
    }
    [[nodiscard]] std::ptrdiff_t events() const {
        return std::ranges::count(run("read", {"--format", "jsonl"}).out, '\n');
    }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }

private:
    TemporaryFolder folder_;
};

TEST_F(CliCondition, refuses_what_is_to_be_unique) {
    EXPECT_EQ(append({"--unless-exists", "tag=x"}).code, 0);
    expect_failure(append({"--unless-exists", "tag=x"}), 3,
                   "events match tag=x, the last at position 1; read them, then decide again");
    expect_failure(append({"--fail-if", "type=T or tag=y"}), 3,
                   "events match type=T or tag=y after position 0, the last at position 1");
    EXPECT_EQ(append({"--unless-exists", "tag=y"}).code, 0);
    EXPECT_EQ(events(), 2);
}

TEST_F(CliCondition, refuses_what_has_changed_since) {
    EXPECT_EQ(append({}).code, 0);
    EXPECT_EQ(append({"--fail-if", "tag=x", "--after", "1"}).code, 0);
    expect_failure(append({"--fail-if", "tag=x", "--after", "1"}), 3,
                   "events match tag=x after position 1, the last at position 2");
    expect_failure(append({"--fail-if", "all", "--after", "1"}), 3, "events match all after");
    expect_failure(append({"--fail-if", "tag=x", "--after", "2", "--unless-exists", "type=T"}), 3,
                   "events match type=T, the last at position 2");
    expect_failure(append({"--fail-if", "tag=x", "--after", "2", "--expect", "1"}), 3,
                   "s: expected version 1, found version 2");
    EXPECT_EQ(append({"--fail-if", "tag=x", "--after", "2", "--expect", "2"}).code, 0);
    expect_failure(append({"--fail-if", "tag=x", "--after", "9"}), 1,
                   "nothing can have been read up to position 9: the last one is 3");
    EXPECT_EQ(events(), 3);
}

TEST_F(CliCondition, holds_for_all_lines_together) {
    const std::string line = R"({"stream":"s","type":"T","tags":["x"]})"
                             "\n";
    const auto append_lines = [&](int count, Flags flags) {
        std::string lines;
        for (int i = 0; i < count; ++i) lines += line;
        flags.insert(flags.begin(), {"--from", "-"});
        return run("append", std::move(flags), lines);
    };
    EXPECT_EQ(append_lines(3, {"--unless-exists", "tag=x"}).code, 0) << "they are no conflict";
    expect_failure(append_lines(3, {"--unless-exists", "tag=x"}), 3,
                   "standard input: events match tag=x, the last at position 3; read them, then "
                   "decide again; nothing is stored");
    expect_failure(append_lines(3, {"--fail-if", "tag=x", "--after", "3", "--batch", "2"}), 2,
                   "standard input:3: with a condition all lines are stored together, and these "
                   "are more than 2; raise --batch");
    EXPECT_EQ(events(), 3) << "nothing of a part";
    EXPECT_EQ(append_lines(3, {"--fail-if", "tag=x", "--after", "3", "--batch", "3"}).code, 0);
    EXPECT_EQ(append_lines(2000, {"--fail-if", "tag=x", "--after", "6", "--batch", "2000"}).code,
              0);
    EXPECT_EQ(events(), 2006);
}

TEST_F(CliCondition, is_no_conflict_for_a_repeat) {
    const std::string line =
        R"({"stream":"a","type":"T","tags":["x"],"id":"0198c0de-0000-7000-8000-000000000001"})";
    for (const std::string repeated : {"false", "true"}) {
        const auto ended =
            run("append", {"--from", "-", "--unless-exists", "tag=x", "--format", "jsonl"}, line);
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_TRUE(ended.out.contains("\"repeated\":" + repeated)) << ended.out;
    }
}

TEST_F(CliCondition, makes_no_store_for_what_is_refused) {
    expect_failure(append({"--fail-if", "all", "--after", "5"}), 1, "the last one is 0");
    expect_failure(append({"--after", "5"}), 2, "give that, too");
    expect_failure(append({"--fail-if", "all", "--after", "-1"}), 2, "--after cannot be \"-1\"");
    expect_failure(append({"--fail-if", "tag=a,b"}), 2,
                   "--fail-if: column 6 of the query, at tag=a,b: a comma separates types only");
    expect_failure(append({"--fail-if", "tag=a prefix=b"}), 2,
                   "--fail-if: a condition takes types and tags alone, no prefix and no times");
    expect_failure(append({"--unless-exists", "since=2024-01-31T10:30:00Z"}), 2,
                   "--unless-exists: a condition takes types and tags alone");
    EXPECT_FALSE(std::filesystem::exists(store()));
    EXPECT_EQ(append({"--fail-if", "all"}).code, 0);
    EXPECT_EQ(events(), 1);
}

}  // namespace
}  // namespace mainstem::support
