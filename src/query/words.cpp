// Tables of words.
#include "query/words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

#include "core/shown.hpp"

namespace mainstem::query {
namespace {

constexpr std::array<std::string_view, 26> reserved{
    "select", "from",  "where", "group", "by",    "order",    "asc",      "desc",   "limit",
    "offset", "after", "as",    "and",   "or",    "not",      "in",       "starts", "with",
    "exists", "is",    "null",  "true",  "false", "contains", "distinct", "between"};

struct Advice {
    std::string_view word;
    std::string_view advice;
};

constexpr std::string_view write_starts_with =
    "write starts with 'x' for texts that begin so; there are no other patterns";

constexpr std::array<Advice, 37> near_words{{
    {"==", "write ="},
    {"===", "write ="},
    {"<>", "write !="},
    {"=!", "write !="},
    {"=<", "write <="},
    {"=>", "write >="},
    {"!", "write not"},
    {"&&", "write and"},
    {"&", "write and"},
    {"||", "write or"},
    {"|", "write or"},
    {";", "leave it out: a text is one query"},
    {"not", "not stands before the whole condition, as in not city = 'Rome'"},
    {"like", write_starts_with},
    {"ilike", write_starts_with},
    {"similar", write_starts_with},
    {"regexp", write_starts_with},
    {"matches", write_starts_with},
    {"starts_with", "write starts with 'x'"},
    {"startswith", "write starts with 'x'"},
    {"begins", "write starts with 'x'"},
    {"prefix", "write starts with 'x'"},
    {"between", "write x >= 1 and x <= 9"},
    {"has", "write contains"},
    {"include", "write contains"},
    {"includes", "write contains"},
    {"eq", "write ="},
    {"equals", "write ="},
    {"having", "there are no conditions on groups; choose from the answer"},
    {"join", "a query reads one collection; make a projection that has what is needed"},
    {"union", "a query reads one collection; join conditions with or, or ask twice"},
    {"distinct", "name the fields behind group by"},
    {"sort", "write order by"},
    {"orderby", "write order by"},
    {"groupby", "write group by"},
    {"skip", "write offset"},
    {"top", "write limit at the end"},
}};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_word(std::string_view one, std::string_view other) noexcept {
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool is_reserved(std::string_view word) noexcept {
    return std::ranges::any_of(reserved, [&](auto each) { return same_word(word, each); });
}

std::string_view sign_of(Comparison comparison) noexcept {
    switch (comparison) {
        case Comparison::equal: return "=";
        case Comparison::not_equal: return "!=";
        case Comparison::less: return "<";
        case Comparison::at_most: return "<=";
        case Comparison::greater: return ">";
        case Comparison::at_least: return ">=";
        case Comparison::in: return "in";
        case Comparison::starts_with: return "starts with";
        case Comparison::contains: return "contains";
        case Comparison::exists: return "exists";
    }
    return "unknown";
}

std::string_view advice_for(std::string_view word) noexcept {
    const auto* const found = std::ranges::find_if(
        near_words, [&](const Advice& each) { return same_word(word, each.word); });
    return found == near_words.end() ? std::string_view{} : found->advice;
}

std::string no_path(std::string_view path) {
    if (path.size() > limits::name_bytes) {
        return fmt::format("a path has {} bytes, more than {}: {}", path.size(), limits::name_bytes,
                           shown(path));
    }
    return fmt::format(
        "{} is no path of a field: names joined by dots, each a letter or _, then letters, digits, "
        "_ and -",
        shown(path));
}

}  // namespace mainstem::query
