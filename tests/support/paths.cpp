// The paths that CMake gives to this file alone, so that no other depends on them.
#include "support/paths.hpp"

#include <cstdlib>

namespace mainstem::support {

std::filesystem::path source_folder() { return MAINSTEM_SOURCE_DIR; }

std::filesystem::path program() { return MAINSTEM_PROGRAM; }

std::optional<std::filesystem::path> trial_data(const std::string& name) {
    const char* const folder =
        std::getenv("MAINSTEM_TRIAL_DATA");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (folder == nullptr || *folder == '\0') return std::nullopt;
    auto path = std::filesystem::absolute(folder) / name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    return path;
}

}  // namespace mainstem::support
