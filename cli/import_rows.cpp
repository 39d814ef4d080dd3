// The three kinds of rows, each a thin layer over its reader.
#include "cli/import_rows.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/csv_reader.hpp"
#include "cli/exit_code.hpp"
#include "cli/import_event.hpp"
#include "cli/import_fields.hpp"
#include "cli/json_line.hpp"
#include "cli/json_text.hpp"
#include "cli/line_reader.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

class CsvRows final : public ImportRows {
public:
    CsvRows(CsvReader reader, ImportMapping mapping, const std::vector<std::string>& names,
            std::string header)
        : reader_(std::move(reader)), mapping_(std::move(mapping)), header_(std::move(header)) {
        columns_.reserve(names.size());
        for (const auto& name : names) {
            Column column{.name = name, .use = use_of(mapping_, name)};
            append_json_string(column.quoted_name, name);
            columns_.push_back(std::move(column));
        }
    }

    [[nodiscard]] std::string_view header() const noexcept override { return header_; }

    Result<bool> next(ImportRow& row) override {
        row = {};
        auto got = reader_.next(read_);
        if (!got || !*got) return got;
        row.line = read_.line;
        row.raw = read_.raw;
        row.continues = read_.continues;
        if (!read_.fault.empty()) {
            set_fault(row, read_.fault);
        } else if (read_.cells.size() != columns_.size()) {
            set_fault(row, fmt::format("it has {}, the header has {}",
                                       counted(read_.cells.size(), "cell"), columns_.size()));
        } else {
            build(row);
        }
        return true;
    }

private:
    struct Column {
        std::string name;
        std::string quoted_name = {};  ///< as a JSON string
        ColumnUse use;
    };

    void build(ImportRow& row) const {
        EventBuilder builder{mapping_};
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const auto& column = columns_[i];
            if (column.use.payload()) {
                append_json_string(builder.begin_member(column.quoted_name), read_.cells[i]);
            } else {
                builder.add(column.use, column.name, read_.cells[i]);
            }
        }
        std::move(builder).finish(row);
    }

    CsvReader reader_;
    ImportMapping mapping_;
    std::string header_;
    std::vector<Column> columns_;
    CsvRow read_;
};

/// What both kinds of JSON lines share: lines, blank ones left out, as rows.
class JsonRows : public ImportRows {
public:
    JsonRows(Input& input, ImportMapping mapping)
        : mapping_(std::move(mapping)), reader_(input, longest_json_line) {}

    Result<bool> next(ImportRow& row) final {
        row = {};
        InputLine line;
        do {
            auto got = reader_.next(line);
            if (!got || !*got) return got;
        } while (line.text.find_first_not_of(" \t") == std::string_view::npos && !line.continues);
        row.line = line.number;
        row.raw = line.raw;
        row.continues = line.continues;
        if (line.too_long) {
            set_fault(row, fmt::format("it is longer than {} bytes", longest_json_line.value));
        } else {
            build(line.text, row);
        }
        return true;
    }

protected:
    [[nodiscard]] const ImportMapping& mapping() const { return mapping_; }

private:
    virtual void build(std::string_view line, ImportRow& row) const = 0;

    ImportMapping mapping_;
    LineReader reader_;
};

/// The text that a field has in a name, a time or a tag; nullopt for objects and arrays.
std::optional<std::string> field_text(std::string_view value) {
    if (value == "null") return "";
    if (value.starts_with('{') || value.starts_with('[')) return std::nullopt;
    if (auto text = json_string(value)) return text;
    return std::string{value};
}

class FieldRows final : public JsonRows {
public:
    using JsonRows::JsonRows;

private:
    void build(std::string_view line, ImportRow& row) const override {
        if (const auto fault = json_fault(line)) return set_fault(row, "no JSON: " + *fault);
        EventBuilder builder{mapping()};
        std::string fault;
        std::string quoted_name;
        const bool is_object = for_each_member(line, [&](const JsonMember& member) {
            const auto use = use_of(mapping(), member.name);
            if (use.payload()) {
                quoted_name.clear();
                append_json_string(quoted_name, member.name);
                builder.add_member(quoted_name, member.value);
            } else if (const auto text = field_text(member.value)) {
                builder.add(use, member.name, *text);
            } else {
                fault = fmt::format("field {} is no text or number", in_quotes(member.name));
            }
            return fault.empty();
        });
        if (!is_object) return set_fault(row, "no JSON object");
        if (!fault.empty()) return set_fault(row, std::move(fault));
        std::move(builder).finish(row);
    }
};

class ReadLines final : public JsonRows {
public:
    using JsonRows::JsonRows;

private:
    void build(std::string_view line, ImportRow& row) const override {
        auto decoded = decode_event_line(line);
        if (!decoded) return set_fault(row, decoded.error().message());
        if (decoded->expect != WantedVersion{}) {
            return set_fault(row, "\"expect\" is for mainstem append --from");
        }
        if (decoded->stream.view().starts_with('$')) {
            row.kind = ImportRow::Kind::skipped;
            return;
        }
        row.kind = ImportRow::Kind::event;
        row.entry = {.stream = mapping().stream_prefix + decoded->stream.str(),
                     .event = std::move(decoded->event)};
        check_entry(row);
    }
};

Result<std::unique_ptr<ImportRows>> open_csv(Input& input, const ImportMapping& mapping) {
    CsvReader reader{input};
    CsvRow header;
    const auto got = reader.next(header);
    if (!got) return got.error();
    if (!*got) {
        return Error{CliError::failed, "it is empty; a CSV file begins with the columns' names"};
    }
    if (!header.fault.empty()) {
        return Error{CliError::failed,
                     fmt::format("line {}, the columns' names: {}", header.line, header.fault)};
    }
    std::vector<std::string> names{header.cells.begin(), header.cells.end()};
    auto sorted = names;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
        return Error{CliError::failed,
                     fmt::format("two columns have the name {}; rename one", in_quotes(*twice))};
    }
    if (mapping.stream.empty() || mapping.type.empty()) {
        return wrong_usage(
            fmt::format("a CSV file needs --stream COLUMN and --type COLUMN; {}", list_of(names)));
    }
    if (auto checked = check_columns(mapping, names); !checked) return checked.error();
    return std::make_unique<CsvRows>(std::move(reader), mapping, names, std::string{header.raw});
}

}  // namespace

Result<ImportFormat> import_format(Input& input) {
    constexpr std::array json_endings{".jsonl", ".ndjson"};
    const auto& file_name = input.path();
    if (file_name.ends_with(".csv")) return ImportFormat::csv;
    for (const auto* const ending : json_endings) {
        if (file_name.ends_with(ending)) return ImportFormat::json_lines;
    }
    while (true) {
        const auto text = without_mark(input.ahead());
        const auto first = text.find_first_not_of(" \t\r\n");
        if (first != std::string_view::npos) {
            return text[first] == '{' ? ImportFormat::json_lines : ImportFormat::csv;
        }
        const auto more = input.read_more();
        if (!more) return more.error();
        if (!*more || input.ahead().size() > longest_json_line.value) return ImportFormat::csv;
    }
}

Result<std::unique_ptr<ImportRows>> open_rows(ImportFormat format, Input& input,
                                              const ImportMapping& mapping) {
    if (format == ImportFormat::csv) {
        return open_csv(input, mapping);
    }
    if (mapping.as_read_wrote()) return std::make_unique<ReadLines>(input, mapping);
    if (auto checked = check_fields(input, mapping); !checked) return checked.error();
    return std::make_unique<FieldRows>(input, mapping);
}

}  // namespace mainstem::cli
