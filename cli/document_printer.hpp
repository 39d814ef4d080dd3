// Documents and rows as a table, as lines of JSON, or as CSV (RFC 4180).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/query/query.hpp>

#include "cli/output.hpp"

namespace mainstem::cli {

enum class RowFormat : std::uint8_t { table, jsonl, csv };

/// One thread at a time. A table and CSV are printed by `finish`, when it is known which fields
/// there are; lines of JSON at once, in constant memory.
class DocumentPrinter {
public:
    DocumentPrinter(Output& output, RowFormat format) : output_(output), format_(format) {}

    /// `next` is the mark of the page that follows this document; a line of JSON has it as the
    /// member `_next`, other formats do not show it. Empty: there is none.
    void add(const Document& document, std::string_view next = {});
    void finish();
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
    using Cells = std::vector<std::string>;

    void add_line(const Document& document, std::string_view next);
    std::size_t column(std::string_view name);
    void finish_csv();
    void finish_table();

    Output& output_;
    RowFormat format_;
    std::uint64_t count_ = 0;
    std::vector<std::string> columns_;
    std::vector<bool> of_numbers_;
    std::vector<Cells> rows_;
};

}  // namespace mainstem::cli
