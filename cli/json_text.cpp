// Validation by Boost.JSON with a handler that keeps nothing, and the slicing of valid JSON.
#include "cli/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>

namespace mainstem::cli {
namespace {

namespace json = boost::json;

/// Deep enough for any payload of sense, small enough for the stack that the parser uses.
constexpr std::size_t nesting_most = 500;
/// What stands inside a line must leave room for the line's own levels.
constexpr std::size_t nesting_in_line = nesting_most - 2;

/// Accepts everything: the parser is only asked whether the text is JSON.
struct KeepNothing {
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};

    using Code = json::error_code;
    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_object_end(std::size_t, Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_key_part(json::string_view, std::size_t, Code&) { return true; }
    bool on_key(json::string_view, std::size_t, Code&) { return true; }
    bool on_string_part(json::string_view, std::size_t, Code&) { return true; }
    bool on_string(json::string_view, std::size_t, Code&) { return true; }
    bool on_number_part(json::string_view, Code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, Code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, Code&) { return true; }
    bool on_double(double, json::string_view, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Walks over valid JSON. Every function expects to stand where its part begins.
class Slicer {
public:
    explicit Slicer(std::string_view text) : text_(text) {}

    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] std::string_view from(std::size_t begin) const {
        return text_.substr(begin, at_ - begin);
    }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    /// Takes `c` if it is next.
    bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    /// Skips one value and returns it.
    std::string_view value() {
        const auto begin = at_;
        std::size_t depth = 0;
        do {
            const char c = peek();
            if (c == '"') {
                skip_string();
            } else {
                if (c == '{' || c == '[') ++depth;
                if (c == '}' || c == ']') --depth;
                ++at_;
                if (depth == 0 && c != '}' && c != ']') skip_literal();
            }
        } while (depth > 0);
        return from(begin);
    }

private:
    char peek() {
        MAINSTEM_ASSERT(at_ < text_.size(), "JSON was validated before it is cut");
        return text_[at_];
    }
    void skip_string() {
        ++at_;
        while (peek() != '"') at_ += peek() == '\\' ? 2 : 1;
        ++at_;
    }
    /// The rest of a number, true, false or null.
    void skip_literal() {
        constexpr std::string_view ends = ",]} \t\r\n";
        at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Calls `take_part` where each part between the brackets begins, until it answers false. It is
/// told where the part with its blanks begins, and leaves the slicer behind them.
template <class TakePart>
bool for_each_part(Slicer& slicer, std::pair<char, char> brackets, const TakePart& take_part) {
    slicer.skip_blanks();
    if (!slicer.take(brackets.first)) return false;
    auto begin = slicer.at();
    slicer.skip_blanks();
    if (slicer.take(brackets.second)) return true;
    while (take_part(begin) && slicer.take(',')) {
        begin = slicer.at();
        slicer.skip_blanks();
    }
    return true;
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    }
}

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '\x7f';
}

/// Appends `text` with each byte that cannot be part of UTF-8 replaced.
void append_repaired(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t size = std::min<std::size_t>(4, text.size());
        while (size > 0 && !is_utf8(text.substr(0, size))) --size;
        out += size == 0 ? std::string_view{"\xEF\xBF\xBD"} : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

std::optional<std::string> fault_within(std::string_view text, std::size_t nesting) {
    json::parse_options options;
    options.max_depth = nesting;
    json::basic_parser<KeepNothing> parser{options};
    json::error_code code;
    const auto read = parser.write_some(false, text.data(), text.size(), code);
    if (!code && read < text.size()) {
        const auto rest = text.substr(read);
        if (!std::ranges::all_of(rest, is_blank))
            code = json::make_error_code(json::error::extra_data);
    }
    if (!code) return std::nullopt;
    return fmt::format("{} at byte {}", code.message(), std::min(read, text.size()) + 1);
}

}  // namespace

std::optional<std::string> json_fault(std::string_view text) {
    return fault_within(text, nesting_most);
}

bool is_json_line(std::string_view text) {
    if (text.empty() || is_blank(text.front()) || is_blank(text.back())) return false;
    if (text.find_first_of("\r\n") != std::string_view::npos) return false;
    return !fault_within(text, nesting_in_line);
}

void append_json_string(std::string& out, std::string_view text) {
    if (!is_utf8(text)) {
        std::string repaired;
        append_repaired(repaired, text);
        return append_json_string(out, repaired);
    }
    out += '"';
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if(text, needs_escape) - text.begin());
        out += text.substr(0, plain);
        if (plain < text.size()) append_escape(out, text[plain]);
        text.remove_prefix(std::min(plain + 1, text.size()));
    }
    out += '"';
}

bool for_each_member(std::string_view text, const MemberVisitor& visit) {
    Slicer slicer{text};
    return for_each_part(slicer, {'{', '}'}, [&](std::size_t begin) {
        auto name = json_string(slicer.value());
        slicer.skip_blanks();
        slicer.take(':');
        slicer.skip_blanks();
        const auto value = slicer.value();
        slicer.skip_blanks();
        return visit({std::move(*name), value, slicer.from(begin)});
    });
}

bool for_each_element(std::string_view text, const ElementVisitor& visit) {
    Slicer slicer{text};
    return for_each_part(slicer, {'[', ']'}, [&](std::size_t) {
        const auto value = slicer.value();
        slicer.skip_blanks();
        return visit(value);
    });
}

std::optional<std::string> json_string(std::string_view value) {
    if (value.empty() || value.front() != '"') return std::nullopt;
    if (value.find('\\') == std::string_view::npos) {
        return std::string{value.substr(1, value.size() - 2)};
    }
    json::error_code code;
    const auto parsed = json::parse({value.data(), value.size()}, code);
    if (code) return std::nullopt;
    return std::string{std::string_view{parsed.as_string()}};
}

}  // namespace mainstem::cli
