// Answers to queries: documents in order and in pages, parts of them, groups.
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/query/query.hpp>

#include "support/json_document.hpp"

namespace mainstem {
namespace {

std::vector<JsonDocument> accounts() {
    std::vector<JsonDocument> documents;
    documents.emplace_back("cleo", R"({"city":"Rome","balance":50,"open":true,"tags":["a","b"]})",
                           Position{3});
    documents.emplace_back("ada", R"({"city":"London","balance":80.5,"open":true})", Position{1});
    documents.emplace_back("eve", R"({"balance":null,"address":{"zip":"1"}})", Position{5});
    documents.emplace_back("bob", R"({"city":"London","balance":50.0,"open":false})", Position{2});
    documents.emplace_back("dan", R"({"city":"Oslo","balance":"none"})", Position{4});
    return documents;
}

Result<query::Page> asked(std::string_view text, std::string after = {}) {
    auto query = parse_document_query(text);
    EXPECT_TRUE(query) << text << ": " << query.error();
    query->after = std::move(after);
    query::Scan scan{*query};
    const auto documents = accounts();
    for (const auto& document : documents) scan.add(document.view());
    return scan.finish();
}

std::string ids(const query::Page& page) {
    std::string text;
    for (const auto& document : page.documents) text += document.id + " ";
    return text;
}

std::string rows(std::string_view text) {
    const auto page = asked(text);
    if (!page) return page.error().message();
    std::string lines;
    for (const auto& document : page->documents) lines += document.json + "\n";
    return lines;
}

TEST(Scan, answers_whole_documents_in_the_order_of_ids) {
    const auto page = asked("from t where city = 'London'").value();
    ASSERT_EQ(ids(page), "ada bob ");
    EXPECT_EQ(page.documents[0].json, R"({"city":"London","balance":80.5,"open":true})");
    EXPECT_EQ(page.documents[0].version, Position{1});
    EXPECT_TRUE(page.next.empty());
}

TEST(Scan, sorts_null_before_numbers_before_texts) {
    EXPECT_EQ(ids(asked("from t order by balance").value()), "eve bob cleo ada dan ");
    EXPECT_EQ(ids(asked("from t order by balance desc").value()), "dan ada bob cleo eve ");
    EXPECT_EQ(ids(asked("from t order by city desc, balance desc").value()),
              "cleo dan ada bob eve ");
    EXPECT_EQ(ids(asked("from t order by _id desc limit 2").value()), "eve dan ");
    EXPECT_EQ(ids(asked("from t order by _version").value()), "ada bob cleo dan eve ");
}

TEST(Scan, goes_on_after_a_page) {
    const auto first = asked("from t order by balance desc limit 2").value();
    EXPECT_EQ(ids(first), "dan ada ");
    ASSERT_FALSE(first.next.empty());
    const auto second = asked("from t order by balance desc limit 2", first.next).value();
    EXPECT_EQ(ids(second), "bob cleo ");
    const auto last = asked("from t order by balance desc limit 2", second.next).value();
    EXPECT_EQ(ids(last), "eve ");
    EXPECT_TRUE(last.next.empty());
    EXPECT_TRUE(asked("from t limit 0").value().next.empty());
    EXPECT_TRUE(asked("from t limit 5").value().next.empty());
    EXPECT_EQ(ids(asked("from t limit 2 offset 3").value()), "dan eve ");
    EXPECT_EQ(ids(asked("from t limit 2 offset 9").value()), "");
}

TEST(Scan, refuses_marks_of_other_orders) {
    const auto mark = asked("from t order by balance limit 1").value().next;
    EXPECT_EQ(asked("from t order by balance desc limit 1", mark).error().message(),
              "after: the mark is of a page in the order by balance, the query's order is by "
              "balance desc; ask in the same order, or from the beginning");
    EXPECT_EQ(asked("from t", mark).error().message(),
              "after: the mark is of a page in the order by balance, the query's order is of ids; "
              "ask in the same order, or from the beginning");
    for (const std::string bad : {"x", "bWFyaw", "W10", "!!!", "W1tdLFtdLDFd", "WyIiLFsxXSwieCJd",
                                  "WyIiLFtdLDFd", "WyIiLFt0cnVlXSwieCJd"}) {
        const auto page = asked("from t", bad);
        ASSERT_FALSE(page) << bad;
        EXPECT_TRUE(page.error() == QueryError::invalid);
        EXPECT_EQ(page.error().message(),
                  "after: " + bad +
                      " is no mark of a page; take the one that an earlier answer ended with");
    }
}

TEST(Scan, keeps_marks_exact) {
    const DocumentQuery query{.collection = "t",
                              .sort = {{"a"}, {"b", true}, {"c"}, {"d"}, {"e"}, {"f"}}};
    const query::PageMark mark{
        .keys = {std::numeric_limits<std::int64_t>::max(), 0.1, {}, "it's \"ä\"\n", 0x1p63, -0.0},
        .id = "order 1/2"};
    const auto back = query::parse_mark(to_text(mark, query), query).value();
    EXPECT_EQ(back.keys, mark.keys);
    EXPECT_EQ(back.id, mark.id);
}

TEST(Scan, selects_fields_under_their_paths) {
    EXPECT_EQ(rows("select city, address.zip, tags, _version, balance from t where _id = 'cleo'"),
              R"({"city":"Rome","address.zip":null,"tags":["a","b"],"_version":3,"balance":50})"
              "\n");
    EXPECT_EQ(rows("select _id, address, balance, open from t where city != 'London' order by _id "
                   "desc"),
              R"({"_id":"eve","address":{"zip":"1"},"balance":null,"open":null})"
              "\n"
              R"({"_id":"dan","address":null,"balance":"none","open":null})"
              "\n"
              R"({"_id":"cleo","address":null,"balance":50,"open":true})"
              "\n");
    EXPECT_EQ(rows("select balance from t where _id = 'bob'"), "{\"balance\":50.0}\n");
    EXPECT_EQ(ids(asked("select city from t limit 1").value()), "ada ");
}

TEST(Scan, answers_groups) {
    EXPECT_EQ(
        rows("select city, count(), count(balance), sum(balance), avg(balance), min(balance), "
             "max(balance) as most from t group by city"),
        R"row({"city":null,"count()":1,"count(balance)":0,"sum(balance)":null,)row"
        R"row("avg(balance)":null,"min(balance)":null,"most":null})row"
        "\n"
        R"row({"city":"London","count()":2,"count(balance)":2,"sum(balance)":130.5,)row"
        R"row("avg(balance)":65.25,"min(balance)":50,"most":80.5})row"
        "\n"
        R"row({"city":"Oslo","count()":1,"count(balance)":1,"sum(balance)":null,)row"
        R"row("avg(balance)":null,"min(balance)":"none","most":"none"})row"
        "\n"
        R"row({"city":"Rome","count()":1,"count(balance)":1,"sum(balance)":50,)row"
        R"row("avg(balance)":50,"min(balance)":50,"most":50})row"
        "\n");
    EXPECT_EQ(rows("select count() as n from t group by city order by n desc, city desc limit 2 "
                   "offset 1"),
              "{\"city\":\"Rome\",\"n\":1}\n{\"city\":\"Oslo\",\"n\":1}\n");
    EXPECT_EQ(rows("select open from t group by open, city order by city, open limit 3"),
              "{\"open\":null}\n{\"open\":0}\n{\"open\":1}\n");
    EXPECT_EQ(rows("from t where balance >= 50 group by balance"),
              "{\"balance\":50}\n{\"balance\":80.5}\n");
    const auto page = asked("from t group by city limit 1").value();
    EXPECT_EQ(page.documents[0].id, "");
    EXPECT_EQ(page.documents[0].version, Position{0});
    EXPECT_TRUE(page.next.empty());
}

TEST(Scan, answers_one_group_of_all_documents_even_of_none) {
    EXPECT_EQ(rows("select count(), max(city) from t"), "{\"count()\":5,\"max(city)\":\"Rome\"}\n");
    EXPECT_EQ(rows("select count(), sum(balance), max(city) from t where false"),
              "{\"count()\":0,\"sum(balance)\":null,\"max(city)\":null}\n");
    EXPECT_EQ(rows("select count() from t where false group by city"), "");
    EXPECT_EQ(rows("select count() from t limit 0"), "");
}

std::string summed(const std::vector<std::string>& values, const std::string& column) {
    const auto query = parse_document_query("select " + column + " as x from t").value();
    query::Scan scan{query};
    for (const auto& value : values) {
        const JsonDocument document{"x", "{\"a\":" + value + "}"};
        scan.add(document.view());
    }
    const auto page = scan.finish();
    if (page) return page->documents.front().json;
    EXPECT_TRUE(page.error() == QueryError::too_large);
    return page.error().message();
}

TEST(Scan, sums_exactly) {
    EXPECT_EQ(summed({"9223372036854775807", "1", "-2"}, "sum(a)"), "{\"x\":9223372036854775806}");
    EXPECT_EQ(summed({"9223372036854775807", "1"}, "sum(a)"),
              "x: the sum is larger than a number can be; take avg(a), or fewer documents");
    EXPECT_EQ(summed({"-9223372036854775808", "-1"}, "sum(a)"),
              "x: the sum is larger than a number can be; take avg(a), or fewer documents");
    EXPECT_EQ(summed({"9223372036854775807", "9223372036854775807"}, "avg(a)"),
              "{\"x\":9223372036854775808}");
    EXPECT_EQ(summed({"9223372036854775807", "9223372036854775807", "0.5"}, "sum(a)"),
              "{\"x\":18446744073709551616}");
    EXPECT_EQ(summed({"0.1", "0.2", "0.3", "0.4"}, "sum(a)"), "{\"x\":1}");
    EXPECT_EQ(summed({"1e300", "1", "-1e300"}, "sum(a)"), "{\"x\":1}");
    EXPECT_EQ(summed({"1e308", "1e308", "-1e308"}, "sum(a)"), "{\"x\":1e+308}");
    EXPECT_EQ(summed({"1.7e308", "1.7e308"}, "sum(a)"),
              "x: the sum is larger than a number can be; take avg(a), or fewer documents");
    EXPECT_EQ(summed({"1.7e308", "1.7e308"}, "avg(a)"), "{\"x\":1.7e+308}");
    EXPECT_EQ(summed({"true", "true", "\"5\"", "null", "[1]"}, "sum(a)"), "{\"x\":2}");
    EXPECT_EQ(summed({"1", "2"}, "avg(a)"), "{\"x\":1.5}");
}

TEST(Row, is_a_json_object) {
    EXPECT_EQ(query::row_json({"a", "sum(b)"}, {"1", ""}), R"row({"a":1,"sum(b)":null})row");
    EXPECT_EQ(query::row_json({}, {}), "{}");
    EXPECT_EQ(query::json_of("it\"s\n"), R"("it\"s\n")");
    EXPECT_EQ(query::json_of({}), "null");
    EXPECT_EQ(query::json_of(1.0), "1");
    EXPECT_EQ(query::json_of(-0.0), "0");
    EXPECT_EQ(query::json_of(0x1p62), "4611686018427387904");
    EXPECT_EQ(query::json_of(0x1p63), "9223372036854775808");
    EXPECT_EQ(query::json_of(2.5), "2.5");
}

}  // namespace
}  // namespace mainstem
