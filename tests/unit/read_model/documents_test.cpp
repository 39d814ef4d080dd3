// The canonical form of documents, and the rules of commits and declarations.
#include <limits>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>

#include "read_model/documents.hpp"

namespace mainstem::read_model {
namespace {

std::string canonical(std::string_view json) {
    const auto made = canonical_document(json);
    if (made) return *made;
    EXPECT_EQ(made.error(), ReadModelError::invalid);
    return "error: " + made.error().message();
}

TEST(CanonicalDocument, has_no_spaces_and_keeps_its_order) {
    EXPECT_EQ(canonical(" { } "), "{}");
    EXPECT_EQ(canonical("{ \"b\" : 1 ,\n\t\"a\" : [ 1 , { } , [ ] , null , true , false ] }"),
              R"({"b":1,"a":[1,{},[],null,true,false]})");
}

TEST(CanonicalDocument, has_each_name_once) {
    const auto once = canonical(R"({"a":1,"b":2,"a":3})");
    EXPECT_EQ(once, canonical(once));
    EXPECT_EQ(once, R"({"a":3,"b":2})") << "the last one counts, where the first stood";
    EXPECT_EQ(canonical(R"({"a":1,"\u0061":2})"), R"({"a":2})");
    EXPECT_EQ(canonical(R"({"x":{"a":1,"a":{"a":2,"a":4}}})"), R"({"x":{"a":{"a":4}}})");
}

TEST(CanonicalDocument, many_names_are_once_too) {
    std::string json = "{";
    std::string once = "{";
    for (int i = 0; i < 100; ++i) {
        const auto name = "\"n" + std::to_string(i) + "\":";
        json += name + "0,";
        once += (i > 0 ? "," : "") + name + "1";
    }
    for (int i = 0; i < 100; ++i) {
        json += (i > 0 ? ",\"n" : "\"n") + std::to_string(i) + "\":1";
    }
    EXPECT_EQ(canonical(json + "}"), once + "}");
}

TEST(CanonicalDocument, numbers_and_texts_have_one_form) {
    EXPECT_EQ(canonical(R"({"a":1.50,"b":1E2,"c":-0.0,"d":-0,"e":18446744073709551615})"),
              R"({"a":1.5,"b":100.0,"c":-0.0,"d":0,"e":18446744073709551615})");
    EXPECT_EQ(canonical(R"({"a":0.1,"b":5e-324,"c":-9223372036854775808})"),
              R"({"a":0.1,"b":5e-324,"c":-9223372036854775808})");
    EXPECT_EQ(canonical(R"({"\u0041":"\/ \u00df \ud83d\ude00 \" \\ \n \u0001"})"),
              "{\"A\":\"/ ß 😀 \\\" \\\\ \\n \\u0001\"}");
}

TEST(CanonicalDocument, is_its_own_canonical_form) {
    for (const std::string_view json :
         {R"({"a":[1.0,1e300,-1e-7,123456789012345678901234567890],"":{"x":"é\u007f"}})",
          R"({"a":0.30000000000000004,"b":[[[[]]]],"c":"\b\f\r\t"})"}) {
        const auto once = canonical(json);
        EXPECT_FALSE(once.starts_with("error")) << once;
        EXPECT_EQ(canonical(once), once);
    }
}

TEST(CanonicalDocument, what_is_none_is_refused) {
    EXPECT_TRUE(canonical("").starts_with("error: the document is no JSON: "));
    EXPECT_TRUE(canonical("{} {}").starts_with("error: the document is no JSON: "));
    EXPECT_TRUE(canonical("{\"a\":\"\xff\"}").starts_with("error: the document is no JSON: "));
    EXPECT_TRUE(canonical(R"({"a":"\ud800"})").starts_with("error: the document is no JSON: "));
    EXPECT_TRUE(canonical("{a:1}").starts_with("error: the document is no JSON: "));
    EXPECT_EQ(canonical("[1]"), "error: the document is a list, not an object");
    EXPECT_EQ(canonical("7"), "error: the document is number 7, not an object");
    EXPECT_EQ(canonical("\"a\x7f\""), "error: the document is text \"a\\u007f\", not an object");
    EXPECT_EQ(canonical("null"), "error: the document is null, not an object");
    std::string deep = "{\"a\":";
    for (int i = 0; i < 40; ++i) deep += '[';
    for (int i = 0; i < 40; ++i) deep += ']';
    EXPECT_TRUE(canonical(deep + "}").starts_with("error: the document is no JSON: "));
}

TEST(CanonicalDocument, zeros_and_endless_numbers_are_refused) {
    const std::string zero = "error: the document has a text with the character U+0000";
    EXPECT_EQ(canonical(R"({"a":"x\u0000"})"), zero);
    EXPECT_EQ(canonical(R"({"a\u0000":1})"), zero);
    EXPECT_EQ(canonical(R"({"a":[{"b":["\u0000"]}]})"), zero);
    EXPECT_EQ(canonical(R"({"a":{"b":{"\u0000":1}}})"), zero);
    EXPECT_EQ(canonical(R"({"a":"\\u0000"})"), R"({"a":"\\u0000"})") << "is six characters";
    EXPECT_EQ(canonical(R"({"a":1e999})"),
              "error: the document has a number that no double can hold");
    EXPECT_EQ(canonical(R"({"a":[-1e999]})"),
              "error: the document has a number that no double can hold");
}

TEST(CanonicalDocument, is_of_a_certain_size_at_most) {
    std::string json = R"({"a":")";
    json.append(limits::document.value - json.size() - 2, 'x');
    json += "\"}";
    ASSERT_EQ(json.size(), limits::document.value);
    EXPECT_EQ(canonical(json), json);
    json.insert(6, 1, 'x');
    EXPECT_EQ(canonical(json), "error: the document has 16777217 bytes, more than 16777216");
}

