// Lines of an input, and what the input counts.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/line_reader.hpp"

namespace mainstem::cli {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    auto input = Input::of(text);
    LineReader reader{input, Bytes{100}};
    std::vector<std::string> lines;
    InputLine line;
    while (reader.next(line).value()) lines.emplace_back(line.text);
    return lines;
}

TEST(LineReader, cuts_at_line_breaks) {
    EXPECT_EQ(lines_of("a\nb\r\n\nc"), (std::vector<std::string>{"a", "b", "", "c"}));
    EXPECT_EQ(lines_of("a\n"), (std::vector<std::string>{"a"}));
    EXPECT_EQ(lines_of(""), std::vector<std::string>{});
}

TEST(LineReader, leaves_out_a_byte_order_mark) {
    const std::string mark{byte_order_mark};
    EXPECT_EQ(lines_of(mark + "a\n" + mark + "b"), (std::vector<std::string>{"a", mark + "b"}));
    auto input = Input::of(mark + "a\n");
    LineReader reader{input, Bytes{100}};
    InputLine line;
    ASSERT_TRUE(reader.next(line).value());
    EXPECT_EQ(line.raw, mark + "a\n");
}

TEST(LineReader, hands_out_long_lines_in_parts) {
    auto input = Input::of("ab\n" + std::string(250, 'x') + "\ncd\n");
    LineReader reader{input, Bytes{100}};
    InputLine line;
    ASSERT_TRUE(reader.next(line).value());
    EXPECT_FALSE(line.too_long);
    std::string raw;
    bool continues = false;
    while (reader.next(line).value() && line.too_long) {
        EXPECT_EQ(line.continues, continues);
        EXPECT_EQ(line.number, 2U);
        raw += line.raw;
        continues = true;
    }
    EXPECT_EQ(raw, std::string(250, 'x') + "\n");
    EXPECT_EQ(line.text, "cd");
    EXPECT_EQ(line.number, 3U);
}

TEST(Input, fingerprints_what_was_consumed) {
    auto whole = Input::of("abc\ndef\n");
    whole.consume(4);
    auto part = Input::of("abc\n");
    ASSERT_TRUE(part.skip_to(4).value());
    EXPECT_EQ(whole.fingerprint(), part.fingerprint());
    EXPECT_EQ(whole.offset(), 4U);
    EXPECT_EQ(whole.line(), 2U);
    whole.consume(1);
    EXPECT_NE(whole.fingerprint(), part.fingerprint());
    EXPECT_EQ(whole.last_consumed(), 'd');
    EXPECT_FALSE(part.skip_to(5).value());
}

TEST(Input, names_a_file_that_it_cannot_read) {
    const auto missing = Input::open("no/such/file");
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().message().contains("no/such/file"));
    EXPECT_FALSE(Input::open("/"));
}

}  // namespace
}  // namespace mainstem::cli
