// Where this build found the source tree and put the program, so that tests find golden files and
// can start real processes, whatever folder they run in.
#pragma once

#include <filesystem>

namespace mainstem::support {

/// The root of the source tree.
[[nodiscard]] std::filesystem::path source_folder();

/// The program `mainstem` of the same build.
[[nodiscard]] std::filesystem::path program();

}  // namespace mainstem::support