TEST(CanonicalDocument, may_not_grow_beyond_it) {
    std::string json = R"({"a":[)";
    while (json.size() < limits::document.value - 100) json += "1e9,";
    json += "1]}";
    ASSERT_LE(json.size(), limits::document.value);
    EXPECT_TRUE(canonical(json).starts_with("error: the document has "));
}

/// A commit to position 5 from position 3.
class CommitRules : public ::testing::Test {
protected:
    std::string refusal() const {
        const auto checked = check_commit(commit);
        if (checked) return {};
        EXPECT_EQ(checked.error(), ReadModelError::invalid);
        return checked.error().message();
    }
    std::string refusal_of(Document document, bool removed = false) {
        commit.changes = {{"people", std::move(document), removed}};
        return refusal();
    }

    ModelCommit commit{.projection = "people", .generation = 1, .epoch = 1, .from = {3}, .to = {5}};
};

TEST_F(CommitRules, positions_go_on) {
    EXPECT_EQ(refusal(), "");
    commit.to = commit.from;
    EXPECT_EQ(refusal(), "");
    commit.to = {2};
    EXPECT_EQ(refusal(), "the commit goes from position 3 to 2, not on from there");
    commit.to = {std::uint64_t{1} << 63U};
    EXPECT_NE(refusal(), "");
    commit.to.value -= 1;
    EXPECT_EQ(refusal(), "");
    commit.from = commit.to = {};
    EXPECT_EQ(refusal(), "");
}

TEST_F(CommitRules, ids) {
    EXPECT_EQ(refusal_of({std::string(255, 'x'), {5}, "{}"}), "");
    EXPECT_EQ(refusal_of({"größe 日本 '\"", {5}, "{}"}), "");
    EXPECT_EQ(refusal_of({"", {5}, "{}"}), "document  of people: the id is empty");
    EXPECT_TRUE(refusal_of({std::string(256, 'x'), {5}, "{}"})
                    .ends_with("the id has 256 bytes, more than 255"));
    EXPECT_EQ(refusal_of({"\xff", {5}, "{}"}), "document \\xff of people: the id is not UTF-8");
    EXPECT_EQ(refusal_of({"a\n", {5}, "{}"}),
              "document a\\x0a of people: the id has a control character");
    EXPECT_NE(refusal_of({"", {}, ""}, true), "") << "also of what is removed";
}

