// How errors are made, and how they gain context on their way up.
#include <mainstem/core/error.hpp>

#include <utility>

#include <fmt/format.h>

namespace mainstem {

Error::Error(const void* category, int code, std::string_view code_name, bool retryable,
             std::string message, std::optional<Conflict> conflict)
    : detail_(std::make_shared<const Detail>(
          Detail{category, code, code_name, retryable, std::move(message), std::move(conflict)})) {}

Error Error::in(std::string_view context) const {
    return {detail_->category,
            detail_->code,
            detail_->code_name,
            detail_->retryable,
            fmt::format("{}: {}", context, detail_->message),
            detail_->conflict};
}

}  // namespace mainstem
