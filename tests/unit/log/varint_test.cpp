// Numbers of variable length, and what is none.
#include <gtest/gtest.h>

#include "log/varint.hpp"

namespace mainstem::log {
namespace {

constexpr std::uint64_t most = ~std::uint64_t{0};

std::vector<std::byte> encoded(std::uint64_t value) {
    std::vector<std::byte> bytes;
    put_varint(bytes, value);
    return bytes;
}

std::optional<std::uint64_t> decoded(const std::vector<std::byte>& bytes) {
    std::size_t at = 0;
    std::uint64_t value = 0;
    const auto next = [&] { return at < bytes.size() ? static_cast<int>(bytes[at++]) : -1; };
    if (!take_varint(next, value)) return std::nullopt;
    EXPECT_EQ(at, bytes.size());
    return value;
}

TEST(Varint, takes_what_was_put) {
    for (unsigned shift = 0; shift < 64; ++shift) {
        const std::uint64_t power = std::uint64_t{1} << shift;
        for (const std::uint64_t value : {power - 1, power, power + 1}) {
            EXPECT_EQ(decoded(encoded(value)), value);
        }
    }
    EXPECT_EQ(decoded(encoded(most)), most);
}

TEST(Varint, is_as_short_as_seven_bits_a_byte_allow) {
    EXPECT_EQ(encoded(0), std::vector{std::byte{0}});
    EXPECT_EQ(encoded(0x7F).size(), 1U);
    EXPECT_EQ(encoded(0x80), (std::vector{std::byte{0x80}, std::byte{0x01}}));
    EXPECT_EQ(encoded(most).size(), 10U);
}

TEST(Varint, refuses_what_ends_early) {
    std::vector<std::byte> bytes = encoded(most);
    while (!bytes.empty()) {
        bytes.pop_back();
        EXPECT_EQ(decoded(bytes), std::nullopt);
    }
}

TEST(Varint, refuses_what_never_ends) {
    std::uint64_t value = 0;
    int taken = 0;
    EXPECT_FALSE(take_varint([&] { return ++taken, 0xFF; }, value));
    EXPECT_EQ(taken, 10);
}

}  // namespace
}  // namespace mainstem::log
