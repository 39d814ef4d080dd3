// Marks of pages: base64url of `["balance desc",[50],"ada"]`, the order, the values, the id.
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/shown.hpp"
#include "query/base64url.hpp"
#include "query/document_query.hpp"
#include "query/query_text.hpp"
#include "query/values.hpp"

namespace mainstem::query {
namespace {

Error bad_mark(std::string_view problem) {
    return {QueryError::invalid, fmt::format("after: {}", problem)};
}

Error no_mark(std::string_view text) {
    return bad_mark(fmt::format(
        "{} is no mark of a page; take the one that an earlier answer ended with", shown(text)));
}

bool is_plain(detail::JsonValue value) {
    bool flag = false;
    return value.is_null() || (!value.get(flag) && !is_null(view_of(value)));
}

bool read_keys(detail::JsonValue list, std::vector<FieldValue>& keys) {
    if (!list.is_array()) return false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!is_plain(list.element(i))) return false;
        keys.push_back(value_of(view_of(list.element(i))));
    }
    return true;
}

}  // namespace

std::string to_text(const PageMark& mark, const DocumentQuery& query) {
    std::string json = "[" + json_of(sort_text(query.sort)) + ",[";
    for (std::size_t i = 0; i < mark.keys.size(); ++i) {
        if (i > 0) json += ',';
        json += json_of(mark.keys[i]);
    }
    json += "]," + json_of(mark.id) + "]";
    return to_base64url(json);
}

Result<PageMark> parse_mark(std::string_view text, const DocumentQuery& query) {
    const auto json = from_base64url(text);
    if (!json) return no_mark(text);
    detail::JsonFault fault;
    const detail::JsonText parsed{*json, fault};
    const auto root = parsed.root();
    if (!root.is_array() || root.size() != 3) return no_mark(text);
    std::string_view sort;
    std::string_view id;
    PageMark mark;
    if (!root.element(0).get(sort) || !read_keys(root.element(1), mark.keys) ||
        !root.element(2).get(id)) {
        return no_mark(text);
    }
    const auto order = [](std::string_view keys) {
        return keys.empty() ? std::string{"of ids"} : "by " + shown(keys);
    };
    if (const auto wanted = sort_text(query.sort); sort != wanted) {
        return bad_mark(
            fmt::format("the mark is of a page in the order {}, the query's order is "
                        "{}; ask in the same order, or from the beginning",
                        order(sort), order(wanted)));
    }
    if (mark.keys.size() != query.sort.size()) return no_mark(text);
    mark.id = id;
    return mark;
}

}  // namespace mainstem::query
