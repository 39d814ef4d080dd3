// The paths that CMake gives to this file alone, so that no other depends on them.
#include "support/paths.hpp"

namespace mainstem::support {

std::filesystem::path source_folder() { return MAINSTEM_SOURCE_DIR; }

std::filesystem::path program() { return MAINSTEM_PROGRAM; }

}  // namespace mainstem::support
