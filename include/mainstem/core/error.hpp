// Errors are values: one line for people (what, where, what to do) and a closed enum for programs.
// Each module has its own enum; an Error holds a value of any of them, compares with it, and
// knows whether repeating the operation can help. An Error is one shared pointer: cheap to copy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include <mainstem/core/types.hpp>

namespace mainstem {

/// An enum takes part by providing, in its own namespace, `std::string_view name(E)` and
/// `bool retryable(E)`.
template <class E>
concept ErrorEnum = std::is_enum_v<E> && requires(E code) {
    { name(code) } -> std::convertible_to<std::string_view>;
    { retryable(code) } -> std::same_as<bool>;
};

/// What an append ran into: a stream whose version was not the expected one, or events that match
/// the query of its condition.
struct Conflict {
    std::string stream;        ///< the stream that was checked; empty if the condition was
    ExpectedVersion expected;  ///< what the request asked for
    Version actual;            ///< the stream's version when it was checked (0: no stream)
    Position position;         ///< the last event of the stream (0: none), or that matches
    std::string query = {};    ///< the condition's query, as text
};

class Error {
public:
    /// `message` is one line without a final full stop or newline.
    template <ErrorEnum E>
    Error(E code, std::string message)
        : Error(identity<E>(), static_cast<int>(code), name(code), can_retry(code),
                std::move(message), std::nullopt) {}

    template <ErrorEnum E>
    Error(E code, std::string message, Conflict conflict)
        : Error(identity<E>(), static_cast<int>(code), name(code), can_retry(code),
                std::move(message), std::move(conflict)) {}

    /// The whole line for people.
    [[nodiscard]] const std::string& message() const noexcept { return detail_->message; }
    /// The enum value's name, for logs and counters.
    [[nodiscard]] std::string_view code_name() const noexcept { return detail_->code_name; }
    /// True if the same call can succeed later without a change by the caller.
    [[nodiscard]] bool retryable() const noexcept { return detail_->retryable; }
    /// Set for conflicts.
    [[nodiscard]] const std::optional<Conflict>& conflict() const noexcept {
        return detail_->conflict;
    }

    /// The same error with `context` and a colon before its line.
    [[nodiscard]] Error in(std::string_view context) const;

    template <ErrorEnum E>
    friend bool operator==(const Error& error, E code) noexcept {
        return error.detail_->category == identity<E>() &&
               error.detail_->code == static_cast<int>(code);
    }

    friend std::ostream& operator<<(std::ostream& out, const Error& error) {
        return out << error.message();
    }

private:
    struct Detail {
        const void* category;
        int code;
        std::string_view code_name;
        bool retryable;
        std::string message;
        std::optional<Conflict> conflict;
    };

    template <class E>
    static const void* identity() noexcept {
        static constexpr char id = 0;
        return &id;
    }
    /// Reached by argument-dependent lookup, past the member function of the same name.
    template <class E>
    static bool can_retry(E code);

    Error(const void* category, int code, std::string_view code_name, bool retryable,
          std::string message, std::optional<Conflict> conflict);

    std::shared_ptr<const Detail> detail_;
};

namespace detail {
template <class E>
bool retryable_by_lookup(E code) {
    return retryable(code);
}
}  // namespace detail

template <class E>
bool Error::can_retry(E code) {
    return detail::retryable_by_lookup(code);
}

}  // namespace mainstem
