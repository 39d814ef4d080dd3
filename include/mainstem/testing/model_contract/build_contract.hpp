// Builds beside the one that serves: nobody sees them until they take its place.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class BuildContract : public ModelStoreContract<Backend> {
protected:
    /// A first version with ada and bob at position 2.
    Leader first_version() {
        Leader leader{this->model(), people()};
        leader.commit({put("ada", R"({"v":1})")}).value();
        leader.commit({put("bob", R"({"v":1})")}).value();
        return leader;
    }
    ProjectionRecord begin(const Leader& leader, const ProjectionDeclaration& declaration) {
        return this->model().begin_build(declaration, leader.epoch()).value();
    }
    Result<void> finish(const Leader& leader, const ProjectionRecord& build) {
        return this->model().finish_build("people", build.generation, leader.epoch());
    }
    std::vector<std::string> ids() { return ids_of(documents_of(this->model())); }
};
TYPED_TEST_SUITE_P(BuildContract);

using Ids = std::vector<std::string>;

TYPED_TEST_P(BuildContract, a_build_begins_empty_beside_the_one_that_serves) {
    const auto leader = this->first_version();
    const auto declared = people({unique("by_v", {"v"})}, 2);
    const auto build = this->begin(leader, declared);
    EXPECT_EQ(build.declaration, declared);
    EXPECT_EQ(build.generation, 2U);
    EXPECT_FALSE(build.serving);
    EXPECT_EQ(build.position, Position{});
    EXPECT_EQ(build.dead_letters, 0U);
    const auto records = this->model().projections().value();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].declaration, people());
    EXPECT_EQ(records[0].generation, 1U);
    EXPECT_TRUE(records[0].serving);
    EXPECT_EQ(records[0].position, Position{2});
    EXPECT_EQ(records[1].declaration, declared);
    EXPECT_EQ(records[1].generation, 2U);
    EXPECT_FALSE(records[1].serving);
    EXPECT_EQ(this->ids(), (Ids{"ada", "bob"}));
    EXPECT_EQ(this->model().collections().value().size(), 1U);
}

TYPED_TEST_P(BuildContract, both_are_written_and_one_is_seen) {
    auto leader = this->first_version();
    Leader& old = leader;
    const auto build = this->begin(leader, people({}, 2));
    auto commit = old.next({put("ada", R"({"v":2})")});
    commit.generation = build.generation;
    commit.from = Position{};
    commit.to = Position{1};
    commit.changes[0].document.version = Position{1};
    ASSERT_TRUE(this->model().commit(commit));
    EXPECT_EQ(this->model().get("people", "ada", 0).value()->json, R"({"v":1})");
    EXPECT_EQ(this->model().get("people", "ada", 1).value()->json, R"({"v":1})");
    EXPECT_EQ(this->model().get("people", "ada", 2).value()->json, R"({"v":2})");
    EXPECT_TRUE(this->model().get("people", "bob", 1).value());
    EXPECT_FALSE(this->model().get("people", "bob", 2).value());
    EXPECT_EQ(code_of(this->model().get("people", "ada", 3)), "not_found");

    ASSERT_TRUE(old.commit({put("eve", R"({"v":1})")})) << "the one that serves goes on";
    EXPECT_EQ(this->ids(), (Ids{"ada", "bob", "eve"}));
    EXPECT_EQ(this->model().find({.collection = "people"}).value().as_of, Position{3});
    EXPECT_EQ(this->model().collections().value().at(0).documents, 3U);
    const auto records = this->model().projections().value();
    EXPECT_EQ(records.at(0).position, Position{3});
    EXPECT_EQ(records.at(1).position, Position{1});
}

