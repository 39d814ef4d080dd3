// Queries as text, which the parsers read; the grammar is in docs/manual/document-queries.md.
#include "query/query_text.hpp"

#include <string_view>
#include <utility>

#include "query/document_query.hpp"
#include "query/words.hpp"

namespace mainstem {
namespace query {
namespace {

std::string quoted(std::string_view text, char quote) {
    std::string out{quote};
    for (const char c : text) {
        if (c == quote) out += c;
        out += c;
    }
    return out + quote;
}

std::string name_text(std::string_view name) {
    return is_reserved(name) ? quoted(name, '`') : std::string{name};
}

std::string value_text(const FieldValue& value) {
    if (value.is_text()) return quoted(std::get<std::string>(value.get()), '\'');
    return json_of(value);
}

std::string values_text(const std::vector<FieldValue>& values) {
    std::string text;
    for (const FieldValue& value : values) {
        if (!text.empty()) text += ", ";
        text += value_text(value);
    }
    return text;
}

std::string condition_text(const Condition& condition) {
    std::string text = name_text(condition.field);
    text += ' ';
    text += sign_of(condition.comparison);
    if (condition.comparison == Comparison::exists) return text;
    const auto values = values_text(condition.values);
    return text + (condition.comparison == Comparison::in ? " (" + values + ")" : " " + values);
}

/// The same filter in the shape that joined filters have.
Filter joined(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return filter.condition;
    if (filter.kind == Filter::Kind::negation) return !joined(filter.parts.front());
    Filter all;
    all.kind = filter.kind;
    for (const Filter& part : filter.parts) {
        all = filter.kind == Filter::Kind::all_of ? std::move(all) && joined(part)
                                                  : std::move(all) || joined(part);
    }
    return all;
}

std::string filter_text(const Filter& filter);

/// In parentheses where the list around it binds closer.
std::string part_text(const Filter& part, Filter::Kind within) {
    const bool is_list = part.kind == Filter::Kind::all_of || part.kind == Filter::Kind::any_of;
    const bool binds_closer = part.kind == Filter::Kind::all_of && within == Filter::Kind::any_of;
    if (!is_list || part.parts.empty() || binds_closer) return filter_text(part);
    return "(" + filter_text(part) + ")";
}

std::string filter_text(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return condition_text(filter.condition);
    if (filter.kind == Filter::Kind::negation) {
        return "not " + part_text(filter.parts.front(), filter.kind);
    }
    const bool all = filter.kind == Filter::Kind::all_of;
    if (filter.parts.empty()) return all ? "true" : "false";
    std::string text;
    for (const Filter& part : filter.parts) {
        if (!text.empty()) text += all ? " and " : " or ";
        text += part_text(part, filter.kind);
    }
    return text;
}

template <class List, class TextOf>
std::string list_text(const List& list, TextOf text_of) {
    std::string text;
    for (const auto& each : list) {
        if (!text.empty()) text += ", ";
        text += text_of(each);
    }
    return text;
}

std::string aggregate_text(const Aggregate& aggregate) {
    auto text = Aggregate{aggregate.function, aggregate.field}.column();
    return aggregate.as.empty() ? text : text + " as " + name_text(aggregate.as);
}

std::string columns_text(const DocumentQuery& query) {
    auto text = list_text(query.select, name_text);
    const auto aggregates = list_text(query.aggregates, aggregate_text);
    if (!text.empty() && !aggregates.empty()) text += ", ";
    text += aggregates;
    return text.empty() ? text : "select " + text + " ";
}

}  // namespace

std::string sort_text(const std::vector<SortKey>& sort) {
    return list_text(sort, [](const SortKey& key) {
        return name_text(key.field) + (key.descending ? " desc" : "");
    });
}

}  // namespace query

std::string to_string(const Filter& filter) { return query::filter_text(query::joined(filter)); }

std::string to_string(const DocumentQuery& query) {
    std::string text = query::columns_text(query) + "from " + query::name_text(query.collection);
    const auto add = [&](bool given, std::string_view clause, const std::string& rest) {
        if (given) text.append(" ").append(clause).append(" ").append(rest);
    };
    if (const auto where = query::joined(query.where); !where.empty()) {
        add(true, "where", query::filter_text(where));
    }
    add(!query.group_by.empty(), "group by", query::list_text(query.group_by, query::name_text));
    add(!query.sort.empty(), "order by", query::sort_text(query.sort));
    add(query.limit != DocumentQuery::no_limit, "limit", std::to_string(query.limit));
    add(query.offset != 0, "offset", std::to_string(query.offset));
    add(!query.after.empty(), "after", query::quoted(query.after, '\''));
    return text;
}

}  // namespace mainstem
