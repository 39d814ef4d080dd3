// Lines' expectations made into a request's, and back.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/batch_expectations.hpp"

namespace mainstem::cli {
namespace {

constexpr WantedVersion any{};
constexpr WantedVersion none{.expect = Expect::none};
constexpr WantedVersion exists{.expect = Expect::exists};
constexpr WantedVersion exactly(std::uint64_t version) { return {.version = {version}}; }

/// The expectation that lines for one stream make together.
ExpectedVersion together(const std::vector<WantedVersion>& lines) {
    BatchExpectations batch;
    std::uint64_t number = 0;
    for (const auto wanted : lines) batch.add(++number, "s", wanted);
    EXPECT_EQ(batch.contradiction(), std::nullopt);
    const auto expectations = batch.for_request();
    return expectations.empty() ? ExpectedVersion{} : expectations.front().expected;
}

bool contradict(const std::vector<WantedVersion>& lines) {
    BatchExpectations batch;
    for (const auto wanted : lines) batch.add(1, "s", wanted);
    return batch.contradiction().has_value();
}

TEST(BatchExpectations, count_the_lines_above) {
    EXPECT_EQ(together({any, any}), ExpectedVersion{});
    EXPECT_EQ(together({exactly(3), exactly(4), any, exactly(6)}), ExpectedVersion{Version{3}});
    EXPECT_EQ(together({none, exactly(1), exists}), ExpectedVersion{Expect::none});
    EXPECT_EQ(together({any, exactly(5)}), ExpectedVersion{Version{4}});
    EXPECT_EQ(together({any, exactly(1)}), ExpectedVersion{Expect::none});
    EXPECT_EQ(together({any, exists}), ExpectedVersion{});
    EXPECT_EQ(together({exists, exactly(4)}), ExpectedVersion{Version{3}});
}

TEST(BatchExpectations, find_lines_that_cannot_both_be_met) {
    EXPECT_TRUE(contradict({none, none}));
    EXPECT_TRUE(contradict({exactly(3), exactly(3)}));
    EXPECT_TRUE(contradict({any, any, exactly(1)}));
    EXPECT_TRUE(contradict({exists, exactly(1)}));
    EXPECT_FALSE(contradict({none, exists}));
}

TEST(BatchExpectations, keep_streams_apart) {
    BatchExpectations batch;
    batch.add(1, "a", none);
    batch.add(2, "b", exactly(2));
    batch.add(3, "c", any);
    const auto expectations = batch.for_request();
    ASSERT_EQ(expectations.size(), 2U);
    EXPECT_EQ(expectations[0].stream, StreamId{"a"});
    EXPECT_EQ(expectations[1].expected, ExpectedVersion{Version{2}});
    batch.clear();
    EXPECT_TRUE(batch.for_request().empty());
}

TEST(BatchExpectations, name_the_first_line_that_is_not_met) {
    BatchExpectations batch;
    batch.add(11, "s", exists);
    batch.add(12, "t", none);
    batch.add(13, "s", exactly(4));
    EXPECT_EQ(batch.first_unmet("s", Version{3}), std::nullopt);
    EXPECT_EQ(batch.first_unmet("s", Version{0})->line, 11U);
    const auto unmet = batch.first_unmet("s", Version{7});
    ASSERT_TRUE(unmet);
    EXPECT_EQ(unmet->line, 13U);
    EXPECT_EQ(unmet->wanted, exactly(4));
    EXPECT_EQ(unmet->found, Version{8});
}

RC_GTEST_PROP(BatchExpectations, agree_with_lines_taken_one_by_one, ()) {
    const auto lines = *rc::gen::container<std::vector<WantedVersion>>(
        rc::gen::element(any, none, exists, exactly(1), exactly(2), exactly(3)));
    BatchExpectations batch;
    for (const auto wanted : lines) batch.add(1, "s", wanted);
    const auto expectations = batch.for_request();
    for (std::uint64_t before = 0; before < 5; ++before) {
        bool all_met = true;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            all_met = all_met && lines[i].as_expected().met_by(Version{before + i});
        }
        const bool request_met =
            !batch.contradiction() &&
            (expectations.empty() || expectations.front().expected.met_by(Version{before}));
        RC_ASSERT(request_met == all_met);
        RC_ASSERT(batch.first_unmet("s", Version{before}).has_value() == !all_met);
    }
}

}  // namespace
}  // namespace mainstem::cli
