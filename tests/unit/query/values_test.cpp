// The order of values: null, numbers by what they are worth, texts by their bytes.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "query/values.hpp"

namespace mainstem {
namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

TEST(FieldValue, has_one_order) {
    const std::vector<FieldValue> ascending{{},
                                            -1e300,
                                            std::nextafter(-0x1p63, -1e300),
                                            least,
                                            least + 1,
                                            -2.5,
                                            -2,
                                            -1.5,
                                            -1,
                                            0,
                                            0.5,
                                            true,
                                            1.5,
                                            (std::int64_t{1} << 53) - 1,
                                            0x1p53,
                                            (std::int64_t{1} << 53) + 1,
                                            most - 1,
                                            most,
                                            0x1p63,
                                            1e300,
                                            "",
                                            "A",
                                            "a",
                                            "a1",
                                            "ä"};
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            EXPECT_EQ(ascending[i] <=> ascending[j], i <=> j) << i << ' ' << j;
        }
    }
}

TEST(FieldValue, compares_integers_and_doubles_by_their_worth) {
    EXPECT_EQ(FieldValue{1}, FieldValue{1.0});
    EXPECT_EQ(FieldValue{true}, FieldValue{1});
    EXPECT_EQ(FieldValue{0}, FieldValue{-0.0});
    EXPECT_EQ(FieldValue{least}, FieldValue{-0x1p63});
    EXPECT_NE(FieldValue{most}, FieldValue{0x1p63});
    EXPECT_NE(FieldValue{}, FieldValue{0});
    EXPECT_NE(FieldValue{"1"}, FieldValue{1});
}

TEST(FieldValue, takes_numbers_of_any_type) {
    EXPECT_EQ(FieldValue{std::uint8_t{200}}, FieldValue{200});
    EXPECT_EQ(FieldValue{static_cast<std::uint64_t>(most)}, FieldValue{most});
    EXPECT_EQ(FieldValue{std::uint64_t{1} << 63U}, FieldValue{0x1p63});
    EXPECT_EQ(FieldValue{std::numeric_limits<std::uint64_t>::max()}, FieldValue{0x1p64});
}

RC_GTEST_PROP(FieldValueProperties, order_is_that_of_exact_numbers,
              (std::int64_t integer, std::int64_t near, int step)) {
    double real = static_cast<double>(near);
    if (step % 3 == 0) real = std::nextafter(static_cast<double>(integer), step > 0 ? 1e19 : -1e19);
    if (step % 3 == 1) real = static_cast<double>(integer);
    // Wide enough for both.
    const auto expected = static_cast<long double>(integer) <=> static_cast<long double>(real);
    RC_ASSERT((FieldValue{integer} <=> FieldValue{real}) == expected);
    RC_ASSERT((FieldValue{real} <=> FieldValue{integer}) == (0 <=> expected));
}

}  // namespace
}  // namespace mainstem
