// Read models in a file of SQLite: one writing process at a time for each moment, any number of
// reading ones.
#pragma once

#include <memory>
#include <string>

#include <mainstem/read_model/read_model.hpp>

namespace mainstem {

/// Opens the model in a file. Beside it SQLite keeps two files while it is open, and Mainstem a
/// file `<path>-lead` for the locks of leaders. What a commit has answered survives a crash of the
/// process and of the machine. Errors: not_found, damaged (no read model), newer_format, failed.
Result<std::shared_ptr<ModelStore>> open_sqlite_model(const std::string& path,
                                                      const ModelOptions& options = {});

}  // namespace mainstem
