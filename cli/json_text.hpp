// JSON as text (RFC 8259). Boost.JSON judges whether a text is JSON and decodes strings; the
// members of an object are then found as slices of the text, since payloads must keep their bytes:
// 1.0 stays 1.0, and members stay in their order.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mainstem::cli {

/// What is wrong with `text` and at which byte, in one line; nullopt if it is one JSON value with
/// nothing but blanks around it. Nesting is bounded. O(size).
[[nodiscard]] std::optional<std::string> json_fault(std::string_view text);

/// True for JSON that can stand inside a line as it is and be cut out again: valid, without line
/// breaks, without blanks around it.
[[nodiscard]] bool is_json_line(std::string_view text);

/// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// A member of an object.
struct JsonMember {
    std::string name;        ///< decoded
    std::string_view value;  ///< its text, without blanks around it
    std::string_view text;   ///< the whole member, with the blanks up to its separators
};

/// Told one part after the other; ends the walk by answering false.
using MemberVisitor = std::function<bool(const JsonMember&)>;
using ElementVisitor = std::function<bool(std::string_view)>;

/// Visits the members of the object that `text`, valid JSON, is; false if it is no object.
bool for_each_member(std::string_view text, const MemberVisitor& visit);

/// Visits the elements of the array that `text`, valid JSON, is; false if it is no array.
bool for_each_element(std::string_view text, const ElementVisitor& visit);

/// The text of the string that `value`, valid JSON, is; nullopt if it is another kind of value.
[[nodiscard]] std::optional<std::string> json_string(std::string_view value);

}  // namespace mainstem::cli
