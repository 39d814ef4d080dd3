// Numbers and expectations as users write them.
#include <gtest/gtest.h>

#include "cli/expect_text.hpp"

namespace mainstem::cli {
namespace {

TEST(ParseNumber, takes_decimal_digits_only) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("010"), 10U);
    EXPECT_EQ(parse_number("18446744073709551615"), ~std::uint64_t{0});
    for (const auto* const text :
         {"", "-1", "+1", " 1", "1 ", "0x10", "1e3", "1.0", "18446744073709551616"}) {
        EXPECT_EQ(parse_number(text), std::nullopt) << text;
    }
}

TEST(ParseWanted, takes_words_and_versions) {
    EXPECT_EQ(parse_wanted("any")->as_expected(), ExpectedVersion{});
    EXPECT_EQ(parse_wanted("none")->as_expected(), ExpectedVersion{Expect::none});
    EXPECT_EQ(parse_wanted("0")->as_expected(), ExpectedVersion{Expect::none});
    EXPECT_EQ(parse_wanted("exists")->as_expected(), ExpectedVersion{Expect::exists});
    EXPECT_EQ(parse_wanted("7")->as_expected(), ExpectedVersion{Version{7}});
    EXPECT_EQ(parse_wanted("All"), std::nullopt);
    EXPECT_EQ(parse_wanted("-1"), std::nullopt);
}

}  // namespace
}  // namespace mainstem::cli
