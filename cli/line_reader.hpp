// The lines of an input, each bounded. A line that is too long comes in parts, so that it can be
// set aside whole without being held whole.
#pragma once

#include <cstdint>
#include <string_view>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>

#include "cli/input.hpp"

namespace mainstem::cli {

struct InputLine {
    std::uint64_t number = 0;    ///< from 1
    std::string_view text = {};  ///< without the line break (`\n` or `\r\n`) or byte order mark
    std::string_view raw = {};   ///< the bytes as they are
    bool too_long = false;       ///< `raw` is a part of a line beyond the bound
    bool continues = false;      ///< and not its first part
};

/// One thread at a time; lines are valid until the next one is asked for.
class LineReader {
public:
    LineReader(Input& input, Bytes longest) : input_(&input), longest_(longest) {}

    /// The next line; false at the end, `line` is then empty.
    Result<bool> next(InputLine& line);

private:
    Input* input_;
    Bytes longest_;
    bool inside_long_line_ = false;
};

}  // namespace mainstem::cli
