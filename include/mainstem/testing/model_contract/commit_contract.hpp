// Commits: documents and position change together, or not at all.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <mainstem/core/limits.hpp>
#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class CommitContract : public ModelStoreContract<Backend> {
protected:
    void expect_refused(const ModelCommit& commit, std::string_view code) {
        const auto before = documents_of(this->model());
        const auto position = serving(this->model()).position;
        EXPECT_EQ(code_of(this->model().commit(commit)), code);
        EXPECT_EQ(documents_of(this->model()), before);
        EXPECT_EQ(serving(this->model()).position, position);
    }
};
TYPED_TEST_SUITE_P(CommitContract);

TYPED_TEST_P(CommitContract, documents_are_put_replaced_and_removed) {
    Leader leader{this->model(), people()};
    leader.commit({put("ada", R"({"n":1})"), put("bob", R"({"n":2})")}).value();
    EXPECT_EQ(documents_of(this->model()),
              (std::vector<Document>{{"ada", Position{1}, R"({"n":1})"},
                                     {"bob", Position{1}, R"({"n":2})"}}));
    leader.commit({put("ada", R"({"m":"new"})"), put("eve"), removal("bob"), removal("nobody")})
        .value();
    EXPECT_EQ(documents_of(this->model()),
              (std::vector<Document>{{"ada", Position{2}, R"({"m":"new"})"},
                                     {"eve", Position{2}, "{}"}}));
    EXPECT_FALSE(this->model().get("people", "bob", 0).value());
    leader.commit({removal("ada"), put("bob", R"({"n":3})")}).value();
    EXPECT_EQ(this->model().get("people", "bob", 0).value(),
              (Document{"bob", Position{3}, R"({"n":3})"}));
    EXPECT_EQ(this->model().collections().value().at(0).documents, 2U);
    EXPECT_EQ(this->model().collections().value().at(0).position, Position{3});
}

TYPED_TEST_P(CommitContract, each_document_has_the_version_it_was_given) {
    Leader leader{this->model(), people()};
    auto commit = leader.next({{"people", {"ada", Position{7}, "{}"}, false},
                               {"people", {"bob", Position{1}, "{}"}, false}});
    commit.to = Position{9};
    leader.commit(commit).value();
    EXPECT_EQ(this->model().get("people", "ada", 0).value()->version, Position{7});
    EXPECT_EQ(this->model().get("people", "bob", 0).value()->version, Position{1});
    EXPECT_EQ(serving(this->model()).position, Position{9});
    EXPECT_EQ(this->model().find({.collection = "people"}).value().as_of, Position{9});
}

TYPED_TEST_P(CommitContract, a_position_moves_on_without_changes) {
    Leader leader{this->model(), people()};
    auto commit = leader.next();
    commit.to = Position{1'000'000};
    EXPECT_TRUE(leader.commit(commit));
    EXPECT_EQ(serving(this->model()).position, Position{1'000'000});
    commit = leader.next({{"people", {"ada", Position{5}, "{}"}, false}});
    commit.to = commit.from;
    EXPECT_TRUE(leader.commit(commit)) << "and documents without the position";
    EXPECT_EQ(serving(this->model()).position, Position{1'000'000});
    EXPECT_TRUE(this->model().get("people", "ada", 0).value());
}

