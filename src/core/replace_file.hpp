// Replacing a file as a whole.
#pragma once

#include <functional>
#include <string>

#include "core/disk.hpp"

namespace mainstem {

/// Has `write` write a new file under another name, which then takes the place of `path`: a file of
/// that name is whole. What is left of a failure is removed: it may be the disk that is full.
/// Errors: those of the disk and of `write`.
Result<void> replace_file(Disk& disk, const std::string& path,
                          const std::function<Result<void>(File& file)>& write);

}  // namespace mainstem
