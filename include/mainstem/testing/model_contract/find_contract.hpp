// Reading: looking up, finding, pages, and what a plan says. That answers are right is proven at
// random (random_contract.hpp); here stand the errors and the ways.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class FindContract : public ModelStoreContract<Backend> {
protected:
    using Way = QueryPlan::Way;

    /// "p-0" to "p-99", each with its number `n` and one of ten cities.
    void fill() {
        Leader leader{this->model(), people({{"by_city", {"city"}, false, {}}})};
        std::vector<DocumentChange> changes;
        for (int i = 0; i < 100; ++i) {
            const auto number = std::to_string(i);
            changes.push_back(put("p-" + number, "{\"n\":" + number + R"(,"city":"c)" +
                                                     std::to_string(i % 10) + "\"}"));
        }
        leader.commit(changes).value();
    }
    Found find(std::string_view text) {
        return this->model().find(parse_document_query(text).value()).value();
    }
    QueryPlan explain(std::string_view text) {
        return this->model().explain(parse_document_query(text).value()).value();
    }
};
TYPED_TEST_SUITE_P(FindContract);

TYPED_TEST_P(FindContract, a_document_is_looked_up_by_its_id) {
    this->fill();
    EXPECT_EQ(this->model().get("people", "p-7", 0).value(),
              (Document{"p-7", Position{1}, R"({"n":7,"city":"c7"})"}));
    EXPECT_EQ(this->model().get("people", "p-7", 1).value()->json, R"({"n":7,"city":"c7"})");
    EXPECT_FALSE(this->model().get("people", "p-100", 0).value());
    EXPECT_FALSE(this->model().get("people", "", 0).value());
    EXPECT_EQ(code_of(this->model().get("cities", "p-7", 0)), "not_found");
    EXPECT_EQ(code_of(this->model().get("", "p-7", 0)), "not_found");
    EXPECT_EQ(code_of(this->model().get("people", "p-7", 2)), "not_found");
}

TYPED_TEST_P(FindContract, queries_that_cannot_be_answered_say_so) {
    this->fill();
    EXPECT_EQ(code_of(this->model().find({.collection = "cities"})), "not_found");
    EXPECT_EQ(code_of(this->model().explain({.collection = "cities"})), "not_found");
    std::vector<DocumentQuery> wrong(4, {.collection = "people"});
    wrong[0].where = Field{"a..b"} == 1;
    wrong[1].sort = {{.field = "no path"}};
    wrong[2].after = "no mark";
    wrong[3].aggregates = {{Aggregate::Function::sum, ""}};
    for (const auto& query : wrong) {
        const auto found = this->model().find(query);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error(), QueryError::invalid) << found.error();
        const auto plan = this->model().explain(query);
        ASSERT_FALSE(plan);
        EXPECT_EQ(plan.error(), QueryError::invalid) << plan.error();
    }
}

TYPED_TEST_P(FindContract, a_mark_of_another_order_is_refused) {
    this->fill();
    DocumentQuery query{.collection = "people", .sort = {{"n", true}}, .limit = 10};
    query.after = this->model().find(query).value().next;
    EXPECT_EQ(ids_of(this->model().find(query).value().documents).front(), "p-89");
    query.sort = {{"n", false}};
    const auto found = this->model().find(query);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), QueryError::invalid);
}

TYPED_TEST_P(FindContract, a_sum_that_does_not_fit_is_an_error) {
    Leader leader{this->model(), people()};
    leader.commit({put("a", R"({"n":9223372036854775807})"), put("b", R"({"n":1})")}).value();
    const auto found =
        this->model().find(parse_document_query("select sum(n) from people").value());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), QueryError::too_large) << found.error();
}

TYPED_TEST_P(FindContract, pages_stay_whole_while_documents_come_and_go) {
    Leader leader{this->model(), people()};
    leader
        .commit({put("b", R"({"n":2})"), put("c", R"({"n":3})"), put("d", R"({"n":4})"),
                 put("e", R"({"n":5})")})
        .value();
    DocumentQuery query{.collection = "people", .sort = {{"n", false}}, .limit = 2};
    query.after = this->model().find(query).value().next;
    leader.commit({put("a", R"({"n":1})"), removal("c"), put("d", R"({"n":3.5})"), removal("b")})
        .value();
    const auto page = this->model().find(query).value();
    EXPECT_EQ(ids_of(page.documents), (std::vector<std::string>{"d", "e"}));
    EXPECT_EQ(page.next, "");
}

TYPED_TEST_P(FindContract, rows_and_groups) {
    this->fill();
    const auto rows = this->find("select n, city, missing from people where n < 2");
    EXPECT_EQ(rows.documents, (std::vector<Document>{
                                  {"p-0", Position{1}, R"({"n":0,"city":"c0","missing":null})"},
                                  {"p-1", Position{1}, R"({"n":1,"city":"c1","missing":null})"}}));
    const auto groups = this->find(
        "select city, count() as many, sum(n) as total from people where n < 30 group by city "
        "order by total desc limit 2");
    EXPECT_EQ(groups.documents,
              (std::vector<Document>{{"", {}, R"({"city":"c9","many":3,"total":57})"},
                                     {"", {}, R"({"city":"c8","many":3,"total":54})"}}));
    EXPECT_EQ(groups.as_of, Position{1});
}

TYPED_TEST_P(FindContract, ids_are_looked_up) {
    this->fill();
    const auto one = this->explain("from people where _id = 'p-7'");
    EXPECT_EQ(one.way, QueryPlan::Way::key);
    EXPECT_EQ(one.found, 1U);
    EXPECT_LE(one.touched, 1U);
    const auto some = this->explain("from people where _id in ('p-1', 'p-2', 'none') and n > 1");
    EXPECT_EQ(some.way, QueryPlan::Way::key);
    EXPECT_EQ(some.found, 1U);
    EXPECT_LE(some.touched, 3U);
    EXPECT_EQ(
        ids_of(this->find("from people where n > 1 and _id in ('p-2', 'p-1', 'p-2')").documents),
        std::vector<std::string>{"p-2"});
    EXPECT_TRUE(this->find("from people where _id in ('none') or _id = 'x'").documents.empty());
}

TYPED_TEST_P(FindContract, plans_tell_what_ran) {
    this->fill();
    const auto all = this->explain("from people where other = 1");
    EXPECT_EQ(all.way, QueryPlan::Way::scan);
    EXPECT_EQ(all.touched, 100U);
    EXPECT_EQ(all.found, 0U);
    EXPECT_EQ(all.index, "");
    EXPECT_FALSE(all.sorted);
    EXPECT_TRUE(this->explain("from people order by other").sorted);

    const auto city = this->explain("from people where city = 'c3'");
    EXPECT_EQ(city.found, 10U);
    if (city.way == QueryPlan::Way::index) {
        EXPECT_EQ(city.index, "by_city");
        EXPECT_LT(city.touched, 100U);
    } else {
        EXPECT_EQ(city.way, QueryPlan::Way::scan) << "a backend may have no indexes";
    }
}

REGISTER_TYPED_TEST_SUITE_P(FindContract, a_document_is_looked_up_by_its_id,
                            queries_that_cannot_be_answered_say_so,
                            a_mark_of_another_order_is_refused, a_sum_that_does_not_fit_is_an_error,
                            pages_stay_whole_while_documents_come_and_go, rows_and_groups,
                            ids_are_looked_up, plans_tell_what_ran);

}  // namespace mainstem::testing::model_contract
