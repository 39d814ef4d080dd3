// Reads queries from text, from left to right and each byte once; the grammar is in
// docs/manual/document-queries.md. The first fault ends it and is told with its place.
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/shown.hpp"
#include "query/filter_parser.hpp"
#include "query/reader.hpp"
#include "query/rules.hpp"
#include "query/words.hpp"

namespace mainstem {
namespace query {
namespace {

using Kind = Token::Kind;
using Part = BrokenRule::Part;

constexpr std::array<std::pair<std::string_view, Aggregate::Function>, 5> functions{
    {{"count", Aggregate::Function::count},
     {"sum", Aggregate::Function::sum},
     {"min", Aggregate::Function::min},
     {"max", Aggregate::Function::max},
     {"avg", Aggregate::Function::avg}}};

/// In the order in which they stand.
constexpr std::array<std::string_view, 6> clauses{"where", "group",  "order",
                                                  "limit", "offset", "after"};
constexpr std::string_view any_clause =
    "where, group by, order by, limit, offset, after or the end";

class QueryParser {
public:
    explicit QueryParser(std::string_view text) : reader_(text) {}

    Result<DocumentQuery> parse() {
        if (!take_query() || !obeys_rules()) return reader_.error();
        return std::move(query_);
    }

private:
    bool take_query() {
        constexpr std::string_view beginning = "a query begins with select or from";
        if (reader_.at_end()) {
            return reader_.fail(reader_.place(), "it is empty; from NAME is a query");
        }
        const bool selects = reader_.take_word("select");
        if (selects && !take_columns()) return false;
        if (!selects && !reader_.next_is("from")) {
            return reader_.fail(reader_.place(), beginning);
        }
        if (!reader_.need_word("from", "a comma, or from and the name of a collection")) {
            return false;
        }
        collection_ = reader_.place();
        const auto token = reader_.take();
        if (!reader_.name_of(token, "the name of a collection", query_.collection)) return false;
        if (const auto complaint = check_collection(query_.collection)) {
            return reader_.fail(collection_, *complaint);
        }
        std::size_t clause = 0;
        while (!reader_.at_end()) {
            if (!take_clause(clause)) return false;
        }
        return true;
    }

    bool take_columns() {
        if (reader_.take_sign("*")) {
            return reader_.next_is("from") ||
                   reader_.unexpected("from: a star stands alone, for whole documents");
        }
        do {
            if (!take_column()) return false;
        } while (reader_.take_sign(","));
        return true;
    }

    bool take_column() {
        const auto place = reader_.place();
        const auto token = reader_.take();
        if (reader_.take_sign("(")) {
            Aggregate aggregate;
            if (!take_function(token, aggregate)) return false;
            if (reader_.take_word("as")) {
                const auto name = reader_.take();
                if (!reader_.name_of(name, "a name for the column", aggregate.as)) return false;
            }
            aggregates_.push_back(place);
            query_.aggregates.push_back(std::move(aggregate));
            return true;
        }
        std::string path;
        if (!reader_.name_of(token, "a field, or a function such as count()", path)) return false;
        if (reader_.next_is("as")) {
            return reader_.fail(reader_.place(),
                                "a field keeps its name; only count, sum, min, max and avg get one "
                                "with as");
        }
        select_.push_back(place);
        query_.select.push_back(std::move(path));
        return true;
    }

    /// The rest behind its name and parenthesis.
    bool take_function(const Token& name, Aggregate& aggregate) {
        const auto* found = functions.begin();
        while (found != functions.end() && !same_word(found->first, name.written)) ++found;
        if (name.kind != Kind::word || found == functions.end()) {
            return reader_.fail(
                {name.begin, name.written},
                fmt::format("there is no function {}; there are count, sum, min, max and avg",
                            shown(name.written)));
        }
        aggregate.function = found->second;
        const bool counts_all =
            aggregate.function == Aggregate::Function::count && reader_.take_sign("*");
        // Between parentheses no word of the language is expected, so that none has to be quoted.
        const bool has_field =
            reader_.next().kind == Kind::word || reader_.next().kind == Kind::name;
        if (!counts_all && has_field) {
            const auto token = reader_.take();
            aggregate.field = token.kind == Kind::name ? token.text : std::string{token.written};
        }
        return reader_.need_sign(")", "a field and a closing )");
    }

