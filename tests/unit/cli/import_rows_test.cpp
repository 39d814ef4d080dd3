// Rows of files as events.
#include <gtest/gtest.h>

#include <mainstem/core/time_text.hpp>

#include "cli/exit_code.hpp"
#include "cli/import_rows.hpp"

namespace mainstem::cli {
namespace {

struct Read {
    ImportRow::Kind kind;
    std::uint64_t line;
    std::string raw;
    StreamEvent entry;
    std::string fault;
};

std::vector<Read> rows_of(ImportFormat format, std::string_view text,
                          const ImportMapping& mapping) {
    auto input = Input::of(text);
    auto rows = open_rows(format, input, mapping);
    EXPECT_TRUE(rows) << rows.error();
    std::vector<Read> all;
    ImportRow row;
    while ((*rows)->next(row).value()) {
        all.push_back({row.kind, row.line, std::string{row.raw}, row.entry, row.fault});
    }
    return all;
}

Error opening_error(ImportFormat format, std::string_view text, const ImportMapping& mapping) {
    auto input = Input::of(text);
    const auto rows = open_rows(format, input, mapping);
    EXPECT_FALSE(rows);
    return rows.error();
}

const ImportMapping mapping{
    .stream = "order", .type = "what", .time = "at", .tags = {"who"}, .stream_prefix = "o-"};

TEST(CsvRows, become_events) {
    const auto rows = rows_of(ImportFormat::csv,
                              "order,what,at,who,total,note\n"
                              "1,Placed,2026-01-02 03:04:05,ada,40,\"say \"\"hi\"\"\"\n"
                              "1,Paid,2026-01-02T04:04:05+01:00,,,\n",
                              mapping);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].entry.stream, StreamId{"o-1"});
    EXPECT_EQ(rows[0].entry.event.type, "Placed");
    EXPECT_EQ(rows[0].entry.event.data, R"({"total":"40","note":"say \"hi\""})");
    EXPECT_EQ(rows[0].entry.event.tags, std::vector<Tag>{"who=ada"});
    EXPECT_EQ(rows[0].entry.event.occurred_at, parse_time("2026-01-02T03:04:05Z"));
    EXPECT_EQ(rows[1].entry.event.data, R"({"total":"","note":""})");
    EXPECT_EQ(rows[1].entry.event.tags, std::vector<Tag>{});
    EXPECT_EQ(rows[1].entry.event.occurred_at, parse_time("2026-01-02T03:04:05Z"));
}

TEST(CsvRows, name_what_is_wrong) {
    const auto rows = rows_of(ImportFormat::csv,
                              "order,what,at,who\n"
                              "1,Placed\n"
                              "1,Placed,now,\n"
                              "1,Placed,,\n"
                              "1,,2026-01-02,\n"
                              "1,,2026-01-02 00:00:00,\n"
                              "\"a\nb\",Placed,2026-01-02 00:00:00,\n",
                              mapping);
    ASSERT_EQ(rows.size(), 6U);
    for (const auto& row : rows) EXPECT_EQ(row.kind, ImportRow::Kind::fault);
    EXPECT_EQ(rows[0].fault, "it has 2 cells, the header has 4");
    EXPECT_TRUE(rows[1].fault.starts_with("\"at\" is no time: \"now\"")) << rows[1].fault;
    EXPECT_TRUE(rows[2].fault.starts_with("\"at\" is no time: \"\"")) << rows[2].fault;
    EXPECT_EQ(rows[4].fault, "the type is empty");
    EXPECT_EQ(rows[4].line, 6U);
    EXPECT_TRUE(rows[5].fault.contains("control character")) << rows[5].fault;
    EXPECT_EQ(rows[5].raw, "\"a\nb\",Placed,2026-01-02 00:00:00,\n");
}

TEST(CsvRows, cannot_go_to_system_streams) {
    const auto rows =
        rows_of(ImportFormat::csv, "order,what\n$x,T\n", {.stream = "order", .type = "what"});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_TRUE(rows[0].fault.contains("belong to the system")) << rows[0].fault;
}

TEST(CsvRows, need_their_columns) {
    const auto error = opening_error(ImportFormat::csv, "a,b\n", {.stream = "a", .type = "c"});
    EXPECT_EQ(error, CliError::usage);
    EXPECT_EQ(error.message(), "--type: the file has no column \"c\"; there are \"a\", \"b\"");
    EXPECT_EQ(opening_error(ImportFormat::csv, "a,b\n", {}), CliError::usage);
    EXPECT_EQ(opening_error(ImportFormat::csv, "a,a\n", {.stream = "a", .type = "a"}),
              CliError::failed);
    EXPECT_EQ(opening_error(ImportFormat::csv, "", {.stream = "a", .type = "a"}), CliError::failed);
}

