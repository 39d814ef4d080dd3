// Cutting the input at line breaks.
#include "cli/line_reader.hpp"

namespace mainstem::cli {

Result<bool> LineReader::next(InputLine& line) {
    line = {};
    std::size_t searched = 0;
    std::size_t end = 0;
    while (true) {
        const auto ahead = input_->ahead();
        const auto line_break = ahead.find('\n', searched);
        if (line_break != std::string_view::npos) {
            end = line_break + 1;
            break;
        }
        searched = end = ahead.size();
        if (end > longest_.value) break;
        const auto more = input_->read_more();
        if (!more) return more.error();
        if (!*more) break;
    }
    if (end == 0) return false;

    line.number = input_->line();
    line.too_long = inside_long_line_ || end > longest_.value;
    line.continues = inside_long_line_;
    line.raw = input_->ahead().substr(0, end);
    line.text = input_->offset() == 0 ? without_mark(line.raw) : line.raw;
    if (line.text.ends_with('\n')) line.text.remove_suffix(1);
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    inside_long_line_ = line.too_long && !line.raw.ends_with('\n');
    input_->consume(end);
    return true;
}

}  // namespace mainstem::cli
