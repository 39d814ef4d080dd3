// What is said to people while a verb runs: lines on standard error, apart from its results.
#pragma once

#include <string>
#include <string_view>

#include <mainstem/core/error.hpp>
#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// Prints `mainstem: text` as one line on standard error. Any thread.
void say(std::string_view text) noexcept;

/// Why the value of a column or member is no time, and what one looks like.
[[nodiscard]] std::string no_time(std::string_view name, std::string_view value);

/// Why a store refused a request of one event, without the number of the event.
[[nodiscard]] std::string reason_for_one(const Error& error);

/// The error for the value of `flag` if no stream can have that name.
[[nodiscard]] Result<void> check_stream_name(std::string_view flag, const std::string& name);

}  // namespace mainstem::cli
