// `append` and `read` as processes.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <sys/resource.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

class CliAppend : public testing::Test {
protected:
    [[nodiscard]] Ended append(std::vector<std::string> flags, std::string_view input = {}) const {
        flags.insert(flags.begin(), {"append", "--store", store()});
        return run_program(std::move(flags), input);
    }
    [[nodiscard]] Ended read(std::vector<std::string> flags = {}) const {
        flags.insert(flags.begin(), {"read", "--store", store(), "--format", "jsonl"});
        return run_program(std::move(flags));
    }
    [[nodiscard]] std::ptrdiff_t events() const { return std::ranges::count(read().out, '\n'); }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        std::ofstream{folder_.path(name), std::ios::binary} << text;
        return folder_.path(name);
    }

private:
    TemporaryFolder folder_;
};

void expect_failure(const Ended& ended, int code, std::string_view text) {
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("mainstem: ")) << ended.err;
    EXPECT_TRUE(ended.err.contains(text)) << ended.err;
}

TEST_F(CliAppend, stores_what_read_shows) {
    const auto answer =
        append({"--stream", "order-1", "--type", "OrderPlaced", "--data", R"({"total": 40.0})",
                "--tag", "a", "--tag", "b", "--metadata", R"({"actor":"ada","ip":"::1"})",
                "--expect", "none", "--format", "jsonl"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out,
              R"({"first":1,"position":1,"versions":[{"stream":"order-1","version":1}],)"
              R"("durability":"flushed","repeated":false})"
              "\n");
    const auto line = read().out;
    for (const auto* const part :
         {R"("position":1,"stream":"order-1","version":1,"type":"OrderPlaced","id":")",
          R"("tags":["a","b"],"metadata":{"actor":"ada","ip":"::1"})",
          R"("content_type":"application/json","data":{"total": 40.0}})"}) {
        EXPECT_TRUE(line.contains(part)) << line;
    }
}

TEST_F(CliAppend, checks_the_expected_version) {
    EXPECT_EQ(append({"--stream", "s", "--type", "T", "--expect", "none"}).code, 0);
    expect_failure(append({"--stream", "s", "--type", "T", "--expect", "none"}), 3,
                   "s: expected no");
    expect_failure(append({"--stream", "s", "--type", "T", "--expect", "7"}), 3, "version 7");
    expect_failure(append({"--stream", "t", "--type", "T", "--expect", "exists"}), 3,
                   "t: expected");
    EXPECT_EQ(append({"--stream", "s", "--type", "T", "--expect", "1"}).code, 0);
    EXPECT_EQ(append({"--stream", "s", "--type", "T", "--expect", "exists"}).code, 0);
    EXPECT_EQ(append({"--stream", "s", "--type", "T", "--durability", "buffered"}).code, 0);
    EXPECT_EQ(events(), 4);
}

TEST_F(CliAppend, refuses_bad_values) {
    EXPECT_EQ(append({"--stream", "s", "--type", "T"}).code, 0);
    expect_failure(append({"--stream", "s", "--type", "T", "--data", "{"}), 1, "--data is no JSON");
    expect_failure(append({"--stream", "s", "--type", "T", "--metadata", "1"}), 1, "--metadata");
    expect_failure(append({"--stream", "", "--type", "T"}), 1, "name is empty");
    expect_failure(append({"--stream", "a\nb", "--type", "T"}), 1, "control character");
    expect_failure(append({"--stream", "\xFF", "--type", "T"}), 1, "not UTF-8");
    expect_failure(append({"--stream", std::string(256, 'x'), "--type", "T"}), 1, "256 bytes");
    expect_failure(append({"--stream", "$sys", "--type", "T"}), 1, "belong to the system");
    EXPECT_EQ(events(), 1);
}

