// Any bytes as CSV: nothing is lost, nothing is taken twice, and every row that is taken for good
// reads back the same when it is written again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>

#include "cli/csv_reader.hpp"

namespace {

using namespace mainstem;
using Cells = std::vector<std::string>;

std::string written(const Cells& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        text += i > 0 ? ",\"" : "\"";
        for (const char c : cells[i]) text.append(c == '"' ? 2 : 1, c);
        text += '"';
    }
    return text + '\n';
}

void check_row(const cli::CsvRow& row) {
    MAINSTEM_ASSERT(row.fault.empty() != row.cells.empty(), "a row has cells or a fault");
    if (!row.fault.empty()) return;
    MAINSTEM_ASSERT(is_utf8(row.raw), "a good row is UTF-8");
    const Cells cells{row.cells.begin(), row.cells.end()};
    const auto text = written(cells);
    auto input = cli::Input::of(text);
    cli::CsvReader reader{input};
    cli::CsvRow again;
    MAINSTEM_ASSERT(reader.next(again).value(), "a written row is a row");
    MAINSTEM_ASSERT(std::ranges::equal(again.cells, cells), "cells read back the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    // A small bound, so that short inputs reach it.
    constexpr Bytes longest{64};
    auto input = cli::Input::of(bytes);
    cli::CsvReader reader{input, longest};
    cli::CsvRow row;
    std::uint64_t end = 0;
    std::uint64_t line = 0;
    while (reader.next(row).value()) {
        MAINSTEM_ASSERT(!row.raw.empty(), "a row has bytes");
        MAINSTEM_ASSERT(row.line >= line, "lines go on");
        MAINSTEM_ASSERT(input.offset() >= end + row.raw.size(), "no byte is taken twice");
        MAINSTEM_ASSERT(bytes.substr(input.offset() - row.raw.size(), row.raw.size()) == row.raw,
                        "the bytes of a row are those of the input");
        end = input.offset();
        line = row.line;
        check_row(row);
    }
    MAINSTEM_ASSERT(input.offset() == size, "everything is read");
    return 0;
}
