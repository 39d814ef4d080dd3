// How the program ends: the errors that the command line itself has, and the exit code of any
// error. Scripts rely on these numbers; they stand in the manual.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/error.hpp>

namespace mainstem::cli {

/// What can go wrong outside of the store.
enum class CliError : std::uint8_t {
    failed,       ///< a file cannot be read, a line is no event, ...
    usage,        ///< an unknown verb or flag, a bad value, a column that the file lacks
    interrupted,  ///< the user pressed Ctrl-C
};
[[nodiscard]] std::string_view name(CliError code) noexcept;
[[nodiscard]] bool retryable(CliError code) noexcept;

enum class ExitCode : std::uint8_t {
    done = 0,
    failed = 1,
    usage = 2,
    conflict = 3,
    damaged = 4,
    interrupted = 130,
};
[[nodiscard]] ExitCode exit_code_of(const Error& error) noexcept;

/// `message` as every error of the program is printed on stderr: one line, with control characters
/// escaped.
[[nodiscard]] std::string error_line(std::string_view message);

}  // namespace mainstem::cli
