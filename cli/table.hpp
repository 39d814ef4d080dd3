// Tables of text for people. Rows are printed as they come, in constant memory: the widths of the
// columns are those of the first rows, a later cell that is wider moves its own row only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"

namespace mainstem::cli {

enum class Align : unsigned char { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
};

/// One thread at a time. Cells are made printable; `finish` prints what is still held.
class Table {
public:
    Table(Output& output, std::vector<Column> columns);

    void add(std::vector<std::string> row);
    void finish();
    /// No row was added.
    [[nodiscard]] bool empty() const noexcept { return held_.empty() && !widths_are_set_; }

private:
    static constexpr std::size_t rows_that_set_widths = 100;

    void print(const std::vector<std::string>& row);

    Output* output_;
    std::vector<Column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> held_;
    bool widths_are_set_ = false;
};

/// A list of names and values, one a line, values in one column.
class Listing {
public:
    void add(std::string_view name, std::string_view value);
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace mainstem::cli
