// CSV as RFC 4180 has it: cells divided by commas, rows by line breaks (`\n` or `\r\n`), a cell in
// double quotes may hold all of these, a quote in it is doubled. A byte order mark at the begin and
// empty lines are skipped.
//
// A row that breaks these rules is a fault, and only its first line is taken for it: one quote too
// many does not swallow the good rows behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>

#include "cli/line_reader.hpp"

namespace mainstem::cli {

struct CsvRow {
    std::uint64_t line = 0;                    ///< in which it begins, from 1
    std::string_view raw = {};                 ///< its bytes with the line break
    std::vector<std::string_view> cells = {};  ///< decoded; none if there is a fault
    std::string fault = {};                    ///< why it is no row; empty if it is one
    bool continues = false;                    ///< a further part of a faulty row that is too long
};

/// One thread at a time; rows are valid until the next one is asked for. Holds one row in memory.
class CsvReader {
public:
    static constexpr Bytes longest_row{16ULL << 20};
    static constexpr std::size_t most_cells = 65'536;

    explicit CsvReader(Input& input, Bytes longest = longest_row)
        : input_(&input), lines_(input, longest), longest_(longest) {}

    /// The next row; false at the end.
    Result<bool> next(CsvRow& row);

private:
    /// What was decided about a cell or a row.
    enum class Verdict : std::uint8_t { good, fault };

    Result<void> skip_mark_and_empty_lines();
    Result<Verdict> parse_row();
    Result<Verdict> parse_quoted();
    Result<Verdict> end_quoted();
    Result<Verdict> parse_plain();
    Result<bool> take_fault(CsvRow& row);

    /// The byte at `at_`, read if necessary; -1 at the end of the input.
    Result<int> peek();

    Input* input_;
    LineReader lines_;
    Bytes longest_;
    std::size_t at_ = 0;                  ///< in the bytes ahead
    std::string decoded_;                 ///< the cells' texts, one after the other
    std::vector<std::size_t> cell_ends_;  ///< in `decoded_`
    std::string fault_;
    bool inside_fault_ = false;
};

}  // namespace mainstem::cli
