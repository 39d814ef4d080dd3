// Documents as tables, lines of JSON and CSV.
#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/document_printer.hpp"

namespace mainstem::cli {
namespace {

/// What is printed, by way of a pipe, which must hold it.
std::string printed(RowFormat format, const std::vector<Document>& documents) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    {
        Output output{ends[1]};
        DocumentPrinter printer{output, format};
        for (const auto& document : documents) printer.add(document);
        printer.finish();
        EXPECT_EQ(printer.count(), documents.size());
        EXPECT_TRUE(output.flush());
    }
    close(ends[1]);
    std::string text(65'536, '\0');
    const auto got = read(ends[0], text.data(), text.size());
    close(ends[0]);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
}

Document row(std::string json) { return {"", {}, std::move(json)}; }

TEST(DocumentPrinter, makes_a_column_of_each_field) {
    EXPECT_EQ(printed(RowFormat::table,
                      {{"a", {1}, R"({"n":5,"t":"x"})"}, {"b", {2}, R"({"n":100,"u":[1,"y"]})"}}),
              "_id    n  t  u\n"
              "a      5  x\n"
              "b    100     [1,\"y\"]\n");
}

TEST(DocumentPrinter, keeps_a_table_in_lines) {
    EXPECT_EQ(printed(RowFormat::table, {row(R"({"t":"a\nb","n":null})")}), "t     n\na\\nb\n");
}

TEST(DocumentPrinter, prints_nothing_of_nothing) {
    EXPECT_EQ(printed(RowFormat::table, {}), "");
    EXPECT_EQ(printed(RowFormat::csv, {}), "");
    EXPECT_EQ(printed(RowFormat::jsonl, {}), "");
}

TEST(DocumentPrinter, prints_lines_of_json) {
    EXPECT_EQ(printed(RowFormat::jsonl, {{"a\"b", {7}, R"({"n":1.0})"}, {"c", {8}, "{}"}}),
              "{\"_id\":\"a\\\"b\",\"_version\":7,\"n\":1.0}\n{\"_id\":\"c\",\"_version\":8}\n");
    EXPECT_EQ(printed(RowFormat::jsonl, {row(R"-({"count()":2})-"), row("{}")}),
              "{\"count()\":2}\n{}\n");
}

TEST(DocumentPrinter, writes_no_member_twice) {
    EXPECT_EQ(printed(RowFormat::jsonl, {{"a", {7}, R"({"_version":7,"n":1,"_id":"a"})"}}),
              "{\"_version\":7,\"n\":1,\"_id\":\"a\"}\n");
    EXPECT_EQ(printed(RowFormat::jsonl, {{"a", {7}, R"({"_id":"a"})"}}),
              "{\"_version\":7,\"_id\":\"a\"}\n");
    EXPECT_EQ(printed(RowFormat::jsonl, {{"a", {7}, R"({"x":{"_id":1}})"}}),
              "{\"_id\":\"a\",\"_version\":7,\"x\":{\"_id\":1}}\n");
}

TEST(DocumentPrinter, ends_a_page_with_its_mark) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    Output output{ends[1]};
    DocumentPrinter{output, RowFormat::jsonl}.add({"a", {7}, R"({"n":1})"}, "bWFyaw");
    EXPECT_TRUE(output.flush());
    close(ends[1]);
    std::string text(100, '\0');
    text.resize(static_cast<std::size_t>(read(ends[0], text.data(), text.size())));
    close(ends[0]);
    EXPECT_EQ(text, "{\"_id\":\"a\",\"_version\":7,\"_next\":\"bWFyaw\",\"n\":1}\n");
}

TEST(DocumentPrinter, puts_cells_of_csv_in_quotes_where_they_need_it) {
    EXPECT_EQ(printed(RowFormat::csv, {{"a,b", {1}, R"({"t":"say \"hi\"","u":"x\r\ny","v":1})"},
                                       {"c", {2}, R"({"w":true,"t":" z "})"}}),
              "_id,t,u,v,w\r\n"
              "\"a,b\",\"say \"\"hi\"\"\",\"x\r\ny\",1,\r\n"
              "c, z ,,,true\r\n");
}

TEST(DocumentPrinter, makes_no_empty_line_of_a_row_of_csv) {
    EXPECT_EQ(printed(RowFormat::csv, {row(R"({"t":null})"), row(R"({"t":"x"})")}),
              "t\r\n\"\"\r\nx\r\n");
}

}  // namespace
}  // namespace mainstem::cli
