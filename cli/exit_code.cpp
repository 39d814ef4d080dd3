// The mapping of errors to exit codes.
#include "cli/exit_code.hpp"

#include <fmt/format.h>

#include <mainstem/read_model/read_model_error.hpp>
#include <mainstem/store/append.hpp>

#include "cli/text.hpp"

namespace mainstem::cli {

std::string_view name(CliError code) noexcept {
    switch (code) {
        case CliError::failed: return "failed";
        case CliError::usage: return "usage";
        case CliError::interrupted: return "interrupted";
    }
    return "unknown";
}

bool retryable(CliError code) noexcept { return code == CliError::interrupted; }

ExitCode exit_code_of(const Error& error) noexcept {
    if (error == CliError::usage) return ExitCode::usage;
    if (error == CliError::interrupted) return ExitCode::interrupted;
    if (error == StoreError::conflict) return ExitCode::conflict;
    if (error == StoreError::damaged || error == ReadModelError::damaged) {
        return ExitCode::damaged;
    }
    return ExitCode::failed;
}

std::string error_line(std::string_view message) {
    return fmt::format("mainstem: {}\n", printable(message));
}

}  // namespace mainstem::cli
