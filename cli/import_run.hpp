// One run of an import, from where the last one stopped.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <mainstem/core/result.hpp>

#include "cli/arguments.hpp"
#include "cli/import_rows.hpp"

namespace mainstem::cli {

struct ImportOptions {
    StoreArguments store;
    std::string file;    ///< `-`: standard input
    std::string source;  ///< the import's name
    ImportMapping mapping;
    bool sort_by_time = false;
    std::uint64_t batch = 1000;
    std::optional<std::string> bad_rows;  ///< file
};

struct ImportReport {
    std::uint64_t rows = 0;           ///< in the file
    std::uint64_t events = 0;         ///< stored by this run
    std::uint64_t events_before = 0;  ///< stored by runs before
    std::uint64_t bad_rows = 0;       ///< set aside, by all runs
    std::uint64_t skipped = 0;        ///< events of system streams, left out by all runs
    bool was_finished = false;        ///< there was nothing left to do
    std::chrono::nanoseconds elapsed{0};
};

/// Imports the file, batch by batch. The error names file and line; what was stored before stays,
/// and the same import can be run again.
[[nodiscard]] Result<ImportReport> run_import(const ImportOptions& options);

}  // namespace mainstem::cli
