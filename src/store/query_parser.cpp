// Reads queries from text, from left to right and each byte once; the grammar is in
// docs/manual/queries.md. The first fault ends it and is told with its place.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/time_text.hpp>
#include <mainstem/store/append.hpp>
#include <mainstem/store/query.hpp>

#include "store/errors.hpp"
#include "store/text_rules.hpp"

namespace mainstem {
namespace {

constexpr std::string_view blanks = " \t\r\n";
/// What stands behind a value.
constexpr std::string_view separators = ", \t\r\n";
/// What a value without quotes cannot have.
constexpr std::string_view not_bare = ", \t\r\n\"\\";

struct Advice {
    std::string_view word;
    std::string_view advice;
};

/// Keys that people write who mean another one.
constexpr std::array<Advice, 14> near_keys{{{"typ", "type"},
                                            {"types", "type"},
                                            {"event", "type"},
                                            {"tags", "tag"},
                                            {"label", "tag"},
                                            {"prefixes", "prefix"},
                                            {"stream", "prefix"},
                                            {"streams", "prefix"},
                                            {"from", "since"},
                                            {"after", "since"},
                                            {"sinse", "since"},
                                            {"to", "until"},
                                            {"till", "until"},
                                            {"before", "until"}}};

/// Words that people write between terms.
constexpr std::array<Advice, 5> near_words{
    {{"and", "leave it out: an event must have all terms of an alternative"},
     {"&&", "leave it out: an event must have all terms of an alternative"},
     {"or", "write or in small letters"},
     {"||", "write or"},
     {"all", "write all in small letters"}}};

bool same_but_for_case(std::string_view one, std::string_view other) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(one, other, {}, lower, lower);
}

template <std::size_t size>
std::string_view advice_for(std::string_view word, const std::array<Advice, size>& all) {
    const auto found = std::ranges::find_if(
        all, [&](const Advice& each) { return same_but_for_case(word, each.word); });
    return found == all.end() ? std::string_view{} : found->advice;
}

bool is_key(std::string_view word) {
    constexpr std::array<std::string_view, 5> keys{"type", "tag", "prefix", "since", "until"};
    return std::ranges::find(keys, word) != keys.end();
}

constexpr std::string_view all_keys = "the keys are type, tag, prefix, since and until";

std::string unknown_key(std::string_view key) {
    const auto meant = advice_for(key, near_keys);
    const auto perhaps = meant.empty() ? "" : fmt::format(", perhaps {} is meant", meant);
    return fmt::format("there is no key {}{}; {}", shown(key), perhaps, all_keys);
}

std::string unknown_word(std::string_view word) {
    if (is_key(word)) return fmt::format("a value is missing, as in {}=VALUE", word);
    const auto advice = advice_for(word, near_words);
    if (!advice.empty()) return std::string{advice};
    return fmt::format("a term is KEY=VALUE; {}", all_keys);
}

/// Its functions answer false when they have met a fault.
class QueryParser {
public:
    explicit QueryParser(std::string_view text) : text_(text) {}

    Result<EventQuery> parse() {
        EventQuery query;
        do {
            if (!take_item(query.items.emplace_back())) return Error{StoreError::invalid, fault_};
        } while (or_follows_);
        if (query.items.size() == 1 && query.matches_all()) return EventQuery{};
        return query;
    }

private:
    bool take_item(QueryItem& item) {
        if (++items_ > limits::query_items) {
            return fail(at_, fmt::format("more than {} alternatives", limits::query_items));
        }
        const bool is_first = !std::exchange(or_follows_, false);
        std::size_t words = 0;
        bool is_all = false;
        for (; next_word() && !or_follows_; ++words) {
            if (is_all || (words > 0 && is_bare("all"))) {
                return fail(word_, "all stands alone; leave it out, or write or beside it");
            }
            is_all = is_bare("all");
            if (!is_all && !take_term(item)) return false;
        }
        if (words > 0) return true;
        if (or_follows_) return fail(word_, "nothing stands before or");
        return fail(
            at_, is_first ? "it is empty; write all for every event" : "nothing stands behind or");
    }

    /// Takes blanks, then a word up to its value; false at the end of the text.
    bool next_word() {
        word_ = at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
        if (at_ == text_.size()) return false;
        at_ = std::min(text_.find_first_of("= \t\r\n", at_), text_.size());
        key_ = text_.substr(word_, at_ - word_);
        has_value_ = take('=');
        or_follows_ = is_bare("or");
        return true;
    }
    [[nodiscard]] bool is_bare(std::string_view word) const { return !has_value_ && key_ == word; }

