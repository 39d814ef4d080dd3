// One write for each line, so that lines of several threads do not mix.
#include "cli/messages.hpp"

#include <cstdio>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

std::string without_prefix(const std::string& message, std::string_view prefix) {
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

}  // namespace

void say(std::string_view text) noexcept {
    const auto line = error_line(text);
    // Nobody can be told that standard error does not work.
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

std::string no_time(std::string_view name, std::string_view value) {
    return fmt::format(
        "{} is no time: {}; one looks like 2024-01-31T10:30:00Z or "
        "2024-01-31 10:30:00",
        in_quotes(name), in_quotes(value));
}

std::string reason_for_one(const Error& error) {
    return without_prefix(error.message(), "event 1: ");
}

Result<void> check_stream_name(std::string_view flag, const std::string& name) {
    AppendRequest request;
    request.expect.push_back({name, Expect::any});
    const auto checked = check_request(request);
    if (checked) return {};
    const auto reason = without_prefix(checked.error().message(), "expectation 1: ");
    return Error{StoreError::invalid, fmt::format("{}: {}", flag, reason)};
}

}  // namespace mainstem::cli
