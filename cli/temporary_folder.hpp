// A folder that is gone, with all that is in it, when its owner is.
#pragma once

#include <string>
#include <utility>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// Movable.
class TemporaryFolder {
public:
    /// In $TMPDIR, else in /var/tmp, which is on a disk where /tmp may be memory, else in /tmp.
    static Result<TemporaryFolder> create();

    TemporaryFolder(TemporaryFolder&& other) noexcept;
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

    std::string path_;
};

}  // namespace mainstem::cli
