// What holds for every query: its text reads back the same, joining obeys the laws of logic, a
// filter says what a plain reading of its words says, pages put together are the whole.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/json_document.hpp"
#include "unit/query/any_query.hpp"

namespace mainstem {
namespace {

using Documents = std::vector<JsonDocument>;

Documents any_documents() {
    Documents documents;
    const auto fields =
        *rc::gen::container<std::vector<std::map<std::string, std::string>>>(any_fields());
    for (const auto& each : fields) {
        const auto number = documents.size() + 1;
        // Ids not in the order in which the documents come.
        documents.emplace_back("d" + std::to_string(number * 7 % 31 + number * 100),
                               json_of_fields(each), Position{number});
    }
    return documents;
}

query::Page answer(const Documents& documents, const DocumentQuery& query) {
    query::Scan scan{query};
    for (const auto& document : documents) scan.add(document.view());
    auto page = scan.finish();
    if (!page) RC_FAIL(page.error().message());
    return *std::move(page);
}

RC_GTEST_PROP(FilterProperties, text_comes_back_the_same, ()) {
    const auto filter = *any_filter();
    RC_ASSERT(check_filter(filter).has_value());
    const auto text = to_string(filter);
    const auto again = parse_filter(text);
    if (!again) RC_FAIL(text + ": " + again.error().message());
    RC_ASSERT(*again == filter);
}

DocumentQuery any_document_query() {
    DocumentQuery query{.collection = *rc::gen::element<std::string>("t", "order", "by-day"),
                        .where = *any_filter()};
    query.limit = *rc::gen::element<std::uint64_t>(0, 1, 20, DocumentQuery::no_limit);
    if (*rc::gen::arbitrary<bool>()) {
        query.sort = *any_sort();
        query.select = *rc::gen::unique<std::vector<FieldPath>>(any_path());
        query.after = *rc::gen::element<std::string>("", "a", "it's");
        return query;
    }
    query.offset = *rc::gen::element<std::uint64_t>(0, 1, 20);
    query.group_by = *rc::gen::unique<std::vector<FieldPath>>(any_path());
    query.select = query.group_by;
    query.select.resize(*rc::gen::inRange<std::size_t>(0, query.select.size() + 1));
    const auto aggregate = rc::gen::build<Aggregate>(
        rc::gen::set(&Aggregate::function,
                     rc::gen::map(rc::gen::inRange(0, 5),
                                  [](int i) { return static_cast<Aggregate::Function>(i); })),
        rc::gen::set(&Aggregate::field, any_path()),
        rc::gen::set(&Aggregate::as, rc::gen::element<std::string>("", "n", "sum", "limit")));
    query.aggregates = *rc::gen::uniqueBy<std::vector<Aggregate>>(
        aggregate, [](const Aggregate& each) { return each.column(); });
    for (const auto& each : query.aggregates) {
        if (*rc::gen::arbitrary<bool>()) query.sort.push_back({each.column()});
    }
    return query;
}

RC_GTEST_PROP(DocumentQueryProperties, text_comes_back_the_same, ()) {
    const auto query = any_document_query();
    const auto text = to_string(query);
    const auto again = parse_document_query(text);
    if (!check_query(query)) {
        RC_DISCARD("no query");
    }
    if (!again) RC_FAIL(text + ": " + again.error().message());
    RC_ASSERT(*again == query);
    RC_ASSERT(to_string(*again) == text);
}

RC_GTEST_PROP(DocumentQueryProperties, any_text_is_a_query_or_gets_one_line, ()) {
    const auto part = rc::gen::oneOf(
        rc::gen::element<std::string>("select ", "from ", "t ", "where ", "a ", "= ", "1 ", "'x' ",
                                      "and ", "or ", "not ", "( ", ") ", "group by ", "order by ",
                                      "count() ", ", ", "limit ", "in ", "is null ", "exists "),
        rc::gen::arbitrary<std::string>());
    std::string text;
    for (const auto& each : *rc::gen::container<std::vector<std::string>>(part)) text += each;
    if (*rc::gen::arbitrary<bool>()) text = "from t where " + text;
    const auto query = parse_document_query(text);
    RC_CLASSIFY(query.has_value());
    if (query) {
        RC_ASSERT(check_query(*query).has_value());
        RC_ASSERT(parse_document_query(to_string(*query)).value() == *query);
    } else {
        RC_ASSERT(query.error().message().find('\n') == std::string::npos);
    }
}

RC_GTEST_PROP(FilterProperties, joining_is_logic, ()) {
    const auto one = *any_filter(2);
    const auto other = *any_filter(2);
    const JsonDocument document{"d1", json_of_fields(*any_fields())};
    const auto holds = [&](const Filter& filter) {
        return query::matches(filter, document.view());
    };
    RC_ASSERT(holds(one && other) == (holds(one) && holds(other)));
    RC_ASSERT(holds(one || other) == (holds(one) || holds(other)));
    RC_ASSERT(holds(!one) == !holds(one));
    RC_ASSERT(!!one == one);
    RC_ASSERT(((one && other) && one) == (one && (other && one)));
}

// The words of filters read plainly, over Boost's own values and numbers wide enough for all.

const boost::json::value* found_at(const boost::json::value& root, std::string_view path) {
    const auto* value = &root;
    while (true) {
        const auto dot = path.find('.');
        if (!value->is_object()) return nullptr;
        value = value->get_object().if_contains(std::string{path.substr(0, dot)});
        if (value == nullptr || dot == std::string_view::npos) return value;
        path = path.substr(dot + 1);
    }
}

struct Plain {
    char kind = '0';  ///< '0' null, 'n' number, 't' text
    long double number = 0;
    std::string text = {};

