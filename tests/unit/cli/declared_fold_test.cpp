// Events folded as a projection file says: each change, each source, and what cannot be applied.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/time_text.hpp>
#include <mainstem/read_model/memory_model.hpp>

#include "cli/declared_fold.hpp"

namespace mainstem::cli {
namespace {

struct Happened {
    std::string type = "A";
    std::string data = {};
    std::string stream = "s";
    std::vector<Tag> tags = {};
};

/// The fold of one file, into a model without documents.
class Folded {
public:
    explicit Folded(const std::string& text) {
        auto file = parse_projection_file(text, "f.toml");
        EXPECT_TRUE(file) << file.error().message();
        if (!file) return;
        projection_ = projection_of(*std::move(file));
        fold_ = projection_.fold({.model = open_memory_model(), .generation = 1, .empty = true});
    }

    /// What applying says; empty if all is well.
    std::string apply(const Happened& happened) {
        std::string tags;
        TagsView::pack(happened.tags, tags);
        EventView view;
        view.position = {++position_};
        view.version = {1};
        view.stream = happened.stream;
        view.type = happened.type;
        view.recorded_at = *parse_time("2026-01-02T00:00:00Z");
        view.occurred_at = *parse_time("2026-01-01T12:00:00Z");
        view.tags = TagsView{tags};
        view.data = happened.data;
        const auto done = fold_->apply(view);
        return done ? std::string{} : done.error().message();
    }