TEST_F(CliAppend, makes_no_store_for_an_event_that_is_refused) {
    expect_failure(append({"--stream", "s", "--type", "T", "--tag", ""}), 1, ": a tag is empty");
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(CliAppend, makes_no_store_for_what_an_empty_one_refuses) {
    const auto line = R"({"stream":"a","type":"T","expect":1})" + std::string{"\n"};
    const auto twice = R"({"stream":"a","type":"T","expect":"none"})" + std::string{"\n"};
    for (const auto* const wanted : {"exists", "7"}) {
        expect_failure(append({"--stream", "s", "--type", "T", "--expect", wanted}), 3,
                       "found none");
    }
    expect_failure(append({"--from", "-"}, line), 3, "standard input:1: a: expected version 1");
    expect_failure(append({"--from", "-"}, twice + twice), 3, "standard input:2: a: expected none");
    expect_failure(append({"--from", "-"}, "{\n"), 1, "standard input:1: ");
    EXPECT_EQ(append({"--from", "-"}, "\n").code, 0);
    EXPECT_FALSE(std::filesystem::exists(store()));
    EXPECT_EQ(append({"--from", "-"}, "\n{\"stream\":\"a\",\"type\":\"T\"}\n").code, 0);
    EXPECT_EQ(events(), 1);
}

TEST_F(CliAppend, takes_lines) {
    const auto from =
        file("events.jsonl", R"({"stream":"a","type":"T","expect":"none","data":{"n":1}})"
                             "\n\n"
                             R"({"stream":"a","type":"T","expect":1,"data_base64":"AP8="})"
                             "\n"
                             R"({"stream":"b","type":"T","tags":["x"],"occurred_at":"2026-01-02"})"
                             "\n");
    expect_failure(append({"--from", from}), 1, ":4: \"occurred_at\" is no time");
    EXPECT_EQ(append({"--from", "-"}, R"({"stream":"a","type":"T","expect":"none"})").code, 0);
    EXPECT_EQ(events(), 1);
}

TEST_F(CliAppend, names_the_line_of_a_conflict_and_keeps_earlier_batches) {
    const auto from = file("events.jsonl", R"({"stream":"a","type":"T"})"
                                           "\n"
                                           R"({"stream":"b","type":"T"})"
                                           "\n"
                                           R"({"stream":"a","type":"T","expect":1})"
                                           "\n"
                                           R"({"stream":"b","type":"T","expect":5})"
                                           "\n");
    expect_failure(append({"--from", from, "--batch", "2"}), 3,
                   "events.jsonl:4: b: expected version 5");
    EXPECT_EQ(events(), 2);
    // Both lines cannot be met: known without asking the store what went before.
    const auto twice = R"({"stream":"c","type":"T","expect":"none"})" + std::string{"\n"};
    expect_failure(append({"--from", "-"}, twice + twice), 3, "standard input:2: c: expected none");
    EXPECT_EQ(events(), 2);
}

TEST_F(CliAppend, recognises_a_batch_that_it_has_stored) {
    const std::string line =
        R"({"stream":"a","type":"T","expect":"none","id":"0198c0de-0000-7000-8000-000000000001"})";
    EXPECT_EQ(append({"--from", "-"}, line).code, 0);
    const auto again = append({"--from", "-", "--format", "jsonl"}, line);
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_TRUE(again.out.contains(R"("repeated":true)")) << again.out;
    EXPECT_EQ(events(), 1);
}

TEST_F(CliAppend, names_the_line_of_an_id_that_names_another_request) {
    const std::string first =
        R"({"stream":"a","type":"T","id":"0198c0de-0000-7000-8000-000000000001"})";
    EXPECT_EQ(append({"--from", "-"}, first).code, 0);
    const std::string second =
        R"({"stream":"b","type":"T","id":"0198c0de-0000-7000-8000-000000000001"})";
    const auto lines = R"({"stream":"c","type":"T"})" + ("\n" + second) + '\n';
    expect_failure(append({"--from", "-", "--batch", "1"}, lines), 1,
                   "standard input:2: event id 0198c0de-0000-7000-8000-000000000001 names another "
                   "request, stored at position 1; give a new request new ids; nothing of the "
                   "batch that begins in line 2 is stored, 1 event of earlier batches stored");
    EXPECT_EQ(events(), 2);
}

TEST_F(CliAppend, gives_all_bytes_back_through_lines) {
    const std::string first =
        R"({"stream":"a","type":"T","data":{"x": 1.0,"x":2e3}, "metadata":{ "z" : [1 ,2] },)"
        R"("tags":["ä","\""],"content_type":"text/plain"})"
        "\n"
        R"({"stream":"a","type":"T","data_base64":"AAEC/w=="})"
        "\n"
        R"({"stream":"a","type":"T"})"
        "\n";
    EXPECT_EQ(append({"--from", "-"}, first).code, 0);
    EXPECT_EQ(append({"--stream", "a", "--type", "T"}).code, 0);
    EXPECT_EQ(append({"--stream", "a", "--type", "T", "--data", "null"}).code, 0);
    const auto lines = read().out;
    EXPECT_TRUE(lines.contains("\"data\":null}\n")) << lines;
    EXPECT_TRUE(lines.ends_with("\"data_base64\":\"bnVsbA==\"}\n")) << lines;
    const TemporaryFolder other;
    EXPECT_EQ(run_program({"append", "--store", other.path("copy"), "--from", "-"}, lines).code, 0);
    const auto copied =
        run_program({"read", "--store", other.path("copy"), "--format", "jsonl"}).out;
    const auto without_recorded_time = [](std::string text) {
        for (std::size_t at = 0; (at = text.find("\"recorded_at\":\"", at)) != std::string::npos;) {
            text.erase(at, text.find("\",", at) + 2 - at);
        }
        return text;
    };
    EXPECT_EQ(without_recorded_time(copied), without_recorded_time(lines));
}

