// How a command ends when it is not accepted: rejected by the domain, or failed.
#pragma once

#include <concepts>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <mainstem/core/error.hpp>
#include <mainstem/core/result.hpp>

namespace mainstem {

/// What goes wrong in executing commands besides what goes wrong in the store (StoreError) and in
/// reading events (EventError). Nothing was written.
enum class ExecutionError : std::uint8_t {
    undeclared_stream,  ///< it decided an event for a stream that it does not declare
    discovery,          ///< it went on discovering streams beyond the limit
    deadline,           ///< conflicts, or the wait for its turn, lasted longer than the deadline
    cancelled,          ///< by who asked for it
    overloaded,         ///< the queue is full; try again later
    stopped,            ///< the executor has been closed
    unknown_command,    ///< no handler is registered for its type
    invalid_command,    ///< its payload does not fit its type
    threw,              ///< a function of the command or of its state threw an exception
};
[[nodiscard]] std::string_view name(ExecutionError code) noexcept;
[[nodiscard]] bool retryable(ExecutionError code) noexcept;

namespace detail {

/// A rejection as text: what `name(rejection)` says, or as it is printed, or an enum's number.
template <class Rejection>
std::string rejection_text(const Rejection& rejection) {
    if constexpr (requires { std::string{name(rejection)}; }) {
        return std::string{name(rejection)};
    } else if constexpr (requires(std::ostream& out) { out << rejection; }) {
        std::ostringstream out;
        out << rejection;
        return std::move(out).str();
    } else if constexpr (std::is_enum_v<Rejection>) {
        return "reason " + std::to_string(static_cast<long long>(rejection));
    } else {
        return "by the domain";
    }
}

}  // namespace detail

/// Either the domain's rejection or an error. A conflict that outlasted the retries is
/// StoreError::conflict, with the last conflict in it.
template <class Rejection>
class CommandError {
public:
    CommandError(Rejection rejection) : what_(std::move(rejection)) {}  // NOLINT: it is one
    CommandError(Error error) : what_(std::move(error)) {}              // NOLINT: it is one

    /// True: the domain said no, which was true of the store at that moment. False: it failed.
    [[nodiscard]] bool rejected() const noexcept { return what_.index() == 0; }
    /// If it was rejected.
    [[nodiscard]] const Rejection& rejection() const { return std::get<0>(what_); }
    /// If it was not.
    [[nodiscard]] const Error& error() const { return std::get<1>(what_); }
    /// True if the same command can succeed later without a change by the caller.
    [[nodiscard]] bool retryable() const noexcept { return !rejected() && error().retryable(); }

    friend bool operator==(const CommandError& error, const Rejection& rejection)
        requires std::equality_comparable<Rejection>
    {
        return error.rejected() && error.rejection() == rejection;
    }
    template <ErrorEnum Code>
        requires(!std::same_as<Code, Rejection>)
    friend bool operator==(const CommandError& error, Code code) {
        return !error.rejected() && error.error() == code;
    }

    /// `rejected: overdraft`, or the error.
    friend std::ostream& operator<<(std::ostream& out, const CommandError& error) {
        if (!error.rejected()) return out << error.error();
        return out << "rejected: " << detail::rejection_text(error.rejection());
    }

private:
    std::variant<Rejection, Error> what_;
};

}  // namespace mainstem