TYPED_TEST_P(CommitContract, several_collections_change_at_once) {
    Leader leader{this->model(),
                  {.name = "bank", .collections = {{"accounts"}, {"owners"}, {"cards"}}}};
    leader
        .commit({{"accounts", {.id = "1", .json = R"({"a":1})"}},
                 {"owners", {.id = "1", .json = R"({"o":1})"}},
                 {"accounts", {.id = "2", .json = R"({"a":2})"}}})
        .value();
    EXPECT_EQ(ids_of(documents_of(this->model(), "accounts")),
              (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(documents_of(this->model(), "owners"),
              (std::vector<Document>{{"1", Position{1}, R"({"o":1})"}}));
    EXPECT_TRUE(documents_of(this->model(), "cards").empty());
    for (const auto& info : this->model().collections().value()) {
        EXPECT_EQ(info.position, Position{1}) << info.collection.name;
    }
}

TYPED_TEST_P(CommitContract, an_unknown_collection_refuses_the_whole) {
    Leader leader{this->model(), people()};
    ASSERT_TRUE(this->model().declare({.name = "other", .collections = {{"animals"}}}));
    for (const std::string name : {"unknown", "animals", "PEOPLE", ""}) {
        auto commit = leader.next({put("ada"), {name, {"cat", Position{1}, "{}"}, false}});
        this->expect_refused(commit, "not_found");
        commit.changes.back().removed = true;
        this->expect_refused(commit, "not_found");
    }
    EXPECT_TRUE(documents_of(this->model(), "animals").empty());
}

TYPED_TEST_P(CommitContract, what_breaks_a_rule_refuses_the_whole) {
    Leader leader{this->model(), people()};
    leader.commit({put("bob")}).value();
    const auto refused = [&](const std::vector<DocumentChange>& changes) {
        auto all = changes;
        all.insert(all.begin(), put("ada"));
        this->expect_refused(leader.next(all), "invalid");
    };
    refused({put("")});
    refused({put(std::string(limits::name_bytes + 1, 'x'))});
    refused({put("new\nline")});
    refused({put(std::string{"a\0b", 3})});
    refused({put("\xff")});
    refused({put("eve"), put("eve")});
    refused({put("eve"), removal("eve")});
    refused({{"people", {"eve", Position{3}, "{}"}, false}});
    std::string large = R"({"text":")";
    large.append(limits::document.value, 'x');
    refused({put("eve", large + "\"}")});

    auto commit = leader.next({put("eve")});
    commit.changes[0].document.version = {};
    this->expect_refused(commit, "invalid");
    commit = leader.next();
    commit.to = {};
    this->expect_refused(commit, "invalid");
    commit.to = Position{std::numeric_limits<std::uint64_t>::max()};
    this->expect_refused(commit, "invalid");
    for (const std::uint64_t position : {0U, 3U}) {
        commit = leader.next();
        commit.set_aside = {{Position{position}, "bad", {}}};
        this->expect_refused(commit, "invalid");
    }
    commit.set_aside = {{Position{2}, "bad", {}}, {Position{2}, "worse", {}}};
    this->expect_refused(commit, "invalid");
}

TYPED_TEST_P(CommitContract, ids_are_any_text) {
    const std::vector<std::string> ids{"a", "A",      "a b", "a'b",  "a\"b", "a\\b",
                                       "%", "_",      "ß",   "日本", "😀",   "null",
                                       "1", "1.0",    " ",   ".",    "a.b",  std::string(255, 'x'),
                                       "é", "e\u0301"};
    Leader leader{this->model(), people()};
    std::vector<DocumentChange> changes;
    for (const auto& id : ids) changes.push_back(put(id));
    leader.commit(changes).value();
    EXPECT_EQ(documents_of(this->model()).size(), ids.size());
    for (const auto& id : ids) {
        EXPECT_EQ(this->model().get("people", id, 0).value().value_or(Document{}).id, id);
        const auto found = this->model().find({"people", Field{"_id"} == id}).value();
        EXPECT_EQ(ids_of(found.documents), std::vector<std::string>{id});
    }
    for (const std::string id : {"", "b", "NULL", "a.b.c", "\xff", "\n"}) {
        EXPECT_FALSE(this->model().get("people", id, 0).value());
    }
    EXPECT_FALSE(this->model().get("people", std::string(10'000, 'x'), 0).value());
}

TYPED_TEST_P(CommitContract, documents_come_back_byte_by_byte) {
    std::string large = R"({"text":")";
    large.append(1'000'000, 'x');
    const std::vector<std::string> documents{
        "{}",
        R"({"b":1,"a":2,"":3})",
        R"({"null":null,"true":true,"false":false,"list":[1,[],{}],"object":{"a":{"b":[null]}}})",
        R"({"least":-9223372036854775808,"most":9223372036854775807,"more":18446744073709551615})",
        R"({"double":0.1,"whole":1.0,"tiny":5e-324,"huge":1.7976931348623157e+308,"zero":-0.0})",
        R"({"quotes":"\"'\\","control":"\u0001\n\t","text":"ß日本😀","slash":"/","del":")"
        "\x7f\"}",
        R"({"key \"with\" 'quotes' \n":1,"日本":2,"a.b":3,"$":4})",
        large + "\"}"};
    {
        Leader leader{this->model(), people()};
        for (std::size_t i = 0; i < documents.size(); ++i) {
            leader.commit({put(std::to_string(i), documents[i])}).value();
        }
    }
    this->reopen();
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto found = this->model().get("people", std::to_string(i), 0).value();
        ASSERT_TRUE(found);
        EXPECT_EQ(found->json, documents[i]);
        const auto same = this->model().find({"people", Field{"_id"} == std::to_string(i)}).value();
        EXPECT_EQ(same.documents, std::vector<Document>{*found});
    }
}

TYPED_TEST_P(CommitContract, a_commit_changes_ten_thousand_documents) {
    constexpr int count = 10'000;
    Leader leader{this->model(), people({unique("by_n", {"n"}), {"by_m", {"m"}, false, {}}})};
    const auto changes = [](int first) {
        std::vector<DocumentChange> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(put(std::to_string(i), "{\"n\":" + std::to_string(first + i) +
                                                     ",\"m\":" + std::to_string(i % 10) + "}"));
        }
        return all;
    };
    EXPECT_TRUE(leader.commit(changes(0)));
    EXPECT_TRUE(leader.commit(changes(count / 2))) << "half of the values change their document";
    EXPECT_EQ(this->model().collections().value().at(0).documents, std::uint64_t{count});
    const auto found = this->model().find({"people", Field{"m"} == 3}).value().documents;
    EXPECT_EQ(found.size(), std::size_t{count} / 10);
    auto broken = changes(2 * count);
    broken.back().document.json = broken.front().document.json;
    this->expect_refused(leader.next(broken), "not_unique");
    std::vector<DocumentChange> removals;
    for (int i = 0; i < count; ++i) removals.push_back(removal(std::to_string(i)));
    EXPECT_TRUE(leader.commit(removals));
    EXPECT_TRUE(documents_of(this->model()).empty());
}

REGISTER_TYPED_TEST_SUITE_P(CommitContract, documents_are_put_replaced_and_removed,
                            each_document_has_the_version_it_was_given,
                            a_position_moves_on_without_changes, several_collections_change_at_once,
                            an_unknown_collection_refuses_the_whole,
                            what_breaks_a_rule_refuses_the_whole, ids_are_any_text,
                            documents_come_back_byte_by_byte,
                            a_commit_changes_ten_thousand_documents);

}  // namespace mainstem::testing::model_contract