TEST(FieldRows, keep_the_bytes_of_other_fields) {
    const auto rows = rows_of(ImportFormat::json_lines,
                              R"({"n":1.0, "order":7,"what":"Placed","who":"ada","x": {"y":[1]},)"
                              R"("at":"2026-01-02T03:04:05Z"})"
                              "\n\n  \n"
                              R"({"order":"8","what":"Paid","who":null,"at":"2026-01-02"})"
                              "\n"
                              R"({"order":["8"],"what":"Paid","at":"2026-01-02T00:00:00Z"})"
                              "\n"
                              R"({"what":"Paid","at":"2026-01-02T00:00:00Z"})"
                              "\nx",
                              mapping);
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].entry.stream, StreamId{"o-7"});
    EXPECT_EQ(rows[0].entry.event.data, R"({"n":1.0,"x":{"y":[1]}})");
    EXPECT_EQ(rows[0].entry.event.tags, std::vector<Tag>{"who=ada"});
    EXPECT_EQ(rows[1].line, 4U);
    EXPECT_EQ(rows[2].fault, "field \"order\" is no text or number");
    EXPECT_EQ(rows[3].fault, "no field \"order\"");
    EXPECT_TRUE(rows[4].fault.starts_with("no JSON")) << rows[4].fault;
    EXPECT_EQ(rows[4].raw, "x");
}

TEST(FieldRows, need_their_fields_somewhere) {
    const auto error = opening_error(ImportFormat::json_lines, "{\"a\":1}\n{\"b\":1}\n",
                                     {.stream = "a", .type = "c"});
    EXPECT_EQ(error, CliError::usage);
    EXPECT_EQ(error.message(), "--type: the file has no column \"c\"; there are \"a\", \"b\"");
}

TEST(FieldRows, take_a_missing_field_for_an_empty_cell) {
    const auto rows = rows_of(ImportFormat::json_lines,
                              R"({"order":1,"what":"T","at":"2026-01-02T00:00:00Z"})"
                              "\n"
                              R"({"order":1,"what":"T","at":"2026-01-02T00:00:00Z","who":"ada"})"
                              "\n"
                              R"({"order":1,"what":"T","who":"ada"})"
                              "\n"
                              R"({"order":1,"at":"2026-01-02T00:00:00Z"})"
                              "\n",
                              mapping);
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_TRUE(rows[0].entry.event.tags.empty());
    EXPECT_EQ(rows[1].entry.event.tags, std::vector<Tag>{"who=ada"});
    EXPECT_TRUE(rows[2].fault.starts_with("\"at\" is no time: \"\"")) << rows[2].fault;
    EXPECT_EQ(rows[2].line, 3U);
    EXPECT_EQ(rows[3].fault, "no field \"what\"");
    EXPECT_EQ(rows[3].line, 4U);
}

TEST(FieldRows, may_begin_with_a_byte_order_mark) {
    const auto rows = rows_of(ImportFormat::json_lines, "\xEF\xBB\xBF{\"order\":1,\"what\":\"T\"}",
                              {.stream = "order", .type = "what"});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fault, "");
}

TEST(FieldRows, need_no_field_where_no_line_is_an_object) {
    const auto rows = rows_of(ImportFormat::json_lines, "[1]\nrubbish", mapping);
    ASSERT_EQ(rows.size(), 2U);
    for (const auto& row : rows) EXPECT_EQ(row.kind, ImportRow::Kind::fault);
    EXPECT_TRUE(rows_of(ImportFormat::json_lines, "", mapping).empty());
}

TEST(ReadLines, are_taken_as_they_were_read) {
    const auto rows =
        rows_of(ImportFormat::json_lines,
                R"({"position":9,"stream":"s","version":4,"type":"T","data":{"a": 1},)"
                R"("id":"0198c0de-0000-7000-8000-000000000001","tags":["x"]})"
                "\n"
                R"({"stream":"$import-x","type":"ImportProgress"})"
                "\n"
                R"({"stream":"s","type":"T","expect":1})"
                "\n",
                {.stream_prefix = "copy-"});
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].entry.stream, StreamId{"copy-s"});
    EXPECT_EQ(rows[0].entry.event.data, "{\"a\": 1}");
    EXPECT_EQ(rows[0].entry.event.id, *EventId::parse("0198c0de-0000-7000-8000-000000000001"));
    EXPECT_EQ(rows[1].kind, ImportRow::Kind::skipped);
    EXPECT_EQ(rows[2].kind, ImportRow::Kind::fault);
}

TEST(ImportFormat, is_found_by_name_or_first_byte) {
    const auto format = [](std::string name, std::string_view text) {
        auto input = Input::of(text, std::move(name));
        return import_format(input).value();
    };
    EXPECT_EQ(format("a.csv", "{"), ImportFormat::csv);
    EXPECT_EQ(format("a.jsonl", "a"), ImportFormat::json_lines);
    EXPECT_EQ(format("a", "\n {"), ImportFormat::json_lines);
    EXPECT_EQ(format("a", "a,b"), ImportFormat::csv);
    EXPECT_EQ(format("a", ""), ImportFormat::csv);
    EXPECT_EQ(format("-", "{"), ImportFormat::json_lines);
    EXPECT_EQ(format("-", "a,b"), ImportFormat::csv);
    EXPECT_EQ(format("a", "\xEF\xBB\xBF{"), ImportFormat::json_lines);
    EXPECT_EQ(format("a", "\xEF\xBB\xBF\"a\""), ImportFormat::csv);
}

}  // namespace
}  // namespace mainstem::cli
