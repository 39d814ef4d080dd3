// Tokens by their meaning, and what is said about those that have none.
#include "query/reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/shown.hpp"
#include "query/words.hpp"

namespace mainstem::query {

using Kind = Token::Kind;

Token Reader::take() { return std::exchange(next_, tokens_.next()); }

bool Reader::next_is(std::string_view word) const {
    return next_.kind == Kind::word && same_word(next_.written, word);
}

bool Reader::take_word(std::string_view word) {
    if (!next_is(word)) return false;
    take();
    return true;
}

bool Reader::take_sign(std::string_view sign) {
    if (next_.kind != Kind::sign || next_.written != sign) return false;
    take();
    return true;
}

bool Reader::need_word(std::string_view word, std::string_view expected) {
    return take_word(word) || unexpected(expected);
}

bool Reader::need_sign(std::string_view sign, std::string_view expected) {
    return take_sign(sign) || unexpected(expected);
}

bool Reader::name_of(const Token& token, std::string_view expected, std::string& name) {
    const Place place{token.begin, token.written};
    if (token.kind == Kind::name) return name = token.text, true;
    if (token.kind == Kind::text) {
        return fail(place, fmt::format("expected {}, which has no quotes; a word of queries has "
                                       "backquotes, as `order`",
                                       expected));
    }
    if (token.kind != Kind::word) return unexpected(token, expected);
    if (is_reserved(token.written)) {
        return fail(place, fmt::format("expected {}, but {} is a word of queries; if it is a name, "
                                       "write `{}`",
                                       expected, token.written, token.written));
    }
    name = token.written;
    return true;
}

bool Reader::take_path(std::string& path) {
    const auto token = take();
    if (!name_of(token, "a field", path)) return false;
    return is_field_path(path) || fail({token.begin, token.written}, no_path(path));
}

bool Reader::unexpected(std::string_view expected) { return unexpected(next_, expected); }

bool Reader::unexpected(const Token& found, std::string_view expected) {
    const Place place{found.begin, found.written};
    if (found.kind == Kind::fault) return fail(place, found.text);
    if (found.kind == Kind::end) return fail(place, fmt::format("expected {}", expected));
    const auto advice = advice_for(found.written);
    if (!advice.empty()) return fail(place, advice);
    return fail(place, fmt::format("expected {}", expected));
}

bool Reader::fail(Place place, std::string_view reason) {
    const auto before = text_.substr(0, place.begin);
    const auto column = 1 + std::ranges::count_if(before, [](char c) {
                            return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // characters
                        });
    fault_ = fmt::format("column {} of the query{}{}: {}", column,
                         place.written.empty() ? "" : ", at ", shown(place.written), reason);
    return false;
}

}  // namespace mainstem::query
