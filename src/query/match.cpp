// Whether a filter holds for a document. This is what a scan does for each document: nothing is
// allocated, and no text is copied.
#include <algorithm>

#include "query/document_query.hpp"
#include "query/fields.hpp"
#include "query/values.hpp"

namespace mainstem::query {
namespace {

bool exists(const DocumentView& document, std::string_view path) noexcept {
    if (path == id_path || path == version_path) return true;
    const auto found = json_at(document, path);
    return !found.absent() && !found.is_null();
}

bool list_contains(const DocumentView& document, const Condition& condition) noexcept {
    if (condition.field == id_path || condition.field == version_path) return false;
    const auto list = json_at(document, condition.field);
    if (!list.is_array()) return false;
    const auto wanted = view_of(condition.values.front());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto value = view_of(list.element(i));
        if (!is_null(value) && compare(value, wanted) == 0) return true;
    }
    return false;
}

/// An order holds between values of one kind.
bool ordered(const ValueView& found, const Condition& condition) noexcept {
    const auto wanted = view_of(condition.values.front());
    if (is_null(found) || is_null(wanted) || is_text(found) != is_text(wanted)) return false;
    const auto order = compare(found, wanted);
    switch (condition.comparison) {
        case Comparison::less: return order < 0;
        case Comparison::at_most: return order <= 0;
        case Comparison::greater: return order > 0;
        default: return order >= 0;
    }
}

bool equals(const ValueView& found, const FieldValue& value) noexcept {
    return compare(found, view_of(value)) == 0;
}

bool starts_with(const ValueView& found, const FieldValue& value) noexcept {
    const auto beginning = view_of(value);
    if (!is_text(found) || !is_text(beginning)) return false;
    return std::get_if<std::string_view>(&found)->starts_with(
        *std::get_if<std::string_view>(&beginning));
}

bool holds(const Condition& condition, const DocumentView& document) noexcept {
    const auto found = [&] { return view_at(document, condition.field); };
    switch (condition.comparison) {
        case Comparison::exists: return exists(document, condition.field);
        case Comparison::contains: return list_contains(document, condition);
        case Comparison::equal: return equals(found(), condition.values.front());
        case Comparison::not_equal: return !equals(found(), condition.values.front());
        case Comparison::starts_with: return starts_with(found(), condition.values.front());
        case Comparison::in:
            return std::ranges::any_of(condition.values, [value = found()](const auto& each) {
                return equals(value, each);
            });
        default: return ordered(found(), condition);
    }
}

}  // namespace

detail::JsonValue json_at(const DocumentView& document, std::string_view path) noexcept {
    auto value = document.fields;
    while (true) {
        const auto dot = path.find('.');
        value = value.member(path.substr(0, dot));
        if (dot == std::string_view::npos || value.absent()) return value;
        path.remove_prefix(dot + 1);
    }
}

ValueView view_at(const DocumentView& document, std::string_view path) noexcept {
    if (path == id_path) return document.id;
    if (path == version_path) return view_of(FieldValue{document.version.value});
    return view_of(json_at(document, path));
}

FieldValue value_at(const DocumentView& document, std::string_view path) {
    return value_of(view_at(document, path));
}

bool matches(const Filter& filter, const DocumentView& document) {
    const auto part_matches = [&](const Filter& part) { return matches(part, document); };
    switch (filter.kind) {
        case Filter::Kind::all_of: return std::ranges::all_of(filter.parts, part_matches);
        case Filter::Kind::any_of: return std::ranges::any_of(filter.parts, part_matches);
        case Filter::Kind::negation: return !matches(filter.parts.front(), document);
        case Filter::Kind::condition: break;
    }
    return holds(filter.condition, document);
}

}  // namespace mainstem::query
