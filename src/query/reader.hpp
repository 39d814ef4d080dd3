// What the parsers of queries and of filters share: the token in hand, names, and the first fault
// with its place. Functions that return bool answer false when they have met a fault.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mainstem/core/error.hpp>
#include <mainstem/query/query.hpp>

#include "query/tokens.hpp"

namespace mainstem::query {

/// Where something stands in the text.
struct Place {
    std::size_t begin = 0;
    std::string_view written = {};
};

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text), tokens_(text), next_(tokens_.next()) {}

    [[nodiscard]] const Token& next() const { return next_; }
    [[nodiscard]] Place place() const { return {next_.begin, next_.written}; }
    [[nodiscard]] bool at_end() const { return next_.kind == Token::Kind::end; }
    /// Answers the token in hand and moves on.
    Token take();

    [[nodiscard]] bool next_is(std::string_view word) const;
    /// Takes the word if it comes next.
    bool take_word(std::string_view word);
    bool take_sign(std::string_view sign);
    /// The same, but another is a fault; `expected` says what should stand there.
    bool need_word(std::string_view word, std::string_view expected);
    bool need_sign(std::string_view sign, std::string_view expected);

    /// A path, or a name, that was taken as a token; no word of the language unless in backquotes.
    bool name_of(const Token& token, std::string_view expected, std::string& name);
    bool take_path(std::string& path);

    /// Always false.
    bool fail(Place place, std::string_view reason);
    /// What comes next is not `expected`. Always false.
    bool unexpected(std::string_view expected);
    bool unexpected(const Token& found, std::string_view expected);

    [[nodiscard]] Error error() const { return {QueryError::invalid, fault_}; }

private:
    std::string_view text_;
    Tokens tokens_;
    Token next_;
    std::string fault_;
};

}  // namespace mainstem::query
