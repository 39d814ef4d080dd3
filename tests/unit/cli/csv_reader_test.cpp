// CSV rows, good and bad, whatever the buffer is.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/csv_reader.hpp"

namespace mainstem::cli {
namespace {

using Cells = std::vector<std::string>;

struct Row {
    std::uint64_t line;
    Cells cells;
    std::string fault;
    std::string raw;
};

std::vector<Row> rows_of(std::string_view text, Bytes longest = CsvReader::longest_row) {
    auto input = Input::of(text);
    CsvReader reader{input, longest};
    std::vector<Row> rows;
    CsvRow row;
    while (reader.next(row).value()) {
        rows.push_back(
            {row.line, {row.cells.begin(), row.cells.end()}, row.fault, std::string{row.raw}});
    }
    EXPECT_EQ(input.offset(), text.size()) << "everything is consumed";
    return rows;
}

std::vector<Cells> cells_of(std::string_view text) {
    std::vector<Cells> cells;
    for (const auto& row : rows_of(text)) {
        EXPECT_EQ(row.fault, "");
        cells.push_back(row.cells);
    }
    return cells;
}

TEST(Csv, divides_cells_and_rows) {
    EXPECT_EQ(cells_of("a,b\n1,\n,2"), (std::vector<Cells>{{"a", "b"}, {"1", ""}, {"", "2"}}));
    EXPECT_EQ(cells_of(""), std::vector<Cells>{});
    EXPECT_EQ(cells_of("a"), (std::vector<Cells>{{"a"}}));
    EXPECT_EQ(cells_of(","), (std::vector<Cells>{{"", ""}}));
}

TEST(Csv, takes_both_line_breaks) {
    EXPECT_EQ(cells_of("a,b\r\n\"c\",d\r\n"), (std::vector<Cells>{{"a", "b"}, {"c", "d"}}));
    EXPECT_EQ(cells_of("a\rb,c\r"), (std::vector<Cells>{{"a\rb", "c\r"}}));
}

TEST(Csv, takes_quotes) {
    EXPECT_EQ(cells_of("\"a,b\",\"c\nd\",\"e\"\"f\",\"\"\n"),
              (std::vector<Cells>{{"a,b", "c\nd", "e\"f", ""}}));
}

TEST(Csv, skips_the_byte_order_mark_and_empty_lines) {
    EXPECT_EQ(cells_of("\xEF\xBB\xBF"
                       "a\n\n\r\nb\n\n"),
              (std::vector<Cells>{{"a"}, {"b"}}));
    EXPECT_EQ(cells_of("\xEF\xBB\xBF\"a\"\n"), (std::vector<Cells>{{"a"}}));
}

TEST(Csv, counts_lines_inside_quotes) {
    const auto rows = rows_of("a\n\"b\n\n\"\nc\n");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].line, 2U);
    EXPECT_EQ(rows[2].line, 5U);
}

TEST(Csv, takes_one_line_for_a_faulty_row) {
    for (const std::string bad : {"\"a\"b,1", "a\"b,1", "\"a\" ,1", "x,\"a"}) {
        const auto rows = rows_of("good,1\n" + bad + "\ngood,2\n");
        ASSERT_EQ(rows.size(), 3U) << bad;
        EXPECT_EQ(rows[0].cells, (Cells{"good", "1"}));
        EXPECT_NE(rows[1].fault, "") << bad;
        EXPECT_EQ(rows[1].raw, bad + "\n");
        EXPECT_EQ(rows[1].line, 2U);
        EXPECT_EQ(rows[2].cells, (Cells{"good", "2"}));
    }
}

TEST(Csv, finds_bytes_that_are_no_utf8) {
    const auto rows = rows_of("a\n\xFF,1\nb\n");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].fault, "it is not UTF-8");
    EXPECT_EQ(rows[1].raw, "\xFF,1\n");
}

TEST(Csv, bounds_rows) {
    const auto long_line = std::string(25, 'x');
    for (const auto& text : {long_line, '"' + long_line + '"', long_line + ',' + long_line}) {
        const auto rows = rows_of("a\n" + text + "\nb\n", Bytes{10});
        ASSERT_GE(rows.size(), 3U);
        EXPECT_EQ(rows.front().cells, Cells{"a"});
        EXPECT_EQ(rows.back().cells, Cells{"b"});
        std::string raw;
        for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
            EXPECT_NE(rows[i].fault, "");
            raw += rows[i].raw;
        }
        EXPECT_EQ(raw, text + "\n");
    }
}

TEST(Csv, bounds_cells) {
    const auto rows = rows_of(std::string(CsvReader::most_cells, ',') + "\nb\n");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_NE(rows[0].fault, "");
}

std::string written(const std::vector<Cells>& rows) {
    std::string text;
    for (const auto& cells : rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text += ',';
            text += '"';
            for (const char c : cells[i]) text += c == '"' ? "\"\"" : std::string(1, c);
            text += '"';
        }
        text += '\n';
    }
    return text;
}

RC_GTEST_PROP(Csv, reads_what_was_written, ()) {
    const auto cell =
        rc::gen::container<std::string>(rc::gen::element('a', 'b', '"', ',', '\n', '\r', ' '));
    const auto rows =
        *rc::gen::container<std::vector<Cells>>(rc::gen::nonEmpty(rc::gen::container<Cells>(cell)));
    RC_ASSERT(cells_of(written(rows)) == rows);
}

}  // namespace
}  // namespace mainstem::cli
