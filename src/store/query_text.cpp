// Queries as text, which query_parser.cpp reads; the grammar is in docs/manual/queries.md.
#include <mainstem/core/time_text.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem {
namespace {

/// The value as it is, or in quotes where that would not be read as one.
std::string value_text(std::string_view value) {
    const bool is_bare = value.find_first_of(" ,\"\\") == std::string_view::npos;
    if (!value.empty() && is_bare && !has_control(value)) return std::string{value};
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

void add_term(std::string& text, std::string_view key, std::string_view value) {
    if (!text.empty()) text += ' ';
    text += key;
    text += '=';
    text += value;
}

std::string item_text(const QueryItem& item) {
    std::string types;
    for (const std::string& type : item.types) {
        if (!types.empty()) types += ',';
        types += value_text(type);
    }
    std::string text;
    if (!types.empty()) add_term(text, "type", types);
    for (const Tag& tag : item.tags) add_term(text, "tag", value_text(tag.view()));
    if (!item.stream_prefix.empty()) add_term(text, "prefix", value_text(item.stream_prefix));
    if (item.since) add_term(text, "since", to_rfc3339(*item.since));
    if (item.until) add_term(text, "until", to_rfc3339(*item.until));
    return text.empty() ? "all" : text;
}

}  // namespace

std::string to_string(const EventQuery& query) {
    std::string text;
    for (const QueryItem& item : query.items) {
        if (!text.empty()) text += " or ";
        text += item_text(item);
    }
    return text.empty() ? "all" : text;
}

}  // namespace mainstem