/// While it lives, processes that are started may not make a file larger than this.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limited{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limited);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST_F(CliAppend, stores_nothing_beyond_the_limit_on_the_size_of_files) {
    const std::string data = '"' + std::string(600, 'x') + '"';
    int stored = 0;
    {
        const FileSizeLimit limit{8192};
        const auto append_one = [&] {
            return append({"--stream", "a", "--type", "T", "--data", data});
        };
        auto ended = append_one();
        for (; ended.code == 0 && stored < 100; ended = append_one()) ++stored;
        EXPECT_EQ(ended.signal, 0) << "it was killed";
        expect_failure(ended, 1, "ulimit -f");
    }
    EXPECT_GT(stored, 3) << "as much as there is room for";
    EXPECT_EQ(events(), stored);
    EXPECT_EQ(append({"--stream", "a", "--type", "T", "--data", data}).code, 0);
    EXPECT_EQ(events(), stored + 1);
}

TEST_F(CliAppend, says_that_there_is_nothing_to_store) {
    const auto ended = append({"--from", "-"}, " \n\n");
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "mainstem: no events in standard input\n");
}

TEST_F(CliAppend, is_refused_while_another_program_writes) {
    ChildProgram writer{
        {"append", "--store", store(), "--from", "-", "--batch", "1", "--format", "jsonl"}};
    writer.write("{\"stream\":\"a\",\"type\":\"T\"}\n");
    ASSERT_TRUE(writer.wait_until_printed("\"position\":1"));
    expect_failure(append({"--stream", "s", "--type", "T"}), 1, "one process at a time");
    EXPECT_EQ(events(), 1) << "reading beside a writer";
    EXPECT_EQ(writer.wait().code, 0);
}

TEST_F(CliAppend, ends_with_130_after_an_interrupt) {
    ChildProgram writer{
        {"append", "--store", store(), "--from", "-", "--batch", "1", "--format", "jsonl"}};
    writer.write("{\"stream\":\"a\",\"type\":\"T\"}\n");
    ASSERT_TRUE(writer.wait_until_printed("\"position\":1"));
    writer.send(SIGINT);
    EXPECT_FALSE(writer.wait_until_printed("nothing like this"));
    const auto ended = writer.wait();
    EXPECT_EQ(ended.code, 130);
    EXPECT_TRUE(ended.err.contains("interrupted")) << ended.err;
    EXPECT_EQ(events(), 1);
}

TEST_F(CliAppend, cannot_write_into_a_read_only_folder) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    const TemporaryFolder locked;
    std::filesystem::permissions(
        locked.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto ended =
        run_program({"append", "--store", locked.path("store"), "--stream", "s", "--type", "T"});
    expect_failure(ended, 1, "check its owner and mode, and those of the directories above it");
}

}  // namespace
}  // namespace mainstem::support
