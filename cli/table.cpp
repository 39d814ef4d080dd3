// Alignment by spaces.
#include "cli/table.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/text.hpp"

namespace mainstem::cli {

Table::Table(Output& output, std::vector<Column> columns)
    : output_(&output), columns_(std::move(columns)) {
    widths_.reserve(columns_.size());
    for (const auto& column : columns_) widths_.push_back(display_width(column.title));
}

void Table::add(std::vector<std::string> row) {
    for (auto& cell : row) cell = printable(cell);
    if (widths_are_set_) return print(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
        widths_[i] = std::max(widths_[i], display_width(row[i]));
    }
    held_.push_back(std::move(row));
    if (held_.size() == rows_that_set_widths) finish();
}

void Table::finish() {
    if (widths_are_set_) return;
    widths_are_set_ = true;
    std::vector<std::string> titles;
    titles.reserve(columns_.size());
    for (const auto& column : columns_) titles.push_back(column.title);
    print(titles);
    for (const auto& row : held_) print(row);
    held_.clear();
}

void Table::print(const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto width = display_width(row[i]);
        const std::string padding(widths_[i] > width ? widths_[i] - width : 0, ' ');
        if (i > 0) line += "  ";
        line += columns_[i].align == Align::right ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    output_->write(line + '\n');
}

void Listing::add(std::string_view name, std::string_view value) {
    lines_.emplace_back(printable(name), printable(value));
}

std::string Listing::text() const {
    std::size_t width = 0;
    for (const auto& [name, value] : lines_) width = std::max(width, display_width(name));
    std::string text;
    for (const auto& [name, value] : lines_) {
        text += name;
        text.append(width - display_width(name) + 2, ' ');
        text += value + '\n';
    }
    return text;
}

}  // namespace mainstem::cli
