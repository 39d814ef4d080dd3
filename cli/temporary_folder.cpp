// mkdtemp, and removal of the tree.
#include "cli/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.hpp"

namespace mainstem::cli {

Result<TemporaryFolder> TemporaryFolder::create() {
    std::vector<std::string> parents;
    // No thread that could change the environment runs yet. NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* const named = std::getenv("TMPDIR");
    if (named != nullptr && *named != '\0') parents.emplace_back(named);
    parents.insert(parents.end(), {"/var/tmp", "/tmp"});
    int reason = 0;
    for (const auto& parent : parents) {
        auto path = parent + "/mainstem-demo-XXXXXX";
        if (mkdtemp(path.data()) != nullptr) return TemporaryFolder{path};
        reason = errno;
    }
    return Error{CliError::failed,
                 fmt::format("cannot make a temporary folder: {}; name one with --store",
                             std::generic_category().message(reason))};
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mainstem::cli
