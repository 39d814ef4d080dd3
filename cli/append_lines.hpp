// `append --from`: lines of JSON, batch by batch, each batch all or nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <mainstem/core/result.hpp>

#include "cli/append_target.hpp"
#include "cli/input.hpp"

namespace mainstem::cli {

struct AppendLinesOptions {
    std::string name;  ///< of the input, for messages
    std::uint64_t batch = 1000;
    Durability durability = Durability::flushed;
};

/// Told the answer to each batch.
using BatchDone = std::function<void(const Appended&)>;

/// Appends all lines of the input. The error names it and the line; batches before it stay.
[[nodiscard]] Result<void> append_lines(AppendTarget& target, Input& input,
                                        const AppendLinesOptions& options, const BatchDone& done);

}  // namespace mainstem::cli
