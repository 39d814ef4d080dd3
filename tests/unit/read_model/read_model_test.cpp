// The handle: typed documents, and queries as text.
#include <gtest/gtest.h>

#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/read_model/read_model.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem {
namespace {

using testing::model_contract::Leader;
using testing::model_contract::people;
using testing::model_contract::put;

struct Person {
    static constexpr std::string_view collection = "people";
    std::string name;
    std::int64_t age = 0;
};

struct Stranger {
    static constexpr std::string_view collection = "strangers";
    std::string name;
};

class ReadModelTest : public ::testing::Test {
protected:
    ReadModelTest() {
        leader.commit({put("ada", R"({"name":"Ada","age":36})"), put("bob", R"({"name":"Bob"})")})
            .value();
    }

    ReadModel model{open_memory_model()};
    Leader leader{*model.store(), people()};
};

TEST_F(ReadModelTest, documents_are_looked_up) {
    EXPECT_EQ(model.get("people", "ada").value()->json, R"({"name":"Ada","age":36})");
    EXPECT_FALSE(model.get("people", "eve").value());
    EXPECT_EQ(model.get("strangers", "ada").error(), ReadModelError::not_found);
}

TEST_F(ReadModelTest, typed_documents_are_structs) {
    const auto ada = model.get<Person>("ada").value();
    ASSERT_TRUE(ada);
    EXPECT_EQ(ada->id, "ada");
    EXPECT_EQ(ada->version, Position{1});
    EXPECT_EQ((*ada)->name, "Ada");
    EXPECT_EQ((*ada)->age, 36);
    EXPECT_FALSE(model.get<Person>("eve").value());
    EXPECT_EQ(model.get<Stranger>("ada").error(), ReadModelError::not_found);
}

TEST_F(ReadModelTest, a_document_of_another_form_is_an_error) {
    const auto bob = model.get<Person>("bob");
    ASSERT_FALSE(bob);
    EXPECT_EQ(bob.error(), ReadModelError::invalid);
    EXPECT_TRUE(bob.error().message().starts_with(
        "document bob of people is not of this type: field \"age\": "))
        << bob.error();
}

TEST_F(ReadModelTest, queries_are_texts_or_values) {
    const auto found = model.find("from people where age > 30").value();
    ASSERT_EQ(found.documents.size(), 1U);
    EXPECT_EQ(found.documents[0].id, "ada");
    EXPECT_EQ(model.find({"people", Field{"age"} > 30}).value().documents, found.documents);
    EXPECT_EQ(model.find("from nowhere at all").error(), QueryError::invalid);
    EXPECT_EQ(model.find("from nowhere").error(), ReadModelError::not_found);
}

TEST_F(ReadModelTest, typed_queries_have_typed_answers) {
    std::vector<std::string> names;
    const Query<Person> old{.where = field<&Person::age> > 30};
    for (const auto& person : model.find(old).value()) {
        names.push_back(person.id + ' ' + person->name);
        EXPECT_EQ(person.version, Position{1});
    }
    EXPECT_EQ(names, std::vector<std::string>{"ada Ada"});
    EXPECT_EQ(model.find(old).value().as_of, Position{1});
    EXPECT_EQ(model.explain(old).value().found, 1U);
    // One that is not of the type is no shorter list.
    EXPECT_EQ(model.find(Query<Person>{}).error(), ReadModelError::invalid);
}

struct AgeCount {
    std::int64_t age = 0;
    std::uint64_t people = 0;
    std::optional<double> mean;
};
struct Named {
    std::string name;
};

TEST_F(ReadModelTest, rows_of_groups_and_of_selected_fields_are_structs) {
    leader
        .commit({put("cyd", R"({"name":"Cyd","age":36})"), put("dan", R"({"name":"Dan","age":7})")})
        .value();
    const GroupQuery<Person> query{
        .where = field<&Person::age>.exists(),
        .group_by = paths(field<&Person::age>),
        .aggregates = {count_documents("people"), avg_of(field<&Person::age>, "mean")},
        .sort = {descending(Field{"people"})}};
    const auto ages = model.rows<AgeCount>(query).value();
    ASSERT_EQ(ages.size(), 2U);
    EXPECT_EQ(ages[0].age, 36);
    EXPECT_EQ(ages[0].people, 2U);
    EXPECT_EQ(ages[0].mean, 36.0);
    EXPECT_EQ(ages[1].people, 1U);
    const auto names =
        model.rows<Named>({.collection = "people", .select = paths(field<&Person::name>)});
    ASSERT_EQ(names.value().size(), 4U);
    EXPECT_EQ(names.value()[3].name, "Dan");
    const auto wrong = model.rows<AgeCount>({.collection = "people"});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error(), ReadModelError::invalid);
}

TEST_F(ReadModelTest, a_copy_is_the_same_model) {
    const auto copy = model;
    EXPECT_EQ(copy.collections().value().size(), 1U);
    EXPECT_EQ(copy.projections().value().size(), 1U);
    EXPECT_EQ(copy.explain({"people", Field{"_id"} == "ada"}).value().way, QueryPlan::Way::key);
}

}  // namespace
}  // namespace mainstem
