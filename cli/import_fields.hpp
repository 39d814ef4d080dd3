// Lines of JSON have no header: which columns a file has is known from its lines only. A field that
// a line lacks is an empty cell of that line. A column that no line has was probably misspelt, and
// is refused before anything is stored.
#pragma once

#include "cli/import_rows.hpp"

namespace mainstem::cli {

/// Refuses, as wrong usage, a mapping that names a column which no line has; the message lists
/// those there are. Consumes nothing. A file is looked through until all columns are found,
/// standard input its first MiB: what is missing there is only told.
[[nodiscard]] Result<void> check_fields(Input& input, const ImportMapping& mapping);

}  // namespace mainstem::cli
