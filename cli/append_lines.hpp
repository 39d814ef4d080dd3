// `append --from`: lines of JSON, batch by batch, each batch all or nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>

#include "cli/append_target.hpp"
#include "cli/input.hpp"

namespace mainstem::cli {

/// The most lines of a batch, since each may have an expectation.
inline constexpr std::uint64_t batch_most = limits::expectations_per_request;

struct AppendLinesOptions {
    std::string name;  ///< of the input, for messages
    std::uint64_t batch = 1000;
    AppendCondition unless = {};  ///< if not empty, all lines must be one batch
    Durability durability = Durability::flushed;
};

/// Told the answer to each batch.
using BatchDone = std::function<void(const Appended&)>;

/// Appends all lines of the input. The error names it and the line; batches before it stay.
[[nodiscard]] Result<void> append_lines(AppendTarget& target, Input& input,
                                        const AppendLinesOptions& options, const BatchDone& done);

}  // namespace mainstem::cli
