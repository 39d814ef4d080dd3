// Sums without rounding, in any order; and base64 for marks, which comes back byte by byte.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "query/base64url.hpp"
#include "query/exact_sum.hpp"

namespace mainstem::query {
namespace {

NumberSum sum_of(const std::vector<ValueView>& values) {
    NumberSum sum;
    for (const auto& value : values) sum.add(value);
    return sum;
}

TEST(NumberSum, is_null_of_nothing) {
    EXPECT_EQ(sum_of({}).sum(), FieldValue{});
    EXPECT_EQ(sum_of({std::string_view{"1"}, ValueView{}}).average(), FieldValue{});
}

TEST(NumberSum, loses_nothing) {
    EXPECT_EQ(sum_of({1e300, 1.0, -1e300}).sum(), FieldValue{1.0});
    EXPECT_EQ(sum_of({0x1p53, 1.0, 1.0}).sum(), FieldValue{0x1p53 + 2});
    EXPECT_EQ(sum_of({std::int64_t{9007199254740993}, 0.0, -9007199254740992.0}).sum(),
              FieldValue{1});
    EXPECT_EQ(sum_of({INT64_MIN, INT64_MIN, 0.5, 0x1p64}).sum(), FieldValue{0.5});
    EXPECT_EQ(sum_of({5e-324, 5e-324}).sum(), FieldValue{1e-323});
}

RC_GTEST_PROP(NumberSumProperties, order_does_not_matter, (std::uint32_t seed)) {
    std::vector<ValueView> values;
    const auto exponents = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1000, 1000));
    for (const int exponent : exponents) {
        seed = seed * 1664525U + 1013904223U;
        const auto fraction = static_cast<double>(seed) - 0x1p31;
        if (exponent % 5 == 0) {
            values.emplace_back(static_cast<std::int64_t>(fraction) << 31U);
        } else {
            values.emplace_back(std::ldexp(fraction, exponent / 8 - 31));
        }
    }
    const auto one = sum_of(values);
    std::ranges::reverse(values);
    const auto other = sum_of(values);
    std::ranges::sort(values, [](const auto& a, const auto& b) { return compare(a, b) < 0; });
    const auto sorted = sum_of(values);
    RC_ASSERT(one.sum() == other.sum() && one.sum() == sorted.sum());
    RC_ASSERT(one.average() == other.average() && one.average() == sorted.average());
}

RC_GTEST_PROP(Base64UrlProperties, comes_back_the_same, (const std::string& bytes)) {
    RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Base64UrlProperties, has_one_code_for_bytes, ()) {
    const auto code = *rc::gen::container<std::string>(
        rc::gen::element('A', 'B', 'Q', 'g', 'z', '0', '9', '-', '_', '='));
    const auto bytes = from_base64url(code);
    RC_CLASSIFY(bytes.has_value());
    if (bytes) RC_ASSERT(to_base64url(*bytes) == code);
}

TEST(Base64Url, is_that_of_the_rfc) {
    EXPECT_EQ(to_base64url("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64url("fooba"), "Zm9vYmE");
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

}  // namespace
}  // namespace mainstem::query
