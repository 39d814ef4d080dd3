// Declaring: how projections and their collections become known, and what a new declaration of the
// same version changes.
#pragma once

#include <string>
#include <vector>

#include <mainstem/core/limits.hpp>
#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class DeclareContract : public ModelStoreContract<Backend> {
protected:
    /// Fails unless there is one build, as a first declaration makes it.
    void expect_fresh(const ProjectionRecord& record, const ProjectionDeclaration& declared) {
        EXPECT_EQ(record.declaration, declared);
        EXPECT_EQ(record.generation, 1U);
        EXPECT_TRUE(record.serving);
        EXPECT_EQ(record.position, Position{});
        EXPECT_EQ(record.epoch, 0U);
        EXPECT_EQ(record.wish, ProjectionWish::run);
        EXPECT_EQ(record.failure, "");
        EXPECT_EQ(record.dead_letters, 0U);
    }

    void declare_and_write(const ProjectionDeclaration& declaration) {
        Leader leader{this->model(), declaration};
        leader
            .commit({put("ada", R"({"city":"Paris","n":1})"), put("bob", R"({"city":"Rome"})"),
                     put("eve", R"({"city":"Paris","n":2})")})
            .value();
    }
};
TYPED_TEST_SUITE_P(DeclareContract);

TYPED_TEST_P(DeclareContract, an_empty_model_has_nothing) {
    EXPECT_TRUE(this->model().projections().value().empty());
    EXPECT_TRUE(this->model().collections().value().empty());
    EXPECT_EQ(code_of(this->model().get("people", "ada", 0)), "not_found");
    EXPECT_EQ(code_of(this->model().find({.collection = "people"})), "not_found");
    EXPECT_EQ(code_of(this->model().explain({.collection = "people"})), "not_found");
    EXPECT_EQ(code_of(this->model().try_lead("people")), "not_found");
    EXPECT_EQ(code_of(this->model().begin_build(people(), 1)), "not_found");
    EXPECT_EQ(code_of(this->model().finish_build("people", 1, 1)), "not_found");
    EXPECT_EQ(code_of(this->model().drop_build("people", 1, 1)), "not_found");
    EXPECT_EQ(code_of(this->model().wish("people", ProjectionWish::pause)), "not_found");
    EXPECT_EQ(code_of(this->model().set_failure("people", 1, "why")), "not_found");
    EXPECT_EQ(code_of(this->model().dead_letters("people", {}, 10)), "not_found");
    EXPECT_EQ(code_of(this->model().commit({.projection = "people", .generation = 1})),
              "not_found");
}

TYPED_TEST_P(DeclareContract, a_declared_projection_is_there_and_empty) {
    const ProjectionDeclaration declared{
        .name = "bank",
        .version = 7,
        .collections = {{.name = "owners", .indexes = {}, .fields = {"name", "address.city"}},
                        {.name = "accounts",
                         .indexes = {{"by_owner", {"owner", "opened"}, false, {}},
                                     unique("by_iban", {"iban"}, Field{"open"} == true)}}},
        .definition = "filter = \"type:Opened\"\n# \"quotes\", 'and' \\ more: é"};
    this->expect_fresh(this->model().declare(declared).value(), declared);
    const auto records = this->model().projections().value();
    ASSERT_EQ(records.size(), 1U);
    this->expect_fresh(records[0], declared);

    const auto infos = this->model().collections().value();
    ASSERT_EQ(infos.size(), 2U);
    EXPECT_EQ(infos[0].collection, declared.collections[1]) << "by name";
    EXPECT_EQ(infos[1].collection, declared.collections[0]);
    for (const auto& info : infos) {
        EXPECT_EQ(info.projection, "bank");
        EXPECT_EQ(info.documents, 0U);
        EXPECT_EQ(info.position, Position{});
    }
    const auto found = this->model().find({.collection = "owners"}).value();
    EXPECT_TRUE(found.documents.empty());
    EXPECT_EQ(found.next, "");
    EXPECT_EQ(found.as_of, Position{});
    EXPECT_FALSE(this->model().get("accounts", "a", 0).value());
}

TYPED_TEST_P(DeclareContract, declaring_again_changes_nothing) {
    this->declare_and_write(people());
    const auto before = serving(this->model());
    const auto documents = documents_of(this->model());
    const auto again = this->model().declare(people()).value();
    EXPECT_EQ(again.declaration, people());
    EXPECT_EQ(again.generation, before.generation);
    EXPECT_EQ(again.position, Position{1});
    EXPECT_EQ(again.epoch, before.epoch);
    EXPECT_EQ(documents_of(this->model()), documents);
}

TYPED_TEST_P(DeclareContract, a_projection_may_have_no_collections) {
    const ProjectionDeclaration mails{.name = "mails"};
    Leader leader{this->model(), mails};
    EXPECT_TRUE(leader.commit(leader.next()));
    EXPECT_EQ(serving(this->model(), "mails").position, Position{1});
    EXPECT_TRUE(this->model().collections().value().empty());
}