    bool take_clause(std::size_t& least) {
        for (std::size_t i = 0; i < clauses.size(); ++i) {
            if (!reader_.next_is(clauses[i])) continue;
            if (i < least) {
                return reader_.fail(reader_.place(),
                                    i + 1 == least ? fmt::format("{} stands twice", clauses[i])
                                                   : fmt::format("{} stands before {}", clauses[i],
                                                                 clauses[least - 1]));
            }
            least = i + 1;
            reader_.take();
            return take_rest(clauses[i]);
        }
        return reader_.unexpected(any_clause);
    }

    bool take_rest(std::string_view clause) {
        if (clause == "where") return take_filter(reader_, query_.where);
        if (clause == "group") return need_by(clause) && take_group_by();
        if (clause == "order") return need_by(clause) && take_order_by();
        if (clause == "limit") return take_count(clause, limit_, query_.limit);
        if (clause == "offset") return take_count(clause, offset_, query_.offset);
        return take_after();
    }

    bool need_by(std::string_view clause) {
        return reader_.need_word("by", fmt::format("by: {} by", clause));
    }

    bool take_group_by() {
        do {
            group_by_.push_back(reader_.place());
            if (!reader_.take_path(query_.group_by.emplace_back())) return false;
        } while (reader_.take_sign(","));
        return true;
    }

    bool take_order_by() {
        do {
            sort_.push_back(reader_.place());
            if (!take_sort_key(query_.sort.emplace_back())) return false;
        } while (reader_.take_sign(","));
        return true;
    }

    bool take_sort_key(SortKey& key) {
        const auto token = reader_.take();
        if (reader_.take_sign("(")) {
            Aggregate aggregate;
            if (!take_function(token, aggregate)) return false;
            key.field = aggregate.column();
        } else if (!reader_.name_of(token, "a field or a column", key.field)) {
            return false;
        }
        key.descending = reader_.take_word("desc");
        if (!key.descending) reader_.take_word("asc");
        return true;
    }

    bool take_count(std::string_view clause, Place& place, std::uint64_t& count) {
        place = reader_.place();
        const auto text = reader_.next().written;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (reader_.next().kind != Kind::number || error != std::errc{} ||
            end != text.data() + text.size()) {
            return reader_.unexpected(
                fmt::format("a whole number that is not negative, as in {} 10", clause));
        }
        reader_.take();
        return true;
    }

    bool take_after() {
        after_ = reader_.place();
        if (reader_.next().kind != Kind::text || reader_.next().text.empty()) {
            return reader_.unexpected("the mark of a page, in single quotes");
        }
        query_.after = reader_.take().text;
        return true;
    }

    bool obeys_rules() {
        const auto broken = broken_rule(query_);
        return !broken || reader_.fail(place_of(broken->part, broken->index), broken->problem);
    }

    [[nodiscard]] Place place_of(Part part, std::size_t index) const {
        const auto in = [&](const std::vector<Place>& places) {
            return index < places.size() ? places[index] : collection_;
        };
        switch (part) {
            case Part::select: return in(select_);
            case Part::aggregate: return in(aggregates_);
            case Part::group_by: return in(group_by_);
            case Part::sort: return in(sort_);
            case Part::limit: return limit_;
            case Part::offset: return offset_;
            case Part::after: return after_;
            case Part::collection: break;
        }
        return collection_;
    }

    Reader reader_;
    DocumentQuery query_;
    Place collection_, limit_, offset_, after_;
    std::vector<Place> select_, aggregates_, group_by_, sort_;
};

}  // namespace
}  // namespace query

Result<DocumentQuery> parse_document_query(std::string_view text) {
    return query::QueryParser{text}.parse();
}

}  // namespace mainstem
