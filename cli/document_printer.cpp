// Columns are the fields of all rows, in the order in which they first appear.
#include "cli/document_printer.hpp"

#include <algorithm>

#include "cli/json_object.hpp"
#include "cli/json_text.hpp"
#include "cli/table.hpp"

namespace mainstem::cli {
namespace {

/// A cell of CSV, in quotes where it needs them.
std::string csv_cell(const std::string& cell) {
    if (cell.find_first_of("\",\r\n") == std::string::npos) return cell;
    std::string out = "\"";
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out += '"';
}

bool is_number(std::string_view json) {
    return !json.empty() && (json.front() == '-' || (json.front() >= '0' && json.front() <= '9'));
}

}  // namespace

void DocumentPrinter::add(const Document& document, std::string_view next) {
    ++count_;
    if (format_ == RowFormat::jsonl) return add_line(document, next);
    Cells row;
    const auto set = [&](std::string_view name, std::string text, bool number) {
        const auto at = column(name);
        if (row.size() <= at) row.resize(at + 1);
        if (!number) of_numbers_[at] = false;
        row[at] = std::move(text);
    };
    if (!document.id.empty()) set("_id", document.id, false);
    for_each_member(document.json, [&](const JsonMember& member) {
        if (member.value == "null") {
            column(member.name);
            return true;
        }
        auto text = json_string(member.value);
        set(member.name, text ? *std::move(text) : std::string{member.value},
            is_number(member.value));
        return true;
    });
    rows_.push_back(std::move(row));
}

/// What a query selects by name is among the fields already, in the order that was asked for.
void DocumentPrinter::add_line(const Document& document, std::string_view next) {
    bool has_id = document.id.empty();
    bool has_version = document.id.empty();
    const auto look = [&](const JsonMember& member) {
        has_id = has_id || member.name == "_id";
        has_version = has_version || member.name == "_version";
        return true;
    };
    // Few documents have such names.
    if (document.json.contains("\"_")) for_each_member(document.json, look);
    JsonObject line;
    if (!has_id) {
        std::string id;
        append_json_string(id, document.id);
        line.json("_id", id);
    }
    if (!has_version) line.number("_version", document.version.value);
    if (!next.empty()) line.text("_next", next);
    // The members of both objects in one.
    auto text = line.str();
    text.pop_back();
    const auto fields = std::string_view{document.json}.substr(1);
    if (text.size() > 1 && fields != "}") text += ',';
    output_.write(text);
    output_.write(fields);
    output_.write("\n");
}

std::size_t DocumentPrinter::column(std::string_view name) {
    const auto found = std::ranges::find(columns_, name);
    if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    columns_.emplace_back(name);
    of_numbers_.push_back(true);
    return columns_.size() - 1;
}

void DocumentPrinter::finish() {
    if (format_ == RowFormat::csv) finish_csv();
    if (format_ == RowFormat::table) finish_table();
}

void DocumentPrinter::finish_csv() {
    const auto line = [this](const Cells& cells) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (i > 0) output_.write(",");
            if (i < cells.size()) output_.write(csv_cell(cells[i]));
            // An empty line would be no row.
            if (columns_.size() == 1 && (cells.empty() || cells[0].empty())) output_.write("\"\"");
        }
        output_.write("\r\n");
    };
    if (columns_.empty()) return;
    line(columns_);
    for (const auto& row : rows_) line(row);
}

void DocumentPrinter::finish_table() {
    if (columns_.empty()) return;
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        columns.push_back({columns_[i], of_numbers_[i] ? Align::right : Align::left});
    }
    Table table{output_, std::move(columns)};
    for (auto& row : rows_) {
        row.resize(columns_.size());
        table.add(std::move(row));
    }
    table.finish();
}

}  // namespace mainstem::cli
