// A folder for one test: empty when made, gone with everything in it when destroyed.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

#include <mainstem/core/assert.hpp>

namespace mainstem::support {

class TemporaryFolder {
public:
    /// In the system's folder for temporary files, or in `parent`.
    explicit TemporaryFolder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path())
        : path_((parent / "mainstem-test-XXXXXX").string()) {
        const bool made = ::mkdtemp(path_.data()) != nullptr;
        MAINSTEM_ASSERT(made, "cannot make a temporary folder");
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The path of `name` in it.
    [[nodiscard]] std::string path(const std::string& name) const { return path_ + '/' + name; }

private:
    std::string path_;
};

}  // namespace mainstem::support
