// CRC32C: the vectors of RFC 3720, and every implementation against one that works bit by bit.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/random.hpp>

#include "core/crc32c.hpp"
#include "core/crc32c_implementations.hpp"

namespace mainstem {
namespace {

std::uint32_t bit_by_bit(std::uint32_t crc, const std::uint8_t* data, std::size_t size) {
    auto state = ~crc;
    for (std::size_t i = 0; i < size; ++i) {
        state ^= data[i];
        for (int bit = 0; bit < 8; ++bit)
            state = state >> 1 ^ ((state & 1) != 0 ? 0x82F63B78U : 0U);
    }
    return ~state;
}

std::vector<std::uint8_t> noise(std::size_t size) {
    Random random{42};
    std::vector<std::uint8_t> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

class Crc32c : public testing::TestWithParam<Crc32cImplementation> {
protected:
    static std::uint32_t compute(std::uint32_t crc, const void* data, std::size_t size) {
        return GetParam().compute(crc, data, size);
    }
};

TEST_P(Crc32c, agrees_with_rfc_3720) {
    std::vector<std::uint8_t> bytes(32, 0x00);
    EXPECT_EQ(compute(0, bytes.data(), 32), 0x8A9136AAU);
    std::ranges::fill(bytes, 0xFF);
    EXPECT_EQ(compute(0, bytes.data(), 32), 0x62A8AB43U);
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    EXPECT_EQ(compute(0, bytes.data(), 32), 0x46DD794EU);
    std::ranges::reverse(bytes);
    EXPECT_EQ(compute(0, bytes.data(), 32), 0x113FDB5CU);
    const std::array<std::uint8_t, 48> read_command{
        0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0,
        0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2,    0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(compute(0, read_command.data(), read_command.size()), 0xD9963A56U);
    EXPECT_EQ(compute(0, "123456789", 9), 0xE3069283U);
}

TEST_P(Crc32c, is_right_for_every_length) {
    const auto bytes = noise(2000);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        ASSERT_EQ(compute(0, bytes.data(), size), bit_by_bit(0, bytes.data(), size)) << size;
        ASSERT_EQ(compute(0x12345678, bytes.data(), size),
                  bit_by_bit(0x12345678, bytes.data(), size))
            << size;
    }
}

TEST_P(Crc32c, is_right_at_every_alignment) {
    const auto bytes = noise(1200);
    for (std::size_t begin = 0; begin < 64; ++begin)
        for (const std::size_t size :
             {1U, 7U, 8U, 63U, 64U, 65U, 67U, 68U, 320U, 511U, 577U, 1100U})
            ASSERT_EQ(compute(0, bytes.data() + begin, size),
                      bit_by_bit(0, bytes.data() + begin, size))
                << begin << ' ' << size;
}

TEST_P(Crc32c, is_right_for_long_inputs) {
    const auto bytes = noise(100'000);
    for (const std::size_t size : {3072U, 3073U, 4096U, 6143U, 6144U, 9999U, 65'536U, 100'000U})
        ASSERT_EQ(compute(0, bytes.data(), size), bit_by_bit(0, bytes.data(), size)) << size;
}

TEST_P(Crc32c, goes_on_where_it_ended) {
    const auto bytes = noise(700);
    const auto whole = bit_by_bit(0, bytes.data(), bytes.size());
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        const auto crc = compute(0, bytes.data(), first);
        ASSERT_EQ(compute(crc, bytes.data() + first, bytes.size() - first), whole) << first;
    }
}

TEST_P(Crc32c, reads_no_byte_outside_the_input) {
    // Under the address sanitizer any byte beyond an allocation of the exact size is an error.
    for (std::size_t size = 1; size <= 600; ++size) {
        const std::vector<std::uint8_t> bytes(size, 0x5A);
        ASSERT_EQ(compute(0, bytes.data(), size), bit_by_bit(0, bytes.data(), size)) << size;
    }
}

TEST_P(Crc32c, of_nothing_changes_nothing) {
    EXPECT_EQ(compute(0, nullptr, 0), 0U);
    EXPECT_EQ(compute(77, nullptr, 0), 77U);
}

TEST_P(Crc32c, sees_every_flipped_bit) {
    auto bytes = noise(320);
    const auto right = compute(0, bytes.data(), bytes.size());
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        ASSERT_NE(compute(0, bytes.data(), bytes.size()), right) << bit;
        bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }
}

INSTANTIATE_TEST_SUITE_P(, Crc32c, testing::ValuesIn(crc32c_implementations()),
                         [](const auto& one) { return std::string{one.param.name}; });

RC_GTEST_PROP(Crc32cChosen, agrees_with_every_implementation,
              (std::uint32_t crc, const std::string& text)) {
    const auto right =
        bit_by_bit(crc, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    RC_ASSERT(crc32c(crc, text.data(), text.size()) == right);
    for (const auto& implementation : crc32c_implementations())
        RC_ASSERT(implementation.compute(crc, text.data(), text.size()) == right);
}

TEST(Crc32cChosen, portable_implementation_is_always_there) {
    EXPECT_EQ(crc32c_implementations().back().name, "tables");
}

}  // namespace
}  // namespace mainstem