TYPED_TEST_P(BuildContract, a_finished_build_takes_the_place) {
    auto leader = this->first_version();
    const auto declared = people({unique("by_v", {"v"})}, 2);
    const auto build = this->begin(leader, declared);
    leader.goes_on_with(build);
    leader.commit({put("eve", R"({"v":2})")}).value();
    ASSERT_TRUE(this->finish(leader, build));
    EXPECT_EQ(documents_of(this->model()),
              (std::vector<Document>{{"eve", Position{1}, R"({"v":2})"}}));
    EXPECT_EQ(this->model().find({.collection = "people"}).value().as_of, Position{1});
    const auto records = this->model().projections().value();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].declaration, declared);
    EXPECT_EQ(records[0].generation, build.generation);
    EXPECT_TRUE(records[0].serving);
    EXPECT_EQ(records[0].epoch, leader.epoch());
    EXPECT_EQ(code_of(this->model().get("people", "ada", 1)), "not_found") << "dropped";
    EXPECT_EQ(this->model().collections().value().at(0).collection, declared.collections[0]);

    EXPECT_TRUE(leader.commit({put("dan", R"({"v":3})")})) << "under the same lead";
    EXPECT_EQ(code_of(leader.commit({put("fay", R"({"v":3})")})), "not_unique");
    EXPECT_EQ(this->model().declare(declared).value().position, Position{2});
    EXPECT_EQ(this->model().declare(people()).value().declaration, declared);
    EXPECT_EQ(code_of(this->finish(leader, build)), "fenced") << "not under way any more";
    EXPECT_EQ(code_of(this->model().drop_build("people", build.generation, leader.epoch())),
              "fenced");
}

TYPED_TEST_P(BuildContract, what_was_written_to_the_former_build_is_fenced) {
    auto leader = this->first_version();
    const auto late = leader.next({put("late")});
    ASSERT_TRUE(this->finish(leader, this->begin(leader, people({}, 2))));
    EXPECT_EQ(code_of(this->model().commit(late)), "fenced");
    EXPECT_TRUE(this->ids().empty());
}

TYPED_TEST_P(BuildContract, a_build_goes_on_where_it_was) {
    const auto declared = people({{"by_v", {"v"}, false, {}}}, 2);
    {
        auto leader = this->first_version();
        const auto build = this->begin(leader, declared);
        leader.goes_on_with(build);
        leader.commit({put("eve", R"({"v":2})")}).value();
        const auto same = this->begin(leader, declared);
        EXPECT_EQ(same.generation, build.generation);
        EXPECT_EQ(same.position, Position{1});
    }
    this->reopen();
    Leader leader{this->model(), people()};
    const auto build = this->begin(leader, declared);
    EXPECT_EQ(build.position, Position{1});
    EXPECT_EQ(build.declaration, declared);
    EXPECT_TRUE(this->model().get("people", "eve", build.generation).value());
    leader.goes_on_with(build);
    leader.commit({put("dan", R"({"v":2})")}).value();
    ASSERT_TRUE(this->finish(leader, build));
    EXPECT_EQ(this->ids(), (Ids{"dan", "eve"}));
    EXPECT_EQ(serving(this->model()).position, Position{2});
}

TYPED_TEST_P(BuildContract, one_of_another_declaration_is_dropped) {
    auto leader = this->first_version();
    auto last = this->begin(leader, people({}, 2));
    const auto begins_anew = [&](const ProjectionDeclaration& declared) {
        leader.goes_on_with(last);
        leader.commit({put("eve")}).value();
        const auto build = this->begin(leader, declared);
        EXPECT_EQ(build.declaration, declared);
        EXPECT_GT(build.generation, last.generation);
        EXPECT_EQ(build.position, Position{});
        EXPECT_FALSE(this->model().get("people", "eve", build.generation).value());
        EXPECT_EQ(code_of(this->model().get("people", "eve", last.generation)), "not_found");
        EXPECT_EQ(code_of(leader.commit({put("late")})), "fenced");
        EXPECT_EQ(this->model().projections().value().size(), 2U);
        last = build;
    };
    begins_anew(people({}, 3));
    begins_anew(people({unique("by_v", {"v"})}, 3));
    begins_anew(people({unique("by_v", {"v"}, Field{"v"} > 1)}, 3));
    auto declared = people({}, 3);
    declared.definition = "of text";
    begins_anew(declared);
    begins_anew(people());  // the version that serves, once more from the start
    EXPECT_EQ(this->ids(), (Ids{"ada", "bob"}));
}

TYPED_TEST_P(BuildContract, a_dropped_build_leaves_nothing) {
    auto leader = this->first_version();
    const auto build = this->begin(leader, people({}, 2));
    ASSERT_TRUE(this->model().drop_build("people", build.generation, leader.epoch()));
    EXPECT_EQ(this->model().projections().value().size(), 1U);
    EXPECT_EQ(code_of(this->model().get("people", "ada", build.generation)), "not_found");
    EXPECT_EQ(code_of(this->finish(leader, build)), "fenced");
    EXPECT_EQ(code_of(this->model().drop_build("people", build.generation, leader.epoch())),
              "fenced");
    EXPECT_EQ(code_of(this->model().drop_build("people", 1, leader.epoch())), "fenced")
        << "the one that serves is not under way";
    EXPECT_TRUE(leader.commit({put("eve")}));
    EXPECT_GT(this->begin(leader, people({}, 2)).generation, build.generation);
}