    /// All that has changed: id and JSON.
    std::string documents() {
        std::vector<DocumentChange> changes;
        const auto done = fold_->collect(changes);
        if (!done) return done.error().message();
        std::string text;
        for (const auto& change : changes) {
            text += change.document.id + (change.removed ? " is gone" : change.document.json);
        }
        return text;
    }

private:
    Projection projection_;
    std::unique_ptr<Fold> fold_;
    std::uint64_t position_ = 0;
};

std::string file(const std::string& rule, const std::string& key = "\"stream\"") {
    return "projection = \"p\"\nkey = " + key + "\n[[on]]\n" + rule + "\n";
}

/// The document after payloads were applied; or the first error.
std::string after(const std::string& rule, const std::vector<std::string>& payloads) {
    Folded folded{file(rule)};
    for (const auto& data : payloads) {
        if (auto error = folded.apply({.data = data}); !error.empty()) return error;
    }
    return folded.documents();
}

TEST(DeclaredFold, sets) {
    EXPECT_EQ(after("set.a = \"data.x\"", {R"({"x":1})", R"({"x":"b"})"}), R"(s{"a":"b"})");
    EXPECT_EQ(after("set.a = \"data.x.y\"", {R"({"x":{"y":[1,{"z":2.5}]}})"}),
              R"(s{"a":[1,{"z":2.5}]})");
    EXPECT_EQ(after("set.a = { text = \"b\" }", {""}), R"(s{"a":"b"})");
    EXPECT_EQ(after("set.a = true", {""}), R"(s{"a":true})");
}

TEST(DeclaredFold, adds) {
    EXPECT_EQ(after("add.n = 1", {"", "", ""}), R"(s{"n":3})");
    EXPECT_EQ(after("add.n = \"data.x\"", {R"({"x":1})", R"({"x":0.5})"}), R"(s{"n":1.5})");
    EXPECT_TRUE(after("add.n = \"data.x\"", {R"({"x":"1"})"})
                    .contains(R"(n: expected a number from data.x, found "1")"));
}

TEST(DeclaredFold, goes_on_as_a_double_where_a_sum_does_not_fit) {
    EXPECT_EQ(after("add.n = \"data.x\"", {R"({"x":9223372036854775807})", R"({"x":-7})"}),
              R"(s{"n":9223372036854775800})");
    const auto sum = after("add.n = \"data.x\"", {R"({"x":9223372036854775807})", R"({"x":1})"});
    EXPECT_TRUE(sum.starts_with(R"(s{"n":9223372036854775808)") || sum.contains("e")) << sum;
    EXPECT_TRUE(
        after("add.n = \"data.x\"", {R"({"x":1e308})", R"({"x":1e308})"}).contains("not finite"));
}

TEST(DeclaredFold, keeps_the_greatest_and_the_least) {
    const std::vector<std::string> numbers{R"({"x":2})", R"({"x":10})", R"({"x":-1.5})"};
    EXPECT_EQ(after("max.a = \"data.x\"", numbers), R"(s{"a":10})");
    EXPECT_EQ(after("min.a = \"data.x\"", numbers), R"(s{"a":-1.5})");
    const std::vector<std::string> texts{R"({"x":"b"})", R"({"x":"c"})", R"({"x":"a"})"};
    EXPECT_EQ(after("max.a = \"data.x\"", texts), R"(s{"a":"c"})");
    EXPECT_EQ(after("min.a = \"data.x\"", texts), R"(s{"a":"a"})");
    EXPECT_EQ(after("max.a = \"data.x\"",
                    {R"({"x":18446744073709551614})", R"({"x":18446744073709551615})"}),
              R"(s{"a":18446744073709551615})");
    EXPECT_TRUE(after("max.a = \"data.x\"", {R"({"x":"b"})", R"({"x":1})"})
                    .contains(R"(a: expected what can be compared with "b" from data.x, found 1)"));
}

TEST(DeclaredFold, appends) {
    EXPECT_EQ(after("append.a = \"data.x\"", {R"({"x":2})", R"({"x":"b"})"}), R"(s{"a":[2,"b"]})");
    EXPECT_TRUE(
        after("set.a = 1\nappend.a = 2", {"", ""}).contains("expected a list in the document"));
}

TEST(DeclaredFold, removes) {
    Folded folded{file("type = \"A\"\nset.a = 1") + "[[on]]\ntype = \"B\"\nremove = true\n"};
    EXPECT_EQ(folded.apply({.stream = "one"}), "");
    EXPECT_EQ(folded.apply({.type = "B", .stream = "one"}), "");
    EXPECT_EQ(folded.documents(), "one is gone");
    EXPECT_EQ(folded.apply({.stream = "one"}), "");
    EXPECT_EQ(folded.documents(), R"(one{"a":1})");
}

TEST(DeclaredFold, applies_the_rules_in_their_order_and_only_of_the_type) {
    Folded folded{
        file("type = \"A\"\nset.a = 1\n[[on]]\nadd.n = 1\n[[on]]\ntype = \"A\"\nset.a = "
             "2")};
    EXPECT_EQ(folded.apply({}), "");
    EXPECT_EQ(folded.apply({.type = "B"}), "");
    EXPECT_EQ(folded.documents(), R"(s{"a":2,"n":2})");
}

TEST(DeclaredFold, knows_what_stands_around_the_payload) {
    Folded folded{
        file("set.s = \"stream\"\nset.t = \"type\"\nset.p = \"position\"\n"
             "set.r = \"recorded_at\"\nset.o = \"occurred_at\"\nset.c = \"tag.customer\"\n"
             "set.e = \"tag.city\"\nset.m = { from = \"metadata.actor\", optional = true "
             "}")};
    EXPECT_EQ(folded.apply({.tags = {Tag{"x:1"}, Tag{"customer:ada"}, Tag{"city=Rome"}}}), "");
    EXPECT_EQ(folded.documents(),
              R"(s{"s":"s","t":"A","p":1,"r":"2026-01-02T00:00:00Z","o":"2026-01-01T12:00:00Z",)"
              R"("c":"ada","e":"Rome"})");
}

TEST(DeclaredFold, leaves_out_what_may_be_missing) {
    const std::string rule = "set.a = { from = \"data.x\", optional = true }";
    EXPECT_EQ(after(rule, {R"({"y":1})", R"({"x":null})", ""}), "s{}");
    EXPECT_EQ(after(rule, {R"({"x":1})", R"({})"}), R"(s{"a":1})");
    const auto missing = after("set.a = \"data.x\"", {R"({"y":1})"});
    EXPECT_TRUE(
        missing.contains("data.x is not there; write { from = \"data.x\", optional = true "
                         "} if it may be missing"))
        << missing;
    EXPECT_TRUE(missing.contains("position 1, stream \"s\", type \"A\"")) << missing;
    EXPECT_TRUE(after("set.a = \"data.x.y\"", {R"({"x":1})"}).contains("is not there"));
    EXPECT_TRUE(after("set.a = \"tag.x\"", {""}).contains("tag.x is not there"));
}

TEST(DeclaredFold, measures_time) {
    const std::string rule = "set.h = { hours = [\"data.x\", \"recorded_at\"] }";
    EXPECT_EQ(after(rule, {R"({"x":"2026-01-01T22:30:00Z"})"}), R"(s{"h":1.5})");
    EXPECT_EQ(after(rule, {R"({"x":"2026-01-02T01:00:00+02:00"})"}), R"(s{"h":1.0})");
    EXPECT_TRUE(after(rule, {R"({"x":"soon"})"}).contains(R"(data.x is no time but "soon")"));
    EXPECT_TRUE(after(rule, {R"({"x":5})"}).contains("data.x is no time but 5"));
    EXPECT_TRUE(after(rule, {R"({"x":""})"})
                    .contains("hours from data.x to recorded_at: a time is not there; add optional "
                              "= true"));
    EXPECT_EQ(after("set.h = { days = [\"data.x\", \"data.y\"], optional = true }",
                    {R"({"x":"2026-01-01T22:30:00Z"})"}),
              "s{}");
}

TEST(DeclaredFold, reads_numbers_in_texts) {
    const std::string rule = "add.n = { number = \"data.x\", optional = true }";
    EXPECT_EQ(after(rule, {R"({"x":"72.50"})", R"({"x":2})", R"({"x":""})", "{}"}),
              R"(s{"n":74.5})");
    EXPECT_TRUE(after(rule, {R"({"x":"7 EUR"})"}).contains(R"(data.x is no number but "7 EUR")"));
    EXPECT_TRUE(after(rule, {R"({"x":true})"}).contains("data.x is no number but true"));
    EXPECT_TRUE(after("add.n = { number = \"data.x\" }", {R"({"x":""})"})
                    .contains("write { number = \"data.x\", optional = true }"));
}

TEST(DeclaredFold, refuses_payloads_that_are_no_json) {
    EXPECT_TRUE(after("set.a = \"data.x\"", {"{x"}).contains("the payload is "));
    EXPECT_TRUE(after("set.a = \"data.x\"", {"\xff\x01"}).contains("the payload is "));
    EXPECT_TRUE(after("set.a = \"data.x\"", {std::string(100'000, '[')}).contains("the payload"));
    EXPECT_TRUE(after("set.a = \"data.x\"", {"[1]"}).contains("data.x is not there"));
    EXPECT_EQ(after("set.a = 1", {"{x"}), R"(s{"a":1})") << "nobody asked for it";
}

TEST(DeclaredFold, makes_ids_of_texts_numbers_and_flags) {
    for (const auto& [data, id] : std::vector<std::pair<std::string, std::string>>{
             {R"({"k":"a b"})", "a b"}, {R"({"k":7})", "7"}, {R"({"k":true})", "true"}}) {
        Folded folded{file("add.n = 1", "\"data.k\"")};
        EXPECT_EQ(folded.apply({.data = data}), "");
        EXPECT_EQ(folded.documents(), id + R"({"n":1})");
    }
    for (const std::string data : {R"({"k":""})", R"({"k":[1]})", R"({"k":{}})"}) {
        Folded folded{file("add.n = 1", "\"data.k\"")};
        EXPECT_TRUE(folded.apply({.data = data}).contains("key: data.k is ")) << data;
    }
    Folded folded{file("add.n = 1", "{ from = \"data.k\", optional = true }")};
    EXPECT_EQ(folded.apply({.data = "{}"}), "");
    EXPECT_EQ(folded.documents(), "");
}

TEST(DeclaredFold, passes_over_system_streams_unless_asked_for) {
    Folded plain{file("add.n = 1")};
    EXPECT_EQ(plain.apply({.stream = "$import-x"}), "");
    EXPECT_EQ(plain.documents(), "");
    Folded asked{"events = \"type=A\"\n" + file("add.n = 1")};
    EXPECT_EQ(asked.apply({.stream = "$import-x"}), "");
    EXPECT_EQ(asked.documents(), R"($import-x{"n":1})");
}

}  // namespace
}  // namespace mainstem::cli
