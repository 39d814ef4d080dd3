// Vectors keep what they hold while they grow from small to large and back.
#include <numeric>

#include <gtest/gtest.h>

#include "core/large_vector.hpp"

namespace mainstem {
namespace {

TEST(LargeVector, keeps_its_elements_while_it_grows_and_shrinks) {
    LargeVector<std::size_t> numbers;
    for (std::size_t i = 0; i < 100'000; ++i) numbers.push_back(i);
    EXPECT_GT(numbers.size() * sizeof(std::size_t), least_large);
    for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
    numbers.resize(10);
    numbers.shrink_to_fit();
    EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), std::size_t{0}), 45U);
    const auto copy = numbers;
    EXPECT_EQ(copy, numbers);
}

TEST(LargeVector, what_is_larger_than_memory_is_refused) {
    LargeVector<std::size_t> numbers;
    EXPECT_THROW(numbers.reserve(numbers.max_size()), std::bad_alloc);
    EXPECT_THROW(static_cast<void>(LargeAllocator<std::size_t>{}.allocate(~std::size_t{0} / 2)),
                 std::bad_alloc);
}

}  // namespace
}  // namespace mainstem
