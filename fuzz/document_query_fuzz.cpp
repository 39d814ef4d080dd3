// Any bytes as the text of a query over documents: what is taken obeys the rules, reads back the
// same when it is written again, and is answered over a few documents, page by page as in one.
// What is refused gets one line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/query/query.hpp>

#include "support/json_document.hpp"

namespace {

using namespace mainstem;

const std::vector<JsonDocument>& documents() {
    static const auto all = [] {
        std::vector<JsonDocument> made;
        for (const std::string json :
             {R"({"a":1,"b":"x","c":{"d":[1,"x",null]}})", R"({"a":1.0,"b":"y"})",
              R"({"a":9223372036854775807,"c":{"d":true}})", R"({"a":null,"b":-0.0,"c":"x"})",
              R"({"a":"x","b":[],"c":{}})", R"({})"}) {
            made.emplace_back("d" + std::to_string(made.size() * 5 % 6), json,
                              Position{made.size() + 1});
        }
        return made;
    }();
    return all;
}

Result<query::Page> answer(const DocumentQuery& query) {
    query::Scan scan{query};
    for (const auto& document : documents()) scan.add(document.view());
    return scan.finish();
}

void check_one_line(const Error& error) {
    const std::string& message = error.message();
    MAINSTEM_ASSERT(is_utf8(message) && !has_control(message), "a fault is told in one line");
}

void check_pages(DocumentQuery query, const std::vector<Document>& whole) {
    query.limit = 2;
    std::vector<Document> together;
    do {
        auto page = answer(query).value();
        for (auto& document : page.documents) together.push_back(std::move(document));
        MAINSTEM_ASSERT(together.size() <= whole.size(), "no document comes twice");
        query.after = std::move(page.next);
    } while (!query.after.empty());
    MAINSTEM_ASSERT(together == whole, "pages together are the whole");
}

void check_answer(DocumentQuery query) {
    const auto page = answer(query);
    if (!page) return check_one_line(page.error());
    MAINSTEM_ASSERT(page->documents.size() <= query.limit, "no more than was asked for");
    for (const auto& document : page->documents) JsonDocument{document.id, document.json};
    if (query.groups()) return;
    query.limit = DocumentQuery::no_limit;
    query.offset = 0;
    check_pages(query, answer(query).value().documents);
}

void check_query_text(std::string_view text) {
    const auto query = parse_document_query(text);
    if (!query) return check_one_line(query.error());
    MAINSTEM_ASSERT(check_query(*query).has_value(), "what was read obeys the rules");
    const std::string written = to_string(*query);
    MAINSTEM_ASSERT(is_utf8(written) || !is_utf8(text), "it is written as text");
    const auto again = parse_document_query(written);
    MAINSTEM_ASSERT(again.has_value(), "what is written is a query");
    MAINSTEM_ASSERT(*again == *query, "it reads back the same");
    MAINSTEM_ASSERT(to_string(*again) == written, "and is written the same");
    check_answer(*query);
}

void check_filter_text(std::string_view text) {
    const auto filter = parse_filter(text);
    if (!filter) return check_one_line(filter.error());
    MAINSTEM_ASSERT(check_filter(*filter).has_value(), "what was read obeys the rules");
    MAINSTEM_ASSERT(parse_filter(to_string(*filter)).value() == *filter, "it reads back the same");
    for (const auto& document : documents()) {
        MAINSTEM_ASSERT(
            query::matches(*filter, document.view()) != query::matches(!*filter, document.view()),
            "a filter or its opposite holds");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_query_text(text);
    check_filter_text(text);
    return 0;
}
