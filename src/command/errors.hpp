// Errors of commands that are worded in one place.
#pragma once

#include <string_view>

#include <mainstem/command/command_error.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem::command {

/// A command has decided an event of this type for a stream that it does not declare.
[[nodiscard]] Error undeclared_stream_error(const StreamId& stream, std::string_view type);

/// A command's id names a request that wrote to a stream which the command does not declare.
[[nodiscard]] Error other_command_error(const EventId& id, const StreamId& stream);

/// A stop was asked for while a command was in a queue.
[[nodiscard]] Error cancelled_in_queue_error();

/// A function of the application threw an exception with this text.
[[nodiscard]] Error threw_error(std::string_view what);

}  // namespace mainstem::command
