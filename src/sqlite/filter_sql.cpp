// SQLite compares across kinds and has a third truth value; filters have neither. So each order is
// bracketed by kind (numbers stand below the empty text, texts from it on), and a negation takes
// what is unknown for false.
#include "sqlite/filter_sql.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "sqlite/connection.hpp"

namespace mainstem::sqlite {
namespace {

/// `$."address"."city"`: paths have no quotes.
std::string json_path(std::string_view path) {
    std::string out = "'$.\"";
    for (const char c : path) {
        if (c == '.') {
            out += "\".\"";
        } else {
            out += c;
        }
    }
    return out += "\"'";
}

std::string_view order_of(Comparison comparison) {
    switch (comparison) {
        case Comparison::less: return "<";
        case Comparison::at_most: return "<=";
        case Comparison::greater: return ">";
        default: return ">=";
    }
}

bool is_order(Comparison comparison) {
    return comparison >= Comparison::less && comparison <= Comparison::at_least;
}

bool is_upward(Comparison comparison) {
    return comparison == Comparison::greater || comparison == Comparison::at_least;
}

/// True if the part bounds a field on one side and another part bounds it on the other by a value
/// of the same kind: then that keeps other kinds out, and SQLite, which takes one bound for each
/// side of a range, must not be given a wider one.
bool has_other_bound(const Filter& all, const Filter& part) {
    const auto bounds = [](const Filter& each) {
        return each.kind == Filter::Kind::condition && is_order(each.condition.comparison) &&
               !each.condition.values.front().is_null();
    };
    if (!bounds(part)) return false;
    return std::ranges::any_of(all.parts, [&](const Filter& other) {
        return bounds(other) && other.condition.field == part.condition.field &&
               is_upward(other.condition.comparison) != is_upward(part.condition.comparison) &&
               other.condition.values.front().is_text() == part.condition.values.front().is_text();
    });
}

/// The first text behind all that begin with `prefix`, which is not empty: no byte of UTF-8 is
/// the largest.
std::string behind(std::string prefix) {
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

/// `_id` is always a text and `_version` a number; SQLite would turn the other kind into theirs.
bool never_equal(std::string_view path, const FieldValue& value) {
    if (path == "_id") return !value.is_text();
    return path == "_version" && (value.is_text() || value.is_null());
}

bool has_part(const Filter& whole, const Filter& part) {
    if (whole == part) return true;
    return whole.kind == Filter::Kind::all_of &&
           std::ranges::find(whole.parts, part) != whole.parts.end();
}

}  // namespace

std::vector<Column> columns_of(const Collection& collection) {
    std::set<FieldPath> paths{collection.fields.begin(), collection.fields.end()};
    for (const auto& index : collection.indexes) {
        paths.insert(index.fields.begin(), index.fields.end());
    }
    std::map<std::string, std::size_t> same;
    std::vector<Column> columns;
    for (const auto& path : paths) {
        if (path == "_id" || path == "_version") continue;
        auto lower = path;
        for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const auto before = same[lower]++;
        columns.push_back({path, before == 0 ? path : fmt::format("{}#{}", path, before + 1)});
    }
    return columns;
}

std::string extracted(std::string_view path, std::string_view table) {
    const auto at = json_path(path);
    return fmt::format(
        "(CASE json_type({0}_json,{1}) WHEN 'array' THEN NULL WHEN 'object' THEN NULL "
        "ELSE json_extract({0}_json,{1}) END)",
        table, at);
}

/// One expression, written from left to right.
class FilterSql::Writer {
public:
    /// `literal`: values stand in the text. In declarations columns have no table.
    Writer(const FilterSql& parent, Sql& out, bool literal, std::string_view table)
        : parent_(parent), out_(out), literal_(literal), table_(table) {}

    void write(const Filter& filter) {
        switch (filter.kind) {
            case Filter::Kind::all_of: return join(filter, " AND ", "1");
            case Filter::Kind::any_of: return join(filter, " OR ", "0");
            case Filter::Kind::negation:
                text("NOT ifnull(");
                write(filter.parts.front());
                return text(",0)");
            case Filter::Kind::condition: return condition(filter.condition);
        }
    }

private:
    void text(std::string_view part) { out_.text += part; }

    void value(const FieldValue& value) {
        if (!literal_) {
            out_.text += '?';
            out_.values.push_back(value);
            return;
        }
        std::visit(
            [this](const auto& one) {
                using One = std::remove_cvref_t<decltype(one)>;
                if constexpr (std::is_same_v<One, FieldValue::Null>) {
                    text("NULL");
                } else if constexpr (std::is_same_v<One, std::string>) {
                    text(quoted_text(one));
                } else if constexpr (std::is_same_v<One, double>) {
                    out_.text += fmt::format("{:.17e}", one);
                } else {
                    out_.text += fmt::format("({})", one);
                }
            },
            value.get());
    }

