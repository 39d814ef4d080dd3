// The names and words of what goes wrong with commands.
#include "command/errors.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "store/errors.hpp"

namespace mainstem {

std::string_view name(ExecutionError code) noexcept {
    switch (code) {
        case ExecutionError::undeclared_stream: return "undeclared_stream";
        case ExecutionError::discovery: return "discovery";
        case ExecutionError::deadline: return "deadline";
        case ExecutionError::cancelled: return "cancelled";
        case ExecutionError::overloaded: return "overloaded";
        case ExecutionError::stopped: return "stopped";
        case ExecutionError::unknown_command: return "unknown_command";
        case ExecutionError::invalid_command: return "invalid_command";
        case ExecutionError::threw: return "threw";
    }
    return "unknown";
}

bool retryable(ExecutionError code) noexcept {
    return code == ExecutionError::deadline || code == ExecutionError::overloaded;
}

namespace command {

Error undeclared_stream_error(const StreamId& stream, std::string_view type) {
    return {ExecutionError::undeclared_stream,
            fmt::format("the command decided {} for stream \"{}\", which it does not declare; add "
                        "it to `streams()`; nothing was written",
                        shown(type), shown(stream.view()))};
}

Error other_command_error(const EventId& id, const StreamId& stream) {
    return {StoreError::id_reused,
            fmt::format("the id {} names another command, which wrote to stream \"{}\"; give each "
                        "command an id of its own; nothing was written",
                        id.to_string(), shown(stream.view()))};
}

Error cancelled_in_queue_error() {
    return {ExecutionError::cancelled,
            "cancelled while the command waited for its turn; nothing was written"};
}

Error threw_error(std::string_view what) {
    std::string line{what};
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return {ExecutionError::threw,
            fmt::format("the command or its state threw: {}; nothing was written", line)};
}

}  // namespace command
}  // namespace mainstem