TYPED_TEST_P(DeclareContract, another_version_changes_nothing) {
    this->declare_and_write(people());
    const auto answer = this->model().declare(people({unique("by_city", {"city"})}, 2)).value();
    EXPECT_EQ(answer.declaration, people());
    EXPECT_EQ(answer.position, Position{1});
    EXPECT_EQ(this->model().projections().value().size(), 1U);
}

TYPED_TEST_P(DeclareContract, indexes_come_and_go_and_documents_stay) {
    this->declare_and_write(people());
    const auto documents = documents_of(this->model());
    const std::vector<std::vector<Index>> steps{
        {{"by_city", {"city"}, false, {}}},
        {{"by_city", {"city", "n"}, true, {}}, {"by_n", {"n"}, true, {}}},
        {{"by_n", {"n"}, false, Field{"n"} > 1}},
        {}};
    for (const auto& indexes : steps) {
        const auto record = this->model().declare(people(indexes)).value();
        EXPECT_EQ(record.declaration, people(indexes));
        EXPECT_EQ(record.generation, 1U);
        EXPECT_EQ(record.position, Position{1});
        EXPECT_EQ(serving(this->model()).declaration, people(indexes));
        EXPECT_EQ(documents_of(this->model()), documents);
        const auto paris = this->model().find({"people", Field{"city"} == "Paris"}).value();
        EXPECT_EQ(ids_of(paris.documents), (std::vector<std::string>{"ada", "eve"}));
    }
}

TYPED_TEST_P(DeclareContract, a_new_unique_index_holds_for_what_is_there) {
    this->declare_and_write(people({{"by_n", {"n"}, false, {}}}));
    const auto refused =
        this->model().declare(people({unique("by_n", {"n"}), unique("by_city", {"city"})}));
    EXPECT_EQ(code_of(refused), "not_unique");
    EXPECT_EQ(serving(this->model()).declaration, people({{"by_n", {"n"}, false, {}}}));
    {
        Leader leader{this->model(), people({{"by_n", {"n"}, false, {}}})};
        EXPECT_TRUE(leader.commit({put("new", R"({"n":1})")})) << "the index is as it was";
        EXPECT_TRUE(leader.commit({removal("new")}));
    }
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    EXPECT_EQ(code_of(leader.commit({put("new", R"({"n":1})")})), "not_unique");
}

TYPED_TEST_P(DeclareContract, fields_and_the_definition_may_change) {
    this->declare_and_write(people());
    auto declared = people();
    declared.definition = "made of this text";
    declared.collections[0].fields = {"city", "address.street"};
    EXPECT_EQ(this->model().declare(declared).value().declaration, declared);
    this->reopen();
    EXPECT_EQ(serving(this->model()).declaration, declared);
    EXPECT_EQ(documents_of(this->model()).size(), 3U);
    declared.definition = "";
    declared.collections[0].fields = {"address.street", "n"};
    EXPECT_EQ(this->model().declare(declared).value().declaration, declared);
    EXPECT_EQ(serving(this->model()).declaration, declared);
}

TYPED_TEST_P(DeclareContract, collections_need_a_new_version) {
    auto more = people();
    more.collections.push_back({"animals"});
    ASSERT_TRUE(this->model().declare(people()));
    EXPECT_TRUE(this->model().declare(more)) << "before the first event";
    EXPECT_EQ(this->model().collections().value().size(), 2U);

    this->declare_and_write(more);
    EXPECT_EQ(code_of(this->model().declare(people())), "invalid") << "one is gone";
    auto even_more = more;
    even_more.collections.push_back({"plants"});
    EXPECT_EQ(code_of(this->model().declare(even_more)), "invalid") << "one more";
    EXPECT_EQ(serving(this->model()).declaration, more);
    EXPECT_EQ(this->model().collections().value().size(), 2U);
    EXPECT_EQ(documents_of(this->model()).size(), 3U);
}

TYPED_TEST_P(DeclareContract, a_collection_has_one_owner) {
    ASSERT_TRUE(this->model().declare(people()));
    ProjectionDeclaration other{.name = "others", .collections = {{"mine"}, {"people"}}};
    EXPECT_EQ(code_of(this->model().declare(other)), "taken");
    EXPECT_EQ(this->model().projections().value().size(), 1U);
    EXPECT_EQ(this->model().collections().value().size(), 1U);
    other.collections = {{"mine"}, {"PEOPLE"}};
    EXPECT_EQ(code_of(this->model().declare(other)), "taken") << "not told apart by databases";
    other.collections = {{"mine"}};
    ASSERT_TRUE(this->model().declare(other));
    other.collections = {{"mine"}, {"people"}};
    EXPECT_EQ(code_of(this->model().declare(other)), "taken");
    EXPECT_EQ(this->model().collections().value().size(), 2U);
    EXPECT_EQ(code_of(this->model().get("PEOPLE", "ada", 0)), "not_found");
}