TEST_F(CommitRules, versions_and_sizes) {
    EXPECT_EQ(refusal_of({"a", {1}, "{}"}), "") << "of an event that is replayed";
    EXPECT_EQ(refusal_of({"a", {0}, "{}"}),
              "document a of people: its version 0 is not in 1 to 5, the position of the commit");
    EXPECT_NE(refusal_of({"a", {6}, "{}"}), "");
    EXPECT_EQ(refusal_of({"a", {6}, std::string(limits::document.value + 1, 'x')}, true), "")
        << "ignored";
    EXPECT_NE(refusal_of({"a", {5}, std::string(limits::document.value + 1, 'x')}), "");
}

TEST_F(CommitRules, each_document_once) {
    commit.changes = {{"people", {"a", {5}, "{}"}, false},
                      {"animals", {"a", {5}, "{}"}, false},
                      {"people", {"b", {}, ""}, true}};
    EXPECT_EQ(refusal(), "");
    commit.changes.push_back({"people", {"a", {}, ""}, true});
    EXPECT_EQ(refusal(), "document a of people: it is changed twice in one commit");
}

TEST_F(CommitRules, dead_letters) {
    commit.set_aside = {{{5}, "bad", {}}, {{1}, "again", {}}};
    commit.replayed = {{2}, {4}};
    EXPECT_EQ(refusal(), "");
    commit.replayed.push_back({1});
    EXPECT_EQ(refusal(), "the dead letter 1 is named twice in one commit");
    commit.replayed = {{6}};
    EXPECT_EQ(refusal(), "the dead letter 6 is not in 1 to 5, the position of the commit");
    commit.replayed.clear();
    commit.set_aside = {{{0}, "bad", {}}};
    EXPECT_EQ(refusal(), "the dead letter 0 is not in 1 to 5, the position of the commit");
}

TEST_F(CommitRules, so_many_changes_and_no_more) {
    commit.changes.assign(limits::changes_per_commit + 1, {"people", {"a", {5}, "{}"}, false});
    EXPECT_EQ(refusal(), "the commit changes 1000001 documents, more than 1000000; divide it");
}

std::string refusal_of(const ProjectionDeclaration& declaration) {
    const auto checked = check_declaration(declaration);
    if (checked) return {};
    EXPECT_EQ(checked.error(), ReadModelError::invalid);
    return checked.error().message();
}

TEST(DeclarationRules, a_usual_one_is_taken) {
    EXPECT_EQ(refusal_of({.name = "p"}), "");
    EXPECT_EQ(refusal_of({.name = "p", .collections = {{"p"}, {"q"}}, .definition = "é\n"}), "");
}

TEST(DeclarationRules, what_breaks_one_is_named) {
    EXPECT_TRUE(refusal_of({.name = "a b"}).starts_with("the name of a projection is a letter"));
    EXPECT_EQ(refusal_of({.name = "sqlite_p"}),
              "names that begin with sqlite_ belong to the system: sqlite_p");
    EXPECT_EQ(refusal_of({.name = "p", .collections = {{"a"}, {"b"}, {"A"}}}),
              "projection p: it has two collections of the name A");
    EXPECT_EQ(refusal_of({.name = "p", .collections = {{"a", {{"i", {}, false, {}}}}}}),
              "projection p: collection a: index i: has no fields; name those by which documents "
              "are found");
    EXPECT_EQ(refusal_of({.name = "p", .definition = "\xff"}),
              "projection p: its definition is not UTF-8");
    EXPECT_EQ(
        refusal_of({.name = "p", .definition = std::string(limits::definition_bytes + 1, 'x')}),
        "projection p: its definition has 1048577 bytes, more than 1048576");
    std::vector<Collection> many(limits::collections_per_projection + 1, Collection{"a"});
    EXPECT_EQ(refusal_of({.name = "p", .collections = many}),
              "projection p: it has 65 collections, more than 64");
}

}  // namespace
}  // namespace mainstem::read_model
