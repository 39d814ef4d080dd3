// Declarations of collections: their rules, and their form as JSON.
#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/read_model/collection.hpp>
#include <mainstem/read_model/read_model_error.hpp>

namespace mainstem {
namespace {

Collection accounts() {
    return {.name = "accounts",
            .indexes = {{"by_city", {"address.city", "_id"}, false, {}},
                        {"by_iban", {"iban"}, true, Field{"open"} == true}},
            .fields = {"owner"}};
}

/// The message of the refusal; empty if there is none.
std::string refusal(const Collection& collection) {
    const auto checked = check_collection(collection);
    if (checked) return {};
    EXPECT_EQ(checked.error(), ReadModelError::invalid);
    return checked.error().message();
}

/// The same of a collection "c" with one index "i".
std::string refusal_of_index(std::vector<FieldPath> fields, Filter where = {}) {
    return refusal({.name = "c", .indexes = {{"i", std::move(fields), false, std::move(where)}}});
}

TEST(CollectionRules, a_usual_one_is_taken) {
    EXPECT_EQ(refusal({.name = "a"}), "");
    EXPECT_EQ(refusal(accounts()), "");
    EXPECT_EQ(refusal({.name = "sqlite"}), "");
    EXPECT_EQ(refusal({.name = "document_list-2"}), "");
    EXPECT_EQ(refusal({.name = std::string(63, 'x')}), "");
}

TEST(CollectionRules, names) {
    const std::string rule =
        "the name of a collection is a letter, then letters, digits, _ and -, at most 63 bytes: ";
    EXPECT_EQ(refusal({.name = ""}), rule + "\"\"");
    EXPECT_EQ(refusal({.name = "two words"}), rule + "\"two words\"");
    EXPECT_EQ(refusal({.name = "größe"}), rule + "\"größe\"");
    EXPECT_EQ(refusal({.name = "a\n\xff"}), rule + "\"a\\x0a\\xff\"");
    EXPECT_NE(refusal({.name = std::string(64, 'x')}), "");
    EXPECT_NE(refusal({.name = "1a"}), "");
    EXPECT_NE(refusal({.name = "_a"}), "");
}

TEST(CollectionRules, names_that_databases_keep_for_themselves) {
    for (const std::string name :
         {"mainstem_x", "sqlite_x", "doc_", "doc_1", "SQLite_master", "DOC_x", "Mainstem_"}) {
        EXPECT_TRUE(refusal({.name = name}).contains("belong to the system: " + name)) << name;
        EXPECT_NE(refusal({.name = "c", .indexes = {{name, {"a"}, false, {}}}}), "");
    }
}

TEST(CollectionRules, indexes) {
    EXPECT_EQ(refusal_of_index({}),
              "collection c: index i: has no fields; name those by which documents are found");
    EXPECT_EQ(refusal_of_index({"a", "b", "a"}), "collection c: index i: names the field a twice");
    EXPECT_EQ(refusal_of_index({"a", "b c"}),
              "collection c: index i: \"b c\" is no path of a field, as address.city");
    EXPECT_EQ(refusal_of_index({"a", "A", "_id", "_version"}), "");
    EXPECT_EQ(refusal_of_index({"1", "2"}).empty(), false);
    EXPECT_EQ(refusal_of_index(std::vector<FieldPath>(limits::fields_per_index + 1, "a")),
              "collection c: index i: has 9 fields, more than 8");
    EXPECT_EQ(refusal({.name = "c", .indexes = {{"i", {"a"}, true, {}}, {"I", {"b"}, false, {}}}}),
              "collection c: has two indexes of the name I");
    std::vector<Index> many;
    for (std::size_t i = 0; i <= limits::indexes_per_collection; ++i) {
        many.push_back({"i" + std::to_string(i), {"a"}, false, {}});
    }
    EXPECT_EQ(refusal({.name = "c", .indexes = many}),
              "collection c: has 33 indexes, more than 32");
    many.pop_back();
    EXPECT_EQ(refusal({.name = "c", .indexes = many}), "");
}

TEST(CollectionRules, filters_of_indexes) {
    EXPECT_EQ(refusal_of_index({"a"}, Field{"b"} > 1 || !Field{"c"}.exists()), "");
    EXPECT_EQ(refusal_of_index({"a"}, !(Field{"b"} == 1 && Field{"c"}.contains("x"))),
              "collection c: index i: its filter: an index cannot depend on contains");
    const auto broken = refusal_of_index({"a"}, Field{"b.."} == 1);
    EXPECT_TRUE(broken.starts_with("collection c: index i: filter: ")) << broken;
}

TEST(CollectionRules, fields) {
    const auto refusal_of = [](std::vector<FieldPath> fields) {
        return refusal({.name = "c", .indexes = {}, .fields = std::move(fields)});
    };
    EXPECT_EQ(refusal_of({"a", "a.b", "A"}), "");
    EXPECT_EQ(refusal_of({"a", "a"}), "collection c: names the field a twice");
    EXPECT_EQ(refusal_of({""}), "collection c: \"\" is no path of a field, as address.city");
    EXPECT_EQ(refusal_of({"_id"}),
              "collection c: declares the field _id, which every document has anyway");
    EXPECT_NE(refusal_of({"_version"}), "");
    EXPECT_EQ(refusal_of(std::vector<FieldPath>(limits::fields_per_collection + 1, "a")),
              "collection c: declares 65 fields, more than 64");
}

TEST(CollectionJson, usual_things_are_left_out) {
    EXPECT_EQ(to_json({.name = "people"}), R"({"name":"people"})");
    EXPECT_EQ(to_json(accounts()),
              R"({"name":"accounts","indexes":[{"name":"by_city","fields":["address.city","_id"]},)"
              R"({"name":"by_iban","fields":["iban"],"unique":true,"where":"open = 1"}],)"
              R"("fields":["owner"]})");
}

TEST(CollectionJson, comes_back_equal) {
    EXPECT_EQ(parse_collection(to_json({.name = "people"})).value(), Collection{"people"});
    EXPECT_EQ(parse_collection(to_json(accounts())).value(), accounts());
    auto collection = accounts();
    collection.indexes[0].where =
        (Field{"a"}.starts_with("it's \"q\" \\ ß\n") || Field{"b"} == FieldValue{}) &&
        !Field{"c"}.in({1, 2.5, "x", false});
    EXPECT_EQ(parse_collection(to_json(collection)).value(), collection);
}

TEST(CollectionJson, any_json_of_the_form_is_read) {
    EXPECT_EQ(parse_collection(R"( { "fields" : [ "owner" ] , "name" : "accounts",
        "indexes": [{"unique": false, "name": "by_city", "fields": ["address.city", "_id"]},
                    {"where": "open=true", "unique":true, "fields":["iban"], "name":"by_iban"}]})")
                  .value(),
              accounts());
    EXPECT_EQ(parse_collection(R"({"name":"a","indexes":[],"fields":null})").value(),
              Collection{"a"});
}

TEST(CollectionJson, what_is_wrong_is_said) {
    const auto refusal_of = [](std::string_view json) {
        const auto parsed = parse_collection(json);
        if (parsed) return std::string{};
        EXPECT_EQ(parsed.error(), ReadModelError::invalid);
        return parsed.error().message();
    };
    EXPECT_TRUE(refusal_of("{").starts_with("no declaration of a collection: no JSON: "));
    EXPECT_EQ(refusal_of("[]"), "no declaration of a collection: expected an object, found a list");
    EXPECT_EQ(refusal_of(R"({"name":1})"),
              "no declaration of a collection: field \"name\": expected text, found number 1");
    EXPECT_TRUE(refusal_of("{}").contains("\"name\""));
    EXPECT_EQ(refusal_of(R"({"name":"a","indexes":[{"name":"i","fields":["b",2]}]})"),
              "no declaration of a collection: field \"indexes.0.fields.1\": expected text, found "
              "number 2");
    EXPECT_TRUE(refusal_of(R"({"name":"a b"})").starts_with("the name of a collection is"));
    const auto filter =
        refusal_of(R"({"name":"a","indexes":[{"name":"i","fields":["b"],"where":"c ="}]})");
    EXPECT_TRUE(filter.starts_with("collection a: index i: its filter: ")) << filter;
    const auto control =
        refusal_of(R"({"name":"\n","indexes":[{"name":"\t","fields":["b"],"where":"c ="}]})");
    EXPECT_TRUE(control.starts_with("collection \\x0a: index \\x09: its filter: ")) << control;
}

TEST(CollectionJson, a_name_that_is_no_text_gives_none) {
    EXPECT_EQ(to_json({.name = "\xff"}), "");
}

TEST(ReadModelErrors, have_names_and_some_can_be_overcome) {
    EXPECT_EQ(name(ReadModelError::not_unique), "not_unique");
    EXPECT_EQ(name(ReadModelError::failed), "failed");
    for (const auto code : {ReadModelError::busy, ReadModelError::full, ReadModelError::failed}) {
        EXPECT_TRUE(retryable(code)) << name(code);
    }
    for (const auto code :
         {ReadModelError::invalid, ReadModelError::not_found, ReadModelError::not_unique,
          ReadModelError::taken, ReadModelError::fenced, ReadModelError::damaged,
          ReadModelError::newer_format}) {
        EXPECT_FALSE(retryable(code)) << name(code);
    }
}

}  // namespace
}  // namespace mainstem
