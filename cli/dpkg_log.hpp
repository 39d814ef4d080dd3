// Finding and reading dpkg's log with its rotated parts, also compressed ones.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// Names of files that dpkg's log was rotated to, oldest first: `dpkg.log.12.gz` before
/// `dpkg.log.1` before `dpkg.log`, or with dates `dpkg.log-20260101.gz`.
struct LogParts {
    std::vector<std::string> readable;
    std::vector<std::string> unsupported;  ///< compressed by xz, bzip2 or zstd
};

/// Those of `names` that are parts of dpkg's log. Of a part that is there twice, compressed and not
/// (a rotation in progress), the uncompressed one. Pure.
[[nodiscard]] LogParts log_parts(const std::vector<std::string>& names);

/// Told one line after the other, without the line break; ends the reading by answering false.
using LineVisitor = std::function<bool(std::string_view line)>;

/// Reads a file, compressed by gzip or not. A line of more than 64 KiB comes in parts. Of a file
/// that cannot be read to its end the whole lines before are told, then the error names it.
[[nodiscard]] Result<void> for_each_line(const std::string& path, const LineVisitor& visit);

}  // namespace mainstem::cli
