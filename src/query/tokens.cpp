// Cuts a query text into tokens. What they mean, and whether a number is one, is the parser's.
#include "query/tokens.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/shown.hpp"

namespace mainstem::query {
namespace {

using Kind = Token::Kind;

constexpr std::string_view blanks = " \t\r\n";
/// Several of them in a row are one sign.
constexpr std::string_view comparison_signs = "=<>!&|";
constexpr std::string_view lone_signs = "(),*;";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Bytes beyond ASCII are no part of a path, but of the word that people see.
bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_in_word(char c) { return begins_word(c) || is_digit(c) || c == '-' || c == '.'; }
bool begins_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; }
/// Also what people write for dates, so that a fault names the whole.
bool is_in_number(char c) { return is_in_word(c) || c == '+' || c == ':'; }

Kind kind_of(char quote) { return quote == '`' ? Kind::name : Kind::text; }

}  // namespace

Token Tokens::next() {
    take_while([](char c) { return blanks.contains(c); });
    const std::size_t begin = at_;
    if (at_ == text_.size()) return token(Kind::end, begin);
    const char first = text_[at_];
    if (first == '\'' || first == '"' || first == '`') return quoted(first);
    if (begins_word(first)) return take_while(is_in_word), token(Kind::word, begin);
    if (begins_number(first)) return take_while(is_in_number), token(Kind::number, begin);
    if (comparison_signs.contains(first)) {
        take_while([](char c) { return comparison_signs.contains(c); });
        return token(Kind::sign, begin);
    }
    ++at_;
    if (lone_signs.contains(first)) return token(Kind::sign, begin);
    return token(Kind::fault, begin,
                 fmt::format("{} has no meaning here", shown(text_.substr(begin, 1))));
}

/// A quote within is written twice.
Token Tokens::quoted(char quote) {
    const std::size_t begin = at_++;
    std::string text;
    while (true) {
        const auto end = text_.find(quote, at_);
        if (end == std::string_view::npos) {
            at_ = text_.size();
            return token(
                Kind::fault, begin,
                fmt::format("the quote is not closed; one within is written twice, {0}{0}", quote));
        }
        text += text_.substr(at_, end - at_);
        at_ = end + 1;
        if (at_ == text_.size() || text_[at_] != quote) break;
        text += quote;
        ++at_;
    }
    return token(kind_of(quote), begin, std::move(text));
}

Token Tokens::token(Kind kind, std::size_t begin, std::string text) const {
    return {kind, begin, text_.substr(begin, at_ - begin), std::move(text)};
}

}  // namespace mainstem::query
