// `index status` and `index rebuild` as processes.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include <mainstem/log/open.hpp>
#include <mainstem/mainstem.hpp>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

/// A store of many full segments, each with its index file.
class CliIndex : public testing::Test {
protected:
    CliIndex() {
        {
            auto made = Store::open(store(), {.segment_size = limits::segment_least}).value();
            for (int i = 0; i < 25; ++i) made.append("s", {"T", std::string(10'000, 'x')}).value();
        }
        all_ = index_status(store()).value();
        whole_ = contents();
    }
    [[nodiscard]] Ended run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "index");
        arguments.insert(arguments.end(), {"--store", store()});
        return run_program(std::move(arguments));
    }
    [[nodiscard]] std::string store() const { return folder_.path("store"); }
    [[nodiscard]] std::vector<std::string> contents() const {
        std::vector<std::string> bytes;
        for (const auto& status : all_) {
            std::ifstream in{status.file, std::ios::binary};
            bytes.emplace_back(std::istreambuf_iterator<char>{in},
                               std::istreambuf_iterator<char>{});
        }
        return bytes;
    }
    static void put(const std::string& path, std::size_t at) {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(static_cast<std::streamoff>(at)).put('\x7f');
    }
    /// One of each kind of trouble.
    void spoil_three() const {
        std::filesystem::remove(all_[0].file);
        put(all_[1].file, whole_[1].size() - 100);  // in its last block
        put(all_[2].file, 8);                       // its version
    }

    TemporaryFolder folder_;
    std::vector<IndexStatus> all_;
    std::vector<std::string> whole_;
};

TEST_F(CliIndex, shows_how_index_files_are) {
    ASSERT_GE(all_.size(), 3U);
    for (const auto& status : all_) EXPECT_EQ(status.state, IndexStatus::State::present);
    EXPECT_EQ(run({"status"}).err, "");
    spoil_three();
    const auto shown = run({"status", "--format", "jsonl"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    for (const char* const state : {"missing", "damaged", "of another version"}) {
        EXPECT_TRUE(shown.out.contains("\"state\":\"" + std::string{state} + '"')) << shown.out;
    }
    EXPECT_TRUE(shown.out.contains("is damaged\"}")) << shown.out;
    EXPECT_TRUE(shown.err.contains("3 of ")) << shown.err;
    EXPECT_TRUE(shown.err.contains(all_[0].file + " is missing")) << shown.err;
    EXPECT_TRUE(run({"status"}).out.starts_with("FIRST  STATE "));
}

TEST_F(CliIndex, makes_those_anew_that_are_not_in_order) {
    spoil_three();
    const auto made = run({"rebuild"});
    EXPECT_EQ(made.out, "made 3 index files\n") << made.err;
    EXPECT_EQ(contents(), whole_);
    EXPECT_EQ(run({"rebuild"}).out, "made 0 index files\n");
    EXPECT_EQ(run({"rebuild", "--all", "--format", "jsonl"}).out,
              "{\"made\":" + std::to_string(all_.size()) + "}\n");
    EXPECT_EQ(contents(), whole_);
}

TEST_F(CliIndex, leaves_a_store_that_is_in_use_as_it_is) {
    const auto writer = Store::open(store()).value();
    const auto refused = run({"rebuild", "--all"});
    EXPECT_EQ(refused.code, 1) << refused.err;
    EXPECT_TRUE(refused.err.contains("one process at a time")) << refused.err;
    EXPECT_EQ(run({"status"}).code, 0);
}

TEST_F(CliIndex, goes_past_a_damaged_segment) {
    spoil_three();
    const auto segment = all_[1].file.substr(0, all_[1].file.size() - 5) + "log";
    put(segment, 3'000);
    EXPECT_EQ(run({"status"}).code, 0) << "it reads no events";
    const auto made = run({"rebuild"});
    EXPECT_EQ(made.code, 4) << made.err;
    EXPECT_TRUE(made.err.contains(segment)) << made.err;
    const auto after = contents();
    EXPECT_EQ(after[0], whole_[0]);
    EXPECT_EQ(after[2], whole_[2]);
    put(segment, 20);
    EXPECT_EQ(run({"status"}).code, 4) << "its header";
}

TEST_F(CliIndex, is_empty_for_a_store_without_a_full_segment_and_needs_a_store) {
    std::filesystem::remove_all(store());
    for (const char* const verb : {"status", "rebuild"}) {
        const auto ended = run({verb});
        EXPECT_EQ(ended.code, 1);
        EXPECT_TRUE(ended.err.contains("no store")) << ended.err;
        EXPECT_FALSE(std::filesystem::exists(store()));
    }
    static_cast<void>(Store::open(store()).value());
    EXPECT_EQ(run({"status"}).out, "FIRST  STATE  BYTES  FILE\n");
    EXPECT_EQ(run({"status", "--format", "jsonl"}).out, "");
    EXPECT_EQ(run({"rebuild", "--all"}).out, "made 0 index files\n");
}

/// Lets this process and what it starts have few files open, unless they ask for more.
class FewFiles {
public:
    FewFiles() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 30;
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    FewFiles(const FewFiles&) = delete;
    FewFiles& operator=(const FewFiles&) = delete;

private:
    rlimit before_{};
};

TEST(CliFiles, a_store_of_more_segments_than_the_usual_limit_of_files_can_be_read) {
    const TemporaryFolder folder;
    const std::string store = folder.path("store");
    {
        auto made = Store::open(store, {.segment_size = limits::segment_least}).value();
        for (int i = 0; i < 160; ++i) made.append("s", {"T", std::string(15'000, 'x')}).value();
        ASSERT_GT(made.stats().value().segments, 35U);
    }
    const FewFiles limit;
    const Ended ended = run_program({"read", "--store", store, "--stream", "s", "--limit", "200"});
    EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace mainstem::support
