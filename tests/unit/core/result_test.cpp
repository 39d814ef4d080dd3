// Result: values, errors, and what happens to those who read a value that is not there.
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/result.hpp>

namespace mainstem {
namespace {

enum class TestError : std::uint8_t { broken };
std::string_view name(TestError) { return "broken"; }
bool retryable(TestError) { return false; }

Error broken() { return {TestError::broken, "the cup is broken"}; }
Result<std::vector<int>> three_numbers() { return std::vector{1, 2, 3}; }

TEST(Result, holds_a_value) {
    Result<std::string> result = "tea";
    ASSERT_TRUE(result);
    EXPECT_TRUE(result.has_value());
    EXPECT_EQ(*result, "tea");
    EXPECT_EQ(result->size(), 3U);
    EXPECT_EQ(result.value(), "tea");
    *result += '!';
    EXPECT_EQ(std::as_const(result).value(), "tea!");
    EXPECT_EQ(*std::as_const(result), "tea!");
}

TEST(Result, holds_an_error) {
    const Result<std::string> result = broken();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), TestError::broken);
    EXPECT_EQ(result.value_or("water"), "water");
    EXPECT_EQ(Result<std::string>{"tea"}.value_or("water"), "tea");
}

TEST(Result, of_nothing_succeeds_by_default) {
    const Result<void> success;
    EXPECT_TRUE(success.has_value());
    EXPECT_NO_THROW(success.value());

    const Result<void> failure = broken();
    EXPECT_FALSE(failure);
    EXPECT_EQ(failure.error(), TestError::broken);
    EXPECT_THROW(failure.value(), Failure);
}

TEST(Result, takes_errors_of_other_types) {
    enum class Rejected { overdraft };
    const Result<int, Rejected> result = Rejected::overdraft;
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), Rejected::overdraft);
    try {
        (void)result.value();
        FAIL() << "value() of a failed result returned";
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "the operation failed");
    }
}

TEST(Result, holds_values_that_only_move) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    const auto taken = *std::move(result);
    EXPECT_EQ(*taken, 7);
    const auto again = Result<std::unique_ptr<int>>{std::make_unique<int>(8)}.value();
    EXPECT_EQ(*again, 8);
}

TEST(Result, value_throws_the_text_of_the_error) {
    const Result<int> result = broken();
    try {
        (void)result.value();
        FAIL() << "value() of a failed result returned";
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "the cup is broken");
    }
}

TEST(Result, loop_over_the_value_of_a_temporary_does_not_dangle) {
    static_assert(std::is_same_v<decltype(three_numbers().value()), std::vector<int>>);
    int sum = 0;
    for (const int number : three_numbers().value()) sum += number;
    EXPECT_EQ(sum, 6);
}

TEST(ResultDeathTest, reading_a_failed_one_stops_the_process_with_the_error) {
    Result<std::string> result = broken();
    EXPECT_DEATH((void)*result, "the cup is broken");
    EXPECT_DEATH((void)result->size(), "the cup is broken");
    EXPECT_DEATH((void)*std::move(result), "the cup is broken");
}

TEST(ResultDeathTest, error_of_a_success_stops_the_process) {
    EXPECT_DEATH((void)Result<int>{1}.error(), "holds a value");
    EXPECT_DEATH((void)Result<void>{}.error(), "holds a value");
}

}  // namespace
}  // namespace mainstem