TYPED_TEST_P(BuildContract, collections_come_and_go_with_a_version) {
    auto leader = this->first_version();
    ProjectionDeclaration declared{
        .name = "people", .version = 2, .collections = {{"adults"}, {"children"}}};
    const auto build = this->begin(leader, declared);
    leader.goes_on_with(build);
    EXPECT_EQ(code_of(leader.commit({put("eve")})), "not_found") << "not one of this build";
    leader.commit({{"adults", {.id = "eve", .json = "{}"}}}).value();
    EXPECT_EQ(code_of(this->model().get("adults", "eve", 0)), "not_found");
    EXPECT_EQ(code_of(this->model().find({.collection = "adults"})), "not_found");
    EXPECT_TRUE(this->model().get("adults", "eve", build.generation).value());

    const ProjectionDeclaration others{.name = "others", .collections = {{"adults"}}};
    EXPECT_EQ(code_of(this->model().declare(others)), "taken") << "by what is under way";
    ASSERT_TRUE(this->finish(leader, build));
    EXPECT_EQ(code_of(this->model().find({.collection = "people"})), "not_found");
    EXPECT_EQ(ids_of(documents_of(this->model(), "adults")), Ids{"eve"});
    EXPECT_TRUE(documents_of(this->model(), "children").empty());
    EXPECT_EQ(this->model().collections().value().size(), 2U);
    EXPECT_TRUE(this->model().declare({.name = "others", .collections = {{"people"}}}))
        << "the name is free";
    EXPECT_TRUE(this->ids().empty());
}

TYPED_TEST_P(BuildContract, a_build_takes_no_collection_of_another_projection) {
    auto leader = this->first_version();
    ASSERT_TRUE(this->model().declare({.name = "others", .collections = {{"animals"}}}));
    const auto build = this->begin(leader, people({}, 2));
    const ProjectionDeclaration declared{
        .name = "people", .version = 3, .collections = {{"people"}, {"animals"}}};
    EXPECT_EQ(code_of(this->model().begin_build(declared, leader.epoch())), "taken");
    EXPECT_EQ(code_of(this->model().begin_build({.name = "people", .collections = {{"two words"}}},
                                                leader.epoch())),
              "invalid");
    const auto records = this->model().projections().value();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].declaration.name, "others");
    EXPECT_EQ(records[2].generation, build.generation) << "the one under way stays";
}

TYPED_TEST_P(BuildContract, unique_indexes_of_builds_are_apart) {
    Leader leader{this->model(), people({unique("by_v", {"v"})})};
    leader.commit({put("ada", R"({"v":1})")}).value();
    leader.goes_on_with(this->begin(leader, people({unique("by_v", {"v"})}, 2)));
    EXPECT_TRUE(leader.commit({put("bob", R"({"v":1})")}));
    EXPECT_EQ(code_of(leader.commit({put("eve", R"({"v":1})")})), "not_unique");
    EXPECT_EQ(this->ids(), Ids{"ada"});
}

TYPED_TEST_P(BuildContract, many_builds_one_after_another) {
    auto leader = this->first_version();
    for (std::uint32_t version = 2; version < 12; ++version) {
        const auto build = this->begin(leader, people({unique("by_v", {"v"})}, version));
        leader.goes_on_with(build);
        leader.commit({put("of " + std::to_string(version), R"({"v":1})")}).value();
        ASSERT_TRUE(this->finish(leader, build));
        EXPECT_EQ(this->ids(), Ids{"of " + std::to_string(version)});
    }
    EXPECT_EQ(this->model().projections().value().size(), 1U);
}

REGISTER_TYPED_TEST_SUITE_P(BuildContract, a_build_begins_empty_beside_the_one_that_serves,
                            both_are_written_and_one_is_seen, a_finished_build_takes_the_place,
                            what_was_written_to_the_former_build_is_fenced,
                            a_build_goes_on_where_it_was, one_of_another_declaration_is_dropped,
                            a_dropped_build_leaves_nothing, collections_come_and_go_with_a_version,
                            a_build_takes_no_collection_of_another_projection,
                            unique_indexes_of_builds_are_apart, many_builds_one_after_another);

}  // namespace mainstem::testing::model_contract
