// The package history of a machine: all that dpkg's log tells, as events, and what it does not
// tell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem::cli {

struct DpkgHistory {
    std::vector<StreamEvent> events;
    std::vector<std::string> files;        ///< with lines in them, oldest first
    std::vector<std::string> unread;       ///< files that were not read, or not to their end
    std::uint64_t lines = 0;               ///< read
    std::uint64_t set_aside = 0;           ///< lines that are no events
    std::vector<std::string> first_aside;  ///< the first of these, with file and line

    /// Takes a line; `place` is its file and number.
    void take(std::string_view line, std::string_view file, std::uint64_t number);
};

/// Reads all parts of dpkg's log in a folder; no lines if there is no log. What cannot be read is
/// said on stderr. The error is Ctrl-C.
[[nodiscard]] Result<DpkgHistory> read_dpkg_history(const std::string& folder);

}  // namespace mainstem::cli
