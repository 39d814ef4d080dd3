// `bench` as a process: what it takes for its own, and what it leaves alone.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

class CliBench : public testing::Test {
protected:
    [[nodiscard]] Ended bench(const std::string& what, std::vector<std::string> flags = {}) const {
        flags.insert(flags.begin(), {"bench", what, "--store", store()});
        return run_program(std::move(flags));
    }
    void append(const std::string& stream) const {
        const auto ended =
            run_program({"append", "--store", store(), "--stream", stream, "--type", "T"});
        ASSERT_EQ(ended.code, 0) << ended.err;
    }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }

    static void expect_refusal(const Ended& ended, std::string_view text) {
        EXPECT_EQ(ended.code, 1) << ended.err;
        EXPECT_EQ(ended.out, "");
        EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
        EXPECT_TRUE(ended.err.contains(text)) << ended.err;
    }

    /// The whole number `name` of a line of JSON; 0 if it is not there.
    static std::uint64_t number_in(const std::string& line, const std::string& name) {
        const auto at = line.find('"' + name + "\":");
        if (at == std::string::npos) return 0;
        return std::strtoull(line.c_str() + at + name.size() + 3, nullptr, 10);
    }

private:
    TemporaryFolder folder_;
};

TEST_F(CliBench, says_what_is_wrong_with_a_list_of_numbers) {
    for (const auto* list : {"", "0", "1,", "1;2", "x", "1025", "-1"}) {
        const auto ended = bench("commands", {"--concurrency", list});
        EXPECT_EQ(ended.code, 2) << list << ": " << ended.err;
        EXPECT_TRUE(ended.err.contains("--concurrency")) << ended.err;
    }
}

TEST_F(CliBench, executes_commands_of_each_kind_in_each_way) {
    const auto ended = bench("commands", {"--concurrency", "2", "--seconds", "1", "--accounts",
                                          "1000", "--pay-clients", "2", "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.out, '\n'), 10);
    for (const auto* part :
         {R"("load":"create-user","through":"executor","clients":2,)", R"("limit_per_second":)",
          R"("ratio":)", R"("load":"create-user","through":"batcher","clients":1,)",
          R"("load":"pay-in","through":"executor","clients":1,)",
          R"("load":"pay","through":"parallel","clients":2,)",
          R"("load":"pay-hot","through":"batcher","clients":1,)", R"("conflicts":)",
          R"("memory":)"}) {
        EXPECT_TRUE(ended.out.contains(part)) << part << '\n' << ended.out;
    }
}

TEST_F(CliBench, reads_the_streams_that_are_there) {
    const std::vector<std::string> flags{"--events", "60", "--streams", "20", "--runs", "1"};
    const auto filled = bench("read", flags);
    EXPECT_EQ(filled.code, 0) << filled.err;
    EXPECT_EQ(filled.err, "");
    EXPECT_TRUE(filled.out.contains("60 events in 20 streams")) << filled.out;

    const auto again = bench("read", {"--streams", "7", "--runs", "1", "--format", "jsonl"});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(again.err, "mainstem: \"" + store() +
                             "\" is filled already, with 20 streams; --streams is for an empty "
                             "store\n");
    EXPECT_TRUE(again.out.contains(R"("events":60,"streams":20,)")) << again.out;
}

TEST_F(CliBench, reads_no_streams_of_others) {
    append("order-1");
    expect_refusal(bench("read"), "holds no streams of the bench");
}

TEST_F(CliBench, scans_beside_writers) {
    const auto ended = bench("beside", {"--events", "60", "--streams", "20", "--clients", "2",
                                        "--seconds", "1", "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains(R"("events":60,"clients":2,"batch":1,)")) << ended.out;
    EXPECT_EQ(number_in(ended.out, "turns"), 1) << ended.out;
}

TEST_F(CliBench, writes_beside_scans_to_no_store_of_others) {
    append("order-1");
    expect_refusal(bench("beside"), "bench beside fills its store: give it one of its own");
}

TEST_F(CliBench, opens_what_was_closed_and_what_was_killed) {
    const auto ended = bench("open", {"--events", "60", "--batch", "10", "--segment-size", "64KiB",
                                      "--runs", "2", "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(number_in(ended.out, "runs"), 2) << ended.out;
    EXPECT_GT(number_in(ended.out, "events"), 60) << ended.out;
    EXPECT_GT(number_in(ended.out, "segments"), 1) << ended.out;

    const auto verified = run_program({"verify", "--store", store()});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

TEST_F(CliBench, opens_no_store_of_others) {
    append("order-1");
    expect_refusal(bench("open"), "bench open fills its store: give it one of its own");
}

TEST_F(CliBench, asks_by_tags_that_it_has_filled_in) {
    const auto ended = bench("query", {"--events", "60", "--tags", "20", "--streams", "10",
                                       "--batch", "7", "--runs", "1", "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains(R"("events":60,"streams":10,"tags":20,)")) << ended.out;
}

TEST_F(CliBench, delivers_every_event_to_every_subscriber) {
    const auto ended = bench("subscribe", {"--subscribers", "3", "--rate", "100", "--seconds", "1",
                                           "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const std::uint64_t events = number_in(ended.out, "events");
    EXPECT_GE(events, 1) << ended.out;
    EXPECT_LE(events, 100) << ended.out;
    EXPECT_EQ(number_in(ended.out, "deliveries"), 3 * events) << ended.out;
}

TEST_F(CliBench, subscribes_to_no_store_of_others) {
    append("order-1");
    expect_refusal(bench("subscribe"), "bench subscribe fills its store: give it one of its own");
}

TEST_F(CliBench, projects_events_that_it_has_filled_in) {
    const auto ended =
        bench("projections", {"--events", "10000", "--accounts", "100", "--documents", "1000",
                              "--seconds", "1", "--format", "jsonl"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    for (const auto* const load : {"fold", "fold, two indexes", "count", "commits alone", "live",
                                   "key lookup", "query by an index", "the same without one"}) {
        EXPECT_TRUE(ended.out.contains("\"load\":\"" + std::string{load} + '"')) << ended.out;
    }
}

TEST_F(CliBench, projects_no_store_of_others) {
    append("order-1");
    expect_refusal(bench("projections"),
                   "bench projections fills its store: give it one of its own");
}

TEST_F(CliBench, appends_to_no_store_of_others) {
    append("bench-000000");
    append("order-1");
    expect_refusal(bench("append"), "bench append fills its store: give it one of its own");
}

TEST_F(CliBench, appends_to_a_store_of_its_own) {
    append("bench-000000");
    const auto ended = bench("append", {"--seconds", "1", "--bytes", "1"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(ended.out.contains("1 client x 1 event of 1 byte, 1 in flight")) << ended.out;
    EXPECT_TRUE(ended.out.contains("(median of 1 turn)")) << ended.out;
}

}  // namespace
}  // namespace mainstem::support
