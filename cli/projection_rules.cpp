// What kind of value a source gives, as far as that is known without events.
#include "cli/projection_rules.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace mainstem::cli {
namespace {

using Change = FieldRule::Change;

enum class Kind : std::uint8_t { any, number, text, flag };

Kind kind_of(const ValueSource& source) {
    if (source.number) return Kind::number;
    switch (source.kind) {
        case ValueSource::Kind::data: return Kind::any;
        case ValueSource::Kind::position:
        case ValueSource::Kind::elapsed: return Kind::number;
        case ValueSource::Kind::literal:
            if (source.json == "true" || source.json == "false") return Kind::flag;
            return source.json.starts_with('"') ? Kind::text : Kind::number;
        default: return Kind::text;
    }
}

/// What the change leaves in the field: a list, or one value.
bool makes_list(Change change) { return change == Change::append; }

}  // namespace

std::string_view name(Change change) noexcept {
    switch (change) {
        case Change::set: return "set";
        case Change::add: return "add";
        case Change::max: return "max";
        case Change::min: return "min";
        case Change::append: return "append";
    }
    return "set";
}

std::optional<std::string> never_works(const FieldRule& rule) {
    if (rule.change == Change::set || rule.change == Change::append) return {};
    const auto kind = kind_of(rule.value);
    if (kind == Kind::flag) {
        return fmt::format("{} takes {}, and {} is none", name(rule.change),
                           rule.change == Change::add ? "a number" : "a number or a text",
                           rule.value.text);
    }
    if (rule.change != Change::add || kind != Kind::text) return {};
    if (rule.value.kind == ValueSource::Kind::literal) {
        return fmt::format("add takes a number, and {} is a text; write a number without quotes",
                           rule.value.text);
    }
    return fmt::format(
        "add takes a number, and {0} is a text; write {{ number = \"{0}\" }} if it says a number",
        rule.value.text);
}

std::optional<std::string> never_works_after(const FieldRule& rule, Change before) {
    const bool either_sets = rule.change == Change::set || before == Change::set;
    if (either_sets || makes_list(rule.change) == makes_list(before)) return {};
    return fmt::format("{} makes a list of {}, and {} one value; take two fields",
                       name(Change::append), rule.field,
                       name(makes_list(before) ? rule.change : before));
}

}  // namespace mainstem::cli