    void join(const Filter& filter, std::string_view between, std::string_view none) {
        if (filter.parts.empty()) return text(none);
        text("(");
        for (const auto& part : filter.parts) {
            if (&part != &filter.parts.front()) text(between);
            const bool was = std::exchange(literal_, literal_ || parent_.is_declared(part));
            const bool bounded =
                filter.kind == Filter::Kind::all_of && has_other_bound(filter, part);
            if (bounded) {
                order(part.condition, parent_.field_of(part.condition.field, table_), false);
            } else {
                write(part);
            }
            literal_ = was;
        }
        text(")");
    }

    void condition(const Condition& condition) {
        const auto field = parent_.field_of(condition.field, table_);
        if (is_order(condition.comparison)) return order(condition, field);
        switch (condition.comparison) {
            case Comparison::equal: return equal(condition, field, condition.values.front());
            case Comparison::not_equal:
                text("NOT ifnull(");
                equal(condition, field, condition.values.front());
                return text(",0)");
            case Comparison::in: return any_of(condition, field);
            case Comparison::starts_with: return prefix(condition, field);
            case Comparison::contains: return contains(condition);
            default: return exists(condition);
        }
    }

    void equal(const Condition& condition, std::string_view field, const FieldValue& wanted) {
        if (never_equal(condition.field, wanted)) return text("0");
        text(field);
        if (wanted.is_null()) return text(" IS NULL");
        text(" = ");
        value(wanted);
    }

    /// `bracketed`: what is of the other kind is kept out.
    void order(const Condition& condition, std::string_view field, bool bracketed = true) {
        const auto& bound = condition.values.front();
        if (bound.is_null() || never_equal(condition.field, bound)) return text("0");
        text("(");
        text(field);
        text(order_of(condition.comparison));
        value(bound);
        const bool upward = is_upward(condition.comparison);
        // `_version` has no texts, and would turn the empty one into a number.
        if (bracketed && condition.field != "_version" && upward != bound.is_text()) {
            text(" AND ");
            text(field);
            text(bound.is_text() ? " >= ''" : " < ''");
        }
        text(")");
    }

    void any_of(const Condition& condition, std::string_view field) {
        text("(");
        text(field);
        text(" IN (");
        bool null = false;
        bool first = true;
        for (const auto& one : condition.values) {
            null = null || (one.is_null() && !never_equal(condition.field, one));
            if (one.is_null() || never_equal(condition.field, one)) continue;
            if (!std::exchange(first, false)) text(",");
            value(one);
        }
        text(")");
        if (null) {
            text(" OR ");
            text(field);
            text(" IS NULL");
        }
        text(")");
    }

    void prefix(const Condition& condition, std::string_view field) {
        if (condition.field == "_version") return text("0");
        const auto& begin = std::get<std::string>(condition.values.front().get());
        text("(");
        text(field);
        text(" >= ");
        value(condition.values.front());
        if (!begin.empty()) {
            text(" AND ");
            text(field);
            text(" < ");
            value(behind(begin));
        }
        text(")");
    }

    void contains(const Condition& condition) {
        if (condition.field == "_id" || condition.field == "_version") return text("0");
        const auto path = json_path(condition.field);
        out_.text += fmt::format(
            "(json_type({0}_json,{1}) = 'array' AND EXISTS (SELECT 1 FROM json_each({0}_json,{1}) "
            "AS e WHERE e.type NOT IN ('array','object') AND e.value = ",
            table_, path);
        value(condition.values.front());
        text("))");
    }

    void exists(const Condition& condition) {
        if (condition.field == "_id" || condition.field == "_version") return text("1");
        out_.text += fmt::format("ifnull(json_type({}_json,{}),'null') <> 'null'", table_,
                                 json_path(condition.field));
    }

    const FilterSql& parent_;
    Sql& out_;
    bool literal_;
    std::string_view table_;
};

FilterSql::FilterSql(const Collection& collection)
    : collection_(collection), columns_(columns_of(collection)) {}

bool FilterSql::is_declared(const Filter& part) const {
    return std::ranges::any_of(collection_.indexes, [&](const Index& index) {
        return !index.where.empty() && has_part(index.where, part);
    });
}

std::string FilterSql::field_of(std::string_view path, std::string_view table) const {
    if (path == "_id" || path == "_version") return std::string{table} + quoted_name(path);
    const auto is_path = [&](const Column& column) { return column.path == path; };
    const auto column = std::ranges::find_if(columns_, is_path);
    if (column != columns_.end()) return std::string{table} + quoted_name(column->name);
    return extracted(path, table);
}

std::string FilterSql::field(std::string_view path) const { return field_of(path, "d."); }

std::string FilterSql::json(std::string_view path) const {
    if (path == "_id" || path == "_version") return fmt::format("json_quote(d.{})", path);
    return fmt::format("d._json -> {}", json_path(path));
}

void FilterSql::append(Sql& sql, const Filter& filter) const {
    Writer{*this, sql, is_declared(filter), "d."}.write(filter);
}

std::string FilterSql::declared(const Filter& filter) const {
    Sql sql;
    Writer{*this, sql, true, ""}.write(filter);
    return sql.text;
}

}  // namespace mainstem::sqlite
