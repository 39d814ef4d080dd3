// JSON as the codecs see it: functions that write its parts, and a view of a parsed text.
// Boost.JSON does the parsing; no header of it is needed here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mainstem::detail {

/// Why a value and a text do not fit: which field, and what is wrong with it.
struct JsonFault {
    std::string field = {};  ///< the path of names, as `address.street`; empty: the whole
    std::string problem = {};

    /// Fails with `what`. Always false, so that it can be returned.
    bool is(std::string what) {
        problem = std::move(what);
        return false;
    }
    /// The fault lies in the field `name` of what we are in. Always false.
    bool in(std::string_view name);
    /// `field "address.street": expected text, found number 4`
    [[nodiscard]] std::string to_string() const;
};

/// Appends `text` as a JSON string. False, and nothing is promised of `out`, if it is no UTF-8.
bool write_json_text(std::string& out, std::string_view text);
void write_json_integer(std::string& out, std::int64_t number);
void write_json_unsigned(std::string& out, std::uint64_t number);
/// The shortest text that reads back the same number, so that 1.0 is `1`; minus zero is `-0.0`, as
/// `-0` is an integer without a sign. False if it is not finite: JSON has no such number.
bool write_json_number(std::string& out, double number);
bool write_json_number(std::string& out, float number);

/// A value of a parsed text; absent if default-made. Valid as long as its JsonText.
class JsonValue {
public:
    JsonValue() = default;
    explicit JsonValue(const void* value) : value_(value) {}

    [[nodiscard]] bool absent() const noexcept { return value_ == nullptr; }
    [[nodiscard]] bool is_null() const noexcept;
    [[nodiscard]] bool is_array() const noexcept;
    [[nodiscard]] bool is_object() const noexcept;
    // Each is false, and leaves its argument alone, if the value is of another kind or too large.
    bool get(bool& value) const noexcept;
    bool get(std::int64_t& value) const noexcept;
    bool get(std::uint64_t& value) const noexcept;
    bool get(double& value) const noexcept;
    bool get(std::string_view& value) const noexcept;

    /// Of an array or object; 0 for anything else.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Of an array.
    [[nodiscard]] JsonValue element(std::size_t index) const noexcept;
    /// Of an object, in the order of the text.
    [[nodiscard]] std::pair<std::string_view, JsonValue> member(std::size_t index) const noexcept;
    /// Absent if there is none, or if this is no object.
    [[nodiscard]] JsonValue member(std::string_view name) const noexcept;

    /// What it is, for a message: `number 4`, `text "ada"`, `nothing`.
    [[nodiscard]] std::string described() const;

private:
    const void* value_ = nullptr;  ///< a boost::json::value
};

/// Appends a value in the form in which the codecs write: no spaces, the members in their order,
/// the shortest numbers, no escape that is not needed. A part of a text of that form therefore
/// equals what is written of the part. An integer stays one, and so does a number that was read as
/// a double: `1.0` is written as `1.0`, though a codec writes a double of that value as `1`. False,
/// and nothing is promised of `out`, for a number too large for a double, or for no value. O(size).
bool write_json_value(std::string& out, JsonValue value);

/// A text that was parsed, and the memory of its values.
class JsonText {
public:
    /// The problem with the text goes to `fault`. RFC 8259, at most 32 levels deep. O(size).
    JsonText(std::string_view text, JsonFault& fault);
    ~JsonText();
    JsonText(const JsonText&) = delete;
    JsonText& operator=(const JsonText&) = delete;

    /// Absent if the text is no JSON.
    [[nodiscard]] JsonValue root() const noexcept;

private:
    struct Parsed;
    std::unique_ptr<Parsed> parsed_;
};

/// Reads the JSON that we write, and no other: fields in order, no space, no escapes. What is not
/// so is left to JsonText, which also finds the words for what is wrong; this one only says no.
class JsonScan {
public:
    explicit JsonScan(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
    /// Takes `text` if it comes next.
    bool take(std::string_view text) noexcept {
        if (static_cast<std::size_t>(end_ - at_) < text.size() ||
            std::char_traits<char>::compare(at_, text.data(), text.size()) != 0) {
            return false;
        }
        at_ += text.size();
        return true;
    }
    bool take(char c) noexcept { return at_ != end_ && *at_ == c && (++at_, true); }

    bool get(bool& value) noexcept;
    bool get(std::int64_t& value) noexcept;
    bool get(std::uint64_t& value) noexcept;
    bool get(double& value) noexcept;
    /// The text between quotes, which needs no unescaping.
    bool get(std::string_view& value) noexcept;

private:
    const char* at_;
    const char* end_;
};

}  // namespace mainstem::detail
