// A row is parsed in the bytes ahead and consumed when its end is found.
#include "cli/csv_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/core/utf8.hpp>

namespace mainstem::cli {
Result<int> CsvReader::peek() {
    while (at_ >= input_->ahead().size()) {
        const auto more = input_->read_more();
        if (!more) return more.error();
        if (!*more) return -1;
    }
    return static_cast<unsigned char>(input_->ahead()[at_]);
}

Result<void> CsvReader::skip_mark_and_empty_lines() {
    at_ = 0;
    if (input_->offset() == 0) {
        for (at_ = 0; at_ < byte_order_mark.size(); ++at_) {
            const auto byte = peek();
            if (!byte) return byte.error();
            if (*byte != static_cast<unsigned char>(byte_order_mark[at_])) break;
        }
        if (at_ == byte_order_mark.size()) input_->consume(at_);
        at_ = 0;
    }
    while (true) {
        at_ = 0;
        auto byte = peek();
        if (byte && *byte == '\r') {
            at_ = 1;
            byte = peek();
        }
        if (!byte) return byte.error();
        if (*byte != '\n') break;
        input_->consume(at_ + 1);
    }
    at_ = 0;
    return {};
}

Result<bool> CsvReader::next(CsvRow& row) {
    row = {};
    if (inside_fault_) return take_fault(row);
    if (auto skipped = skip_mark_and_empty_lines(); !skipped) return skipped.error();
    const auto first = peek();
    if (!first) return first.error();
    if (*first < 0) return false;

    const auto verdict = parse_row();
    if (!verdict) return verdict.error();
    if (*verdict == Verdict::fault) return take_fault(row);
    row.line = input_->line();
    row.raw = input_->ahead().substr(0, at_);
    if (!is_utf8(row.raw)) {
        row.fault = "it is not UTF-8";
    } else {
        std::size_t begin = 0;
        for (const auto end : cell_ends_) {
            row.cells.push_back(std::string_view{decoded_}.substr(begin, end - begin));
            begin = end;
        }
    }
    input_->consume(at_);
    return true;
}

Result<CsvReader::Verdict> CsvReader::parse_row() {
    at_ = 0;
    decoded_.clear();
    cell_ends_.clear();
    while (true) {
        auto byte = peek();
        if (!byte) return byte.error();
        const auto cell = *byte == '"' ? parse_quoted() : parse_plain();
        if (!cell || *cell == Verdict::fault) return cell;
        if (at_ > longest_.value) {
            fault_ = fmt::format("it is longer than {} bytes", longest_.value);
            return Verdict::fault;
        }
        if (cell_ends_.size() == most_cells) {
            fault_ = fmt::format("it has more than {} cells", most_cells);
            return Verdict::fault;
        }
        cell_ends_.push_back(decoded_.size());

        byte = peek();
        if (!byte) return byte.error();
        if (*byte < 0) return Verdict::good;
        ++at_;
        if (*byte == '\n') return Verdict::good;
    }
}

/// Stands at the opening quote, ends behind the closing one at a comma, a line break or the end.
Result<CsvReader::Verdict> CsvReader::parse_quoted() {
    ++at_;
    while (true) {
        auto byte = peek();
        if (!byte) return byte.error();
        if (*byte < 0 || at_ > longest_.value) {
            fault_ = *byte < 0 ? "a quote is opened and never closed"
                               : fmt::format("it is longer than {} bytes, or a quote is not closed",
                                             longest_.value);
            return Verdict::fault;
        }
        const auto ahead = input_->ahead();
        const auto quote = std::min(ahead.find('"', at_), ahead.size());
        decoded_ += ahead.substr(at_, quote - at_);
        at_ = quote;
        if (quote == ahead.size()) continue;

        ++at_;
        byte = peek();
        if (!byte) return byte.error();
        if (*byte != '"') return end_quoted();
        decoded_ += '"';
        ++at_;
    }
}

/// Stands behind the closing quote.
Result<CsvReader::Verdict> CsvReader::end_quoted() {
    auto byte = peek();
    const bool has_return = byte && *byte == '\r';
    if (has_return) {
        ++at_;
        byte = peek();
    }
    if (!byte) return byte.error();
    const bool ends_row = *byte < 0 || *byte == '\n';
    if (ends_row || (*byte == ',' && !has_return)) return Verdict::good;
    fault_ = "text follows a closing quote";
    return Verdict::fault;
}

/// Ends at a comma, a line break or the end.
Result<CsvReader::Verdict> CsvReader::parse_plain() {
    while (true) {
        const auto byte = peek();
        if (!byte) return byte.error();
        if (*byte < 0) return Verdict::good;
        const auto ahead = input_->ahead();
        const auto stop = std::min(ahead.find_first_of(",\n\"", at_), ahead.size());
        decoded_ += ahead.substr(at_, stop - at_);
        at_ = stop;
        if (stop == ahead.size()) {
            if (at_ <= longest_.value) continue;
            return Verdict::good;  // whose length is judged with all others'
        }
        if (ahead[stop] == '"') {
            fault_ = "a quote stands inside a cell that does not begin with one";
            return Verdict::fault;
        }
        if (ahead[stop] == '\n' && decoded_.ends_with('\r') && ahead[stop - 1] == '\r') {
            decoded_.pop_back();
        }
        return Verdict::good;
    }
}

Result<bool> CsvReader::take_fault(CsvRow& row) {
    InputLine line;
    const auto taken = lines_.next(line);
    if (!taken || !*taken) return taken;
    row.line = line.number;
    row.raw = line.raw;
    row.continues = line.continues;
    row.fault = fault_;
    inside_fault_ = line.too_long && !line.raw.ends_with('\n');
    return true;
}

}  // namespace mainstem::cli