    bool operator==(const Plain&) const = default;
};

Plain plain(const boost::json::value* value) {
    if (value == nullptr) return {};
    switch (value->kind()) {
        case boost::json::kind::bool_: return {'n', value->get_bool() ? 1.0L : 0.0L};
        case boost::json::kind::int64: return {'n', static_cast<long double>(value->get_int64())};
        // Beyond 64 bits with a sign numbers are doubles.
        case boost::json::kind::uint64: return {'n', static_cast<double>(value->get_uint64())};
        case boost::json::kind::double_: return {'n', value->get_double()};
        case boost::json::kind::string: return {'t', 0, std::string{value->get_string()}};
        default: return {};
    }
}

Plain plain(const FieldValue& value) {
    if (value.is_null()) return {};
    if (value.is_text()) return {'t', 0, std::get<std::string>(value.get())};
    if (const auto* integer = std::get_if<std::int64_t>(&value.get())) {
        return {'n', static_cast<long double>(*integer)};
    }
    return {'n', std::get<double>(value.get())};
}

bool plainly(const Condition& condition, const boost::json::value& root, const std::string& id,
             std::uint64_t version) {
    const bool is_own = condition.field == "_id" || condition.field == "_version";
    const auto* value = is_own ? nullptr : found_at(root, condition.field);
    Plain found = plain(value);
    if (condition.field == "_id") found = {'t', 0, id};
    if (condition.field == "_version") found = {'n', static_cast<long double>(version)};
    if (condition.comparison == Comparison::exists) {
        return is_own || (value != nullptr && !value->is_null());
    }
    std::vector<Plain> wanted;
    for (const auto& each : condition.values) wanted.push_back(plain(each));
    if (condition.comparison == Comparison::in) {
        return std::ranges::find(wanted, found) != wanted.end();
    }
    const Plain& first = wanted.front();
    const bool is_one_kind = found.kind == first.kind && found.kind != '0';
    const int order = found.kind == 't'
                          ? found.text.compare(first.text)
                          : (found.number > first.number) - (found.number < first.number);
    switch (condition.comparison) {
        case Comparison::equal: return found == first;
        case Comparison::not_equal: return found != first;
        case Comparison::less: return is_one_kind && order < 0;
        case Comparison::at_most: return is_one_kind && order <= 0;
        case Comparison::greater: return is_one_kind && order > 0;
        case Comparison::at_least: return is_one_kind && order >= 0;
        case Comparison::starts_with:
            return found.kind == 't' && found.text.starts_with(first.text);
        default: break;
    }
    if (value == nullptr || !value->is_array()) return false;
    return std::ranges::any_of(value->get_array(), [&](const boost::json::value& element) {
        return plain(&element) == first;
    });
}

bool plainly(const Filter& filter, const boost::json::value& root, const std::string& id,
             std::uint64_t version) {
    if (filter.kind == Filter::Kind::condition) {
        return plainly(filter.condition, root, id, version);
    }
    std::size_t count = 0;
    for (const auto& part : filter.parts) count += plainly(part, root, id, version) ? 1 : 0;
    if (filter.kind == Filter::Kind::negation) return count == 0;
    return filter.kind == Filter::Kind::all_of ? count == filter.parts.size() : count > 0;
}

RC_GTEST_PROP(FilterProperties, a_filter_says_what_its_words_say, ()) {
    const auto filter = *any_filter();
    const auto json = json_of_fields(*any_fields());
    const JsonDocument document{"d1", json, Position{2}};
    const bool expected = plainly(filter, boost::json::parse(json), "d1", 2);
    RC_CLASSIFY(expected);
    if (query::matches(filter, document.view()) != expected) {
        RC_FAIL(to_string(filter) + " of " + json);
    }
}

RC_GTEST_PROP(PagesProperties, put_together_are_the_whole, ()) {
    const auto documents = any_documents();
    DocumentQuery query{.collection = "t", .where = *any_filter(1), .sort = *any_sort()};
    const auto whole = answer(documents, query);
    RC_ASSERT(whole.next.empty());
    query.limit = *rc::gen::inRange<std::uint64_t>(1, 6);
    std::vector<Document> together;
    do {
        const auto page = answer(documents, query);
        RC_ASSERT(page.documents.size() <= query.limit);
        RC_ASSERT(page.documents.size() == query.limit || page.next.empty());
        together.insert(together.end(), page.documents.begin(), page.documents.end());
        query.after = page.next;
        RC_ASSERT(together.size() <= documents.size());
    } while (!query.after.empty());
    RC_ASSERT(together == whole.documents);
}

RC_GTEST_PROP(PagesProperties, by_offset_are_a_part_of_the_whole, ()) {
    const auto documents = any_documents();
    DocumentQuery query{.collection = "t", .where = *any_filter(1), .sort = *any_sort()};
    auto whole = answer(documents, query).documents;
    query.offset = *rc::gen::inRange<std::uint64_t>(0, 8);
    query.limit = *rc::gen::element<std::uint64_t>(0, 1, 3, DocumentQuery::no_limit);
    const auto page = answer(documents, query);
    const bool has_more =
        query.limit > 0 && whole.size() > query.offset && whole.size() - query.offset > query.limit;
    RC_ASSERT(page.next.empty() != has_more);
    whole.erase(whole.begin(),
                whole.begin() + static_cast<std::ptrdiff_t>(std::min(query.offset, whole.size())));
    whole.resize(std::min<std::size_t>(whole.size(), query.limit));
    RC_ASSERT(page.documents == whole);
}

RC_GTEST_PROP(PagesProperties, are_in_the_order_that_was_asked_for, ()) {
    const auto documents = any_documents();
    const DocumentQuery query{.collection = "t", .sort = *any_sort()};
    std::map<std::string, const JsonDocument*> by_id;
    for (const auto& document : documents) by_id[std::string{document.view().id}] = &document;
    const auto answered = answer(documents, query).documents;
    RC_ASSERT(answered.size() == documents.size());
    for (std::size_t i = 1; i < answered.size(); ++i) {
        const auto one = by_id.at(answered[i - 1].id)->view();
        const auto other = by_id.at(answered[i].id)->view();
        bool is_decided = false;
        for (const auto& key : query.sort) {
            const auto order =
                query::value_at(one, key.field) <=> query::value_at(other, key.field);
            if (order == 0) continue;
            RC_ASSERT((order < 0) != key.descending);
            is_decided = true;
            break;
        }
        RC_ASSERT(is_decided || one.id < other.id);
    }
}

RC_GTEST_PROP(GroupsProperties, do_not_depend_on_the_order_of_documents, ()) {
    auto documents = any_documents();
    const auto query = parse_document_query(
        "select count(), sum(b), avg(b), min(b), max(b), count(c.d) from t group by a");
    query::Scan scan{*query};
    for (const auto& document : documents) scan.add(document.view());
    const auto one = scan.finish();
    query::Scan backwards{*query};
    std::ranges::reverse(documents);
    for (const auto& document : documents) backwards.add(document.view());
    const auto other = backwards.finish();
    RC_ASSERT(one.has_value() == other.has_value());
    if (one) RC_ASSERT(one->documents == other->documents);
}

}  // namespace
}  // namespace mainstem
