// The words, values and signs of a query text, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mainstem::query {

struct Token {
    enum class Kind : std::uint8_t {
        end,
        word,    ///< of the language, or the path of a field
        name,    ///< in backquotes: a path, even if a word is called so
        text,    ///< in single or double quotes
        number,  ///< whatever begins like one
        sign,    ///< a parenthesis, a comma, a star, or what stands for a comparison
        fault,   ///< nothing of these
    };
    Kind kind = Kind::end;
    std::size_t begin = 0;
    std::string_view written = {};  ///< as it stands in the text
    std::string text = {};          ///< without quotes; of a fault: what is wrong
};

/// Reads each byte once. The text must outlive it.
class Tokens {
public:
    explicit Tokens(std::string_view text) : text_(text) {}

    [[nodiscard]] Token next();

private:
    [[nodiscard]] Token quoted(char quote);
    [[nodiscard]] Token token(Token::Kind kind, std::size_t begin, std::string text = {}) const;
    template <class Belongs>
    void take_while(Belongs belongs) {
        while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace mainstem::query
