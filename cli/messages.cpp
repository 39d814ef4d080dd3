// One write for each line, so that lines of several threads do not mix.
#include "cli/messages.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {

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
    constexpr std::string_view number = "event 1: ";
    const auto& message = error.message();
    return message.starts_with(number) ? message.substr(number.size()) : message;
}

}  // namespace mainstem::cli