TYPED_TEST_P(DeclareContract, what_breaks_a_rule_is_refused) {
    const auto refused = [&](ProjectionDeclaration declaration) {
        EXPECT_EQ(code_of(this->model().declare(declaration)), "invalid");
        EXPECT_TRUE(this->model().projections().value().empty());
    };
    refused({.name = ""});
    refused({.name = "two words"});
    refused({.name = "sqlite_people"});
    refused({.name = "p", .collections = {{"mainstem_x"}}});
    refused({.name = "p", .collections = {{"Doc_x"}}});
    refused({.name = "p", .collections = {{"x"}, {"X"}}});
    refused({.name = "p", .collections = {{"x", {{"i", {}, false, {}}}}}});
    refused({.name = "p", .collections = {{"x", {unique("i", {"a"}), unique("i", {"b"})}}}});
    refused({.name = "p", .collections = {{"x", {unique("i", {"a", "a"})}}}});
    refused({.name = "p", .collections = {{"x", {unique("i", {"a..b"})}}}});
    refused({.name = "p", .collections = {{"x", {unique("i", {"a"}, Field{"b"}.contains(1))}}}});
    refused({.name = "p", .collections = {{"x", {}, {"_id"}}}});
    refused(
        {.name = "p", .definition = std::string(std::size_t{limits::definition_bytes} + 1, 'x')});
}

TYPED_TEST_P(DeclareContract, names_of_fields_differ_in_capital_letters) {
    const auto declared = people({unique("by_name", {"Name"}),
                                  unique("by-name", {"name"}),
                                  {"both", {"Name", "name"}, false, {}}});
    Leader leader{this->model(), declared};
    EXPECT_TRUE(
        leader.commit({put("a", R"({"Name":1,"name":2})"), put("b", R"({"Name":2,"name":1})")}));
    EXPECT_EQ(code_of(leader.commit({put("c", R"({"name":2})")})), "not_unique");
    const auto found = this->model().find({"people", Field{"Name"} == 1}).value();
    EXPECT_EQ(ids_of(found.documents), (std::vector<std::string>{"a"}));
}

TYPED_TEST_P(DeclareContract, as_many_indexes_and_fields_as_there_may_be) {
    std::vector<Index> indexes;
    for (std::size_t i = 0; i < limits::indexes_per_collection; ++i) {
        Index index{"index-" + std::to_string(i), {}, i % 2 == 0, {}};
        for (std::size_t j = 0; j < limits::fields_per_index; ++j) {
            index.fields.push_back("f" + std::to_string(i) + ".g" + std::to_string(j));
        }
        indexes.push_back(std::move(index));
    }
    auto declared = people(indexes);
    for (std::size_t i = 0; i < limits::fields_per_collection; ++i) {
        declared.collections[0].fields.push_back("field-" + std::to_string(i));
    }
    Leader leader{this->model(), declared};
    EXPECT_TRUE(leader.commit({put("a", R"({"f0":{"g0":1}})")}));
    EXPECT_EQ(serving(this->model()).declaration, declared);
}

TYPED_TEST_P(DeclareContract, everything_survives_closing_and_opening) {
    this->declare_and_write(people({unique("by_n", {"n"})}));
    {
        Leader leader{this->model(), people({unique("by_n", {"n"})})};
        auto commit = leader.next();
        commit.set_aside = {{Position{2}, "why\nnot", Timestamp{std::chrono::microseconds{5}}}};
        leader.commit(commit).value();
        this->model().wish("people", ProjectionWish::pause).value();
        this->model().set_failure("people", 1, "it is \"broken\"").value();
    }
    const auto before = serving(this->model());
    const auto documents = documents_of(this->model());
    const auto letters = this->model().dead_letters("people", {}, 10).value();
    this->reopen();
    const auto after = serving(this->model());
    EXPECT_EQ(after.declaration, before.declaration);
    EXPECT_EQ(after.generation, before.generation);
    EXPECT_EQ(after.position, Position{2});
    EXPECT_EQ(after.epoch, before.epoch);
    EXPECT_EQ(after.wish, ProjectionWish::pause);
    EXPECT_EQ(after.failure, "it is \"broken\"");
    EXPECT_EQ(after.dead_letters, 1U);
    EXPECT_EQ(documents_of(this->model()), documents);
    EXPECT_EQ(this->model().dead_letters("people", {}, 10).value(), letters);
    Leader leader{this->model(), people({unique("by_n", {"n"})})};
    EXPECT_GT(leader.epoch(), before.epoch);
    EXPECT_EQ(code_of(leader.commit({put("new", R"({"n":1})")})), "not_unique");
}

REGISTER_TYPED_TEST_SUITE_P(DeclareContract, an_empty_model_has_nothing,
                            a_declared_projection_is_there_and_empty,
                            declaring_again_changes_nothing, a_projection_may_have_no_collections,
                            another_version_changes_nothing, indexes_come_and_go_and_documents_stay,
                            a_new_unique_index_holds_for_what_is_there,
                            fields_and_the_definition_may_change, collections_need_a_new_version,
                            a_collection_has_one_owner, what_breaks_a_rule_is_refused,
                            names_of_fields_differ_in_capital_letters,
                            as_many_indexes_and_fields_as_there_may_be,
                            everything_survives_closing_and_opening);

}  // namespace mainstem::testing::model_contract
