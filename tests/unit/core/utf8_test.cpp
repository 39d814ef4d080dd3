// UTF-8: the edges of each range, and every code point and short byte sequence against the rule.
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/utf8.hpp>

namespace mainstem {
namespace {

using namespace std::string_literals;

constexpr std::uint32_t last_code_point = 0x10FFFF;
constexpr bool is_surrogate(std::uint32_t code_point) {
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/// The bit pattern of a code point in `length` bytes, whether that is allowed or not.
std::string encode(std::uint32_t code_point, int length) {
    if (length == 1) return {static_cast<char>(code_point)};
    constexpr std::array<std::uint32_t, 5> marks{0, 0, 0xC0, 0xE0, 0xF0};
    std::string bytes;
    for (int i = 1; i < length; ++i, code_point >>= 6)
        bytes.insert(bytes.begin(), static_cast<char>(0x80 | (code_point & 0x3F)));
    bytes.insert(bytes.begin(),
                 static_cast<char>(marks.at(static_cast<std::size_t>(length)) | code_point));
    return bytes;
}

int shortest_length(std::uint32_t code_point) {
    if (code_point < 0x80) return 1;
    if (code_point < 0x800) return 2;
    return code_point < 0x10000 ? 3 : 4;
}

/// Decodes by bit patterns first and judges the code point then.
bool plainly_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const auto ones = static_cast<std::size_t>(std::countl_one(first));
        const auto length = ones == 0 ? 1 : ones;
        if (ones == 1 || length > 4 || length > text.size()) return false;
        std::uint32_t code_point = ones == 0 ? first : first & (0x7FU >> ones);
        for (std::size_t i = 1; i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[i]);
            if (next >> 6 != 2) return false;
            code_point = code_point << 6 | (next & 0x3FU);
        }
        if (code_point > last_code_point || is_surrogate(code_point)) return false;
        if (shortest_length(code_point) != static_cast<int>(length)) return false;
        text.remove_prefix(length);
    }
    return true;
}

TEST(Utf8, takes_every_code_point_but_surrogates) {
    for (std::uint32_t code_point = 0; code_point <= last_code_point; ++code_point)
        ASSERT_EQ(is_utf8(encode(code_point, shortest_length(code_point))),
                  !is_surrogate(code_point))
            << std::hex << code_point;
}

TEST(Utf8, refuses_overlong_forms) {
    for (int length = 2; length <= 4; ++length)
        for (std::uint32_t code_point = 0; code_point < 0x10000; ++code_point) {
            if (shortest_length(code_point) >= length) continue;
            ASSERT_FALSE(is_utf8(encode(code_point, length))) << std::hex << code_point;
        }
}

TEST(Utf8, refuses_what_lies_beyond_unicode) {
    EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8("\xF5\x80\x80\x80"));
    EXPECT_FALSE(is_utf8("\xF8\x88\x80\x80\x80"));
    EXPECT_FALSE(is_utf8("\xFF"));
}

TEST(Utf8, agrees_with_the_plain_rule_on_all_short_texts) {
    for (std::uint32_t bytes = 0; bytes < 1U << 24; bytes += bytes < 0x10000 ? 1 : 7) {
        std::string text;
        for (auto rest = bytes; rest != 0; rest >>= 8) text += static_cast<char>(rest & 0xFF);
        ASSERT_EQ(is_utf8(text), plainly_utf8(text)) << std::hex << bytes;
    }
}

TEST(Utf8, finds_a_bad_byte_wherever_it_stands) {
    for (std::size_t size = 1; size <= 40; ++size)
        for (std::size_t place = 0; place < size; ++place) {
            std::string text(size, 'a');
            EXPECT_TRUE(is_utf8(text));
            text[place] = '\x80';
            EXPECT_FALSE(is_utf8(text)) << size << ' ' << place;
        }
}

TEST(Utf8, refuses_texts_that_are_cut) {
    const auto text = "häuser, 東京, 🚀"s;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto cut = text.substr(0, size);
        EXPECT_EQ(is_utf8(cut), plainly_utf8(cut)) << size;
    }
    EXPECT_TRUE(is_utf8(text));
    EXPECT_FALSE(is_utf8("\xF0\x9F\x9A"));
    EXPECT_TRUE(is_utf8(""));
}

RC_GTEST_PROP(Utf8, agrees_with_the_plain_rule, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element("a"s, "abcdefgh"s, "ä"s, "東"s, "🚀"s, "\x80"s, "\xC3"s, "\xED\xA0\x80"s,
                         "\0"s, "\xE0\x80"s, "\xF4\x90"s));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    RC_ASSERT(is_utf8(text) == plainly_utf8(text));
}

TEST(HasControl, finds_ascii_control_characters_only) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto text = "name"s + static_cast<char>(byte) + "end";
        EXPECT_EQ(has_control(text), byte < 0x20 || byte == 0x7F) << byte;
    }
    EXPECT_FALSE(has_control(""));
    EXPECT_FALSE(has_control("häuser, 東京, 🚀"));
}

}  // namespace
}  // namespace mainstem
