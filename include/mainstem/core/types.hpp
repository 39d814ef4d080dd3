// The strong types that every module shares: ids, versions, positions, times and sizes. None of
// them converts into another, and texts convert into StreamId and Tag but not back or across.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace mainstem {

/// A number of its own kind: comparable and printable, never mixed with another kind.
template <class Kind>
struct Number {
    std::uint64_t value = 0;

    constexpr auto operator<=>(const Number&) const = default;
    constexpr Number next() const noexcept { return {value + 1}; }

    friend std::ostream& operator<<(std::ostream& out, Number number) {
        return out << number.value;
    }
};

/// An event's place in its stream. The first event has version 1; 0 means "no event".
using Version = Number<struct VersionKind>;
/// An event's place in the global order. The first event has position 1; 0 means "before all".
using Position = Number<struct PositionKind>;

/// A text of its own kind. It takes any text; what a store accepts is checked on append.
template <class Kind>
class Text {
public:
    Text() = default;
    Text(std::string text) : text_(std::move(text)) {}  // NOLINT: any text is one
    Text(std::string_view text) : text_(text) {}        // NOLINT: any text is one
    Text(const char* text) : text_(text) {}             // NOLINT: any text is one

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    [[nodiscard]] std::string_view view() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    auto operator<=>(const Text&) const = default;
    bool operator==(const Text&) const = default;

    friend std::ostream& operator<<(std::ostream& out, const Text& text) {
        return out << text.text_;
    }

private:
    std::string text_;
};

/// The name of a stream: 1 to 255 bytes of UTF-8 without control characters. Names that begin
/// with `$` belong to the system.
using StreamId = Text<struct StreamIdKind>;
/// A label of an event by which it can be found: 1 to 255 bytes of UTF-8, often `key:value`.
using Tag = Text<struct TagKind>;

/// Microseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A universally unique id. New ones are UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds,
/// then random bits, so that ids of one process sort roughly by time.
struct EventId {
    std::array<std::uint8_t, 16> bytes{};

    /// A fresh UUIDv7 from the system clock and a generator of the calling thread. Ids made by one
    /// thread ascend strictly. About 20 ns; any thread.
    static EventId generate() noexcept;
    /// The 36-character form, in either case; nullopt for anything else. Any UUID is taken.
    static std::optional<EventId> parse(std::string_view text) noexcept;

    [[nodiscard]] bool is_nil() const noexcept { return bytes == decltype(bytes){}; }
    /// The milliseconds of a UUIDv7; nullopt for other versions.
    [[nodiscard]] std::optional<std::uint64_t> unix_milliseconds() const noexcept;
    [[nodiscard]] std::string to_string() const;

    auto operator<=>(const EventId&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const EventId& id) {
        return out << id.to_string();
    }
};

/// What a stream must look like when there is no exact version to name.
enum class Expect : std::uint8_t {
    any,     ///< no check
    none,    ///< the stream has no event
    exists,  ///< the stream has at least one event
};

/// Either an `Expect` or an exact version. `Version{0}` is the same as `Expect::none`.
class ExpectedVersion {
public:
    constexpr ExpectedVersion() = default;
    constexpr ExpectedVersion(Expect expect) : expect_(expect) {}  // NOLINT: reads as one
    constexpr ExpectedVersion(Version version)                     // NOLINT: reads as one
        : expect_(version.value == 0 ? Expect::none : Expect::any), version_(version) {}

    [[nodiscard]] constexpr bool is_any() const noexcept {
        return expect_ == Expect::any && version_.value == 0;
    }
    /// True if a stream whose last event has version `actual` (0: no stream) satisfies this.
    [[nodiscard]] constexpr bool met_by(Version actual) const noexcept {
        if (expect_ == Expect::none) return actual.value == 0;
        if (expect_ == Expect::exists) return actual.value != 0;
        return version_.value == 0 || actual == version_;
    }
    [[nodiscard]] std::string to_string() const;

    bool operator==(const ExpectedVersion&) const = default;

private:
    Expect expect_ = Expect::any;
    Version version_;
};

/// How far an append has gone before it is answered.
enum class Durability : std::uint8_t {
    flushed,   ///< on the disk: survives a crash of process and machine
    buffered,  ///< in the file: survives a crash of the process; flushed after 50 ms
};

enum class Direction : std::uint8_t { forward, backward };

/// A number of bytes. Literals: `64_KiB`, `256_MiB`, `2_GiB`.
struct Bytes {
    std::uint64_t value = 0;
    constexpr auto operator<=>(const Bytes&) const = default;
};

inline namespace literals {
constexpr Bytes operator""_KiB(unsigned long long n) { return {n << 10}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return {n << 20}; }
constexpr Bytes operator""_GiB(unsigned long long n) { return {n << 30}; }
}  // namespace literals

}  // namespace mainstem

template <class Kind>
struct std::hash<mainstem::Text<Kind>> {
    std::size_t operator()(const mainstem::Text<Kind>& text) const noexcept {
        return std::hash<std::string_view>{}(text.view());
    }
};
template <class Kind>
struct std::hash<mainstem::Number<Kind>> {
    std::size_t operator()(mainstem::Number<Kind> number) const noexcept {
        return std::hash<std::uint64_t>{}(number.value);
    }
};
template <>
struct std::hash<mainstem::EventId> {
    std::size_t operator()(const mainstem::EventId& id) const noexcept {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    }
};
