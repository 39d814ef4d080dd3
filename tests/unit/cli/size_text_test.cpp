// Sizes as users write them.
#include <gtest/gtest.h>

#include "cli/size_text.hpp"

namespace mainstem::cli {
namespace {

TEST(ParseSize, takes_bytes_and_binary_units) {
    EXPECT_EQ(parse_size("0"), Bytes{0});
    EXPECT_EQ(parse_size("4096"), Bytes{4096});
    EXPECT_EQ(parse_size("0MiB"), Bytes{0});
    EXPECT_EQ(parse_size("3KiB"), Bytes{3 << 10});
    EXPECT_EQ(parse_size("64MiB"), Bytes{64 << 20});
    EXPECT_EQ(parse_size("5GiB"), Bytes{5ULL << 30});
    EXPECT_EQ(parse_size("17179869183GiB"), Bytes{17'179'869'183ULL << 30});
}

TEST(ParseSize, takes_nothing_else) {
    for (const auto* const text : {"", "MiB", "-1", "1 MiB", "1.5GiB", "64M", "64MB", "64mib",
                                   "64MiB ", "1KiBKiB", "17179869184GiB", "18446744073709551616"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace mainstem::cli
