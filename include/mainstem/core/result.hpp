// Result<T>: a value or an error, std::expected made safe. Reading the value of a failed result
// with `*` or `->` stops the process with the error's text; `value()` throws it as a Failure, the
// library's only exception, and moves out of a temporary, so that a loop over
// `f().value()` never dangles.
#pragma once

#include <exception>
#include <expected>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/error.hpp>

namespace mainstem {

/// What `value()` throws: the text of the error.
class Failure : public std::exception {
public:
    explicit Failure(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

namespace detail {
template <class E>
std::string text_of(const E& error) {
    if constexpr (requires(std::ostream& out) { out << error; }) {
        std::ostringstream out;
        out << error;
        return std::move(out).str();
    } else {
        return "the operation failed";
    }
}
}  // namespace detail

template <class T, class E = Error>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    template <class U = T>
        requires(std::constructible_from<T, U &&> &&
                 !std::same_as<std::remove_cvref_t<U>, Result> &&
                 !std::same_as<std::remove_cvref_t<U>, E>)
    Result(U&& value)  // NOLINT: a value is a result
        : state_(std::in_place, std::forward<U>(value)) {}
    Result(E error) : state_(std::unexpect, std::move(error)) {}  // NOLINT: so is an error
    template <class... Args>
    explicit Result(std::in_place_t, Args&&... args)
        : state_(std::in_place, std::forward<Args>(args)...) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.has_value(); }
    explicit operator bool() const noexcept { return state_.has_value(); }

    T& operator*() & { return checked(); }
    const T& operator*() const& { return checked(); }
    T&& operator*() && { return std::move(checked()); }
    T* operator->() { return &checked(); }
    const T* operator->() const { return &checked(); }

    /// The value; throws Failure if there is none.
    T& value() & { return thrown(), *state_; }
    const T& value() const& { return thrown(), *state_; }
    T value() && { return thrown(), std::move(*state_); }

    template <class U>
    T value_or(U&& other) const& {
        return state_ ? *state_ : static_cast<T>(std::forward<U>(other));
    }

    [[nodiscard]] const E& error() const& {
        MAINSTEM_ASSERT(!state_.has_value(), "error() of a result that holds a value");
        return state_.error();
    }
    [[nodiscard]] E error() && {
        MAINSTEM_ASSERT(!state_.has_value(), "error() of a result that holds a value");
        return std::move(state_).error();
    }

private:
    T& checked() {
        if (!state_) [[unlikely]]
            assertion_failed(detail::text_of(state_.error()), "Result", 0);
        return *state_;
    }
    const T& checked() const { return const_cast<Result*>(this)->checked(); }
    void thrown() const {
        if (!state_) [[unlikely]]
            throw Failure(detail::text_of(state_.error()));
    }

    std::expected<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
public:
    using value_type = void;
    using error_type = E;

    Result() = default;
    Result(E error) : state_(std::unexpect, std::move(error)) {}  // NOLINT: an error is a result

    [[nodiscard]] bool has_value() const noexcept { return state_.has_value(); }
    explicit operator bool() const noexcept { return state_.has_value(); }
    void value() const {
        if (!state_) [[unlikely]]
            throw Failure(detail::text_of(state_.error()));
    }
    [[nodiscard]] const E& error() const& {
        MAINSTEM_ASSERT(!state_.has_value(), "error() of a result that holds a value");
        return state_.error();
    }
    [[nodiscard]] E error() && {
        MAINSTEM_ASSERT(!state_.has_value(), "error() of a result that holds a value");
        return std::move(state_).error();
    }

private:
    std::expected<void, E> state_;
};

}  // namespace mainstem
