// Memory that is taken when it is touched.
#include <algorithm>
#include <span>

#include <gtest/gtest.h>

#include "core/lazy_memory.hpp"

namespace mainstem {
namespace {

TEST(LazyMemory, is_zero_until_it_is_written) {
    constexpr std::size_t size = (5UL << 20) + 4096;
    for (const bool large_pages : {false, true}) {
        const LazyMemory memory{size, large_pages};
        ASSERT_NE(memory.data(), nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % LazyMemory::alignment, 0U);
        const std::span bytes{memory.data(), size};
        EXPECT_TRUE(std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; }));
        std::ranges::fill(bytes, std::byte{7});
        EXPECT_EQ(bytes.back(), std::byte{7});
    }
}

TEST(LazyMemory, may_be_of_no_size) { EXPECT_EQ(LazyMemory{0}.data(), nullptr); }

}  // namespace
}  // namespace mainstem