    bool take_term(QueryItem& item) {
        if (!has_value_) return fail(word_, unknown_word(key_));
        if (key_ == "type") return take_types(item.types);
        if (key_ == "tag") return take_tag(item.tags);
        if (key_ == "prefix") return take_prefix(item.stream_prefix);
        if (key_ == "since") return take_time(item.since);
        if (key_ == "until") return take_time(item.until);
        return fail(word_, unknown_key(key_));
    }

    bool take_types(std::vector<std::string>& types) {
        if (!types.empty()) return twice("write type=A,B for one of several");
        do {
            if (!take_name("a type", types.emplace_back())) return false;
        } while (take(','));
        return true;
    }
    bool take_tag(std::vector<Tag>& tags) {
        std::string tag;
        if (!take_name("a tag", tag)) return false;
        tags.emplace_back(std::move(tag));
        return ends_without_comma(
            "write tag=A tag=B for both, or put a tag with a comma in quotes");
    }
    bool take_prefix(std::string& prefix) {
        if (!prefix.empty()) return twice("write or between alternatives");
        return take_value(prefix) && passes(check_name("the prefix", prefix)) &&
               ends_without_comma("write prefix=A or prefix=B, or put one with a comma in quotes");
    }
    bool take_time(std::optional<Timestamp>& time) {
        if (time) return twice("write or between alternatives");
        std::string value;
        if (!take_value(value)) return false;
        time = parse_time(value);
        if (!time) {
            return fail(value_, fmt::format("{} is no time; one looks like 2024-01-31T10:30:00Z "
                                            "or \"2024-01-31 10:30:00\"",
                                            shown(value)));
        }
        return ends_without_comma("there can be only one time");
    }

    /// Types and tags are counted.
    bool take_name(std::string_view what, std::string& name) {
        if (!take_value(name) || !passes(check_name(what, name))) return false;
        if (++terms_ <= limits::query_terms) return true;
        return fail(value_, fmt::format("more than {} types and tags", limits::query_terms));
    }

    bool take_value(std::string& value) {
        value_ = at_;
        if (take('"')) return take_quoted(value);
        at_ = std::min(text_.find_first_of(not_bare, at_), text_.size());
        if (next_is('"') || next_is('\\')) {
            return fail(at_,
                        "put the whole value in double quotes, and a backslash before each quote "
                        "and backslash in it");
        }
        value = text_.substr(value_, at_ - value_);
        return !value.empty() || fail(value_, "a value is missing");
    }
    /// The rest of a value behind its opening quote.
    bool take_quoted(std::string& value) {
        while (!take('"')) {
            const bool is_escape = take('\\');
            if (at_ == text_.size()) return fail(value_, "the quote is not closed");
            if (is_escape && !next_is('"') && !next_is('\\')) {
                return fail(at_ - 1,
                            "a backslash stands before a quote or a backslash only; "
                            "write two for one");
            }
            value += text_[at_++];
        }
        const bool ends = at_ == text_.size() || separators.contains(text_[at_]);
        return ends || fail(at_, "a blank is missing behind the quotes");
    }

    bool ends_without_comma(std::string_view advice) {
        return !next_is(',') || fail(at_, fmt::format("a comma separates types only; {}", advice));
    }
    bool passes(const Complaint& complaint) { return !complaint || fail(value_, *complaint); }
    bool twice(std::string_view advice) {
        return fail(word_, fmt::format("{}= stands twice in one alternative; {}", key_, advice));
    }

    [[nodiscard]] bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
    bool take(char c) {
        const bool is_next = next_is(c);
        if (is_next) ++at_;
        return is_next;
    }

    bool fail(std::size_t place, std::string_view reason) {
        const auto before = text_.substr(0, place);
        const auto column =
            1 + std::ranges::count_if(before, [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // code points, not bytes
            });
        const auto end = text_.find_first_of(blanks, std::max(word_, place));
        const auto word = text_.substr(word_, end - word_);
        fault_ = fmt::format("column {} of the query{}{}: {}", column, word.empty() ? "" : ", at ",
                             shown(word), reason);
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;     ///< how far it has read
    std::size_t word_ = 0;   ///< where the word in hand begins
    std::size_t value_ = 0;  ///< where the value in hand begins
    std::string_view key_;   ///< of the word in hand, or all of a word without value
    bool has_value_ = false;
    bool or_follows_ = false;  ///< the word in hand is `or`
    std::size_t items_ = 0;
    std::size_t terms_ = 0;
    std::string fault_;
};

}  // namespace

Result<EventQuery> parse_query(std::string_view text) { return QueryParser{text}.parse(); }

}  // namespace mainstem
