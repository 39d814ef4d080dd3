// Projection files: what they say, and each error with its place.
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>

#include "cli/projection_file.hpp"

namespace mainstem::cli {
namespace {

using Change = FieldRule::Change;
using Kind = ValueSource::Kind;

std::string error_of(std::string_view text) {
    const auto file = parse_projection_file(text, "f.toml");
    if (file) return "none";
    EXPECT_EQ(file.error(), ProjectionError::invalid);
    return file.error().message();
}

ProjectionFile parsed(std::string_view text) {
    auto file = parse_projection_file(text, "f.toml");
    if (!file) {
        ADD_FAILURE() << file.error().message();
        return {};
    }
    return *std::move(file);
}

const std::string head = "projection = \"p\"\nkey = \"stream\"\n";

/// A file whose only rule sets the field `a` to `source`, in line 4.
std::string with_source(const std::string& source) {
    return head + "[[on]]\nset.a = " + source + "\n";
}
ValueSource source_of(const std::string& source) {
    const auto file = parsed(with_source(source));
    if (file.rules.size() != 1 || file.rules[0].fields.size() != 1) return {};
    return file.rules[0].fields[0].value;
}

TEST(ProjectionFile, says_a_projection) {
    const std::string text = R"(
projection = "orders"
version = 3
collection = "order-states"
key = "data.order.id"

[[index]]
fields = ["state", "address.city"]
[[index]]
name = "open"
fields = "total"
unique = true
where = "total > 5"

[[on]]
type = ["Placed", "Paid"]
set.state = "type"
add.count = 1
max.last = "recorded_at"
min.first = "position"
append.ids = "id"
[[on]]
type = "Deleted"
remove = true
)";
    const auto file = parsed(text);
    const auto& declaration = file.declaration;
    EXPECT_EQ(declaration.name, "orders");
    EXPECT_EQ(declaration.version, 3);
    EXPECT_EQ(declaration.definition, text);
    ASSERT_EQ(declaration.collections.size(), 1);
    const auto& collection = declaration.collections[0];
    EXPECT_EQ(collection.name, "order-states");
    ASSERT_EQ(collection.indexes.size(), 2);
    EXPECT_EQ(collection.indexes[0].name, "by_state_address_city");
    EXPECT_FALSE(collection.indexes[0].unique);
    EXPECT_EQ(collection.indexes[1].name, "open");
    EXPECT_TRUE(collection.indexes[1].unique);
    EXPECT_EQ(to_string(collection.indexes[1].where), "total > 5");
    EXPECT_EQ(file.key.kind, Kind::data);
    EXPECT_EQ(file.key.path, (std::vector<std::string>{"order", "id"}));
    EXPECT_EQ(to_string(file.filter), "type=Placed,Paid,Deleted");
    EXPECT_FALSE(file.with_system_streams);
    ASSERT_EQ(file.rules.size(), 2);
    EXPECT_TRUE(file.rules[1].remove);
    ASSERT_EQ(file.rules[0].fields.size(), 5);
    EXPECT_EQ(file.rules[0].fields[0].change, Change::set);
    EXPECT_EQ(file.rules[0].fields[1].change, Change::add);
    EXPECT_EQ(file.rules[0].fields[2].change, Change::max);
    EXPECT_EQ(file.rules[0].fields[3].change, Change::min);
    EXPECT_EQ(file.rules[0].fields[4].change, Change::append);
}

TEST(ProjectionFile, takes_the_name_for_the_collection_and_all_events) {
    const auto file = parsed(head + "[[on]]\nset.a = 1");
    EXPECT_EQ(file.declaration.collections[0].name, "p");
    EXPECT_EQ(file.declaration.version, 1);
    EXPECT_TRUE(file.filter.items.empty());
}

TEST(ProjectionFile, takes_a_query_of_its_own) {
    const auto file = parsed(head + "events = \"tag=eu\"\n[[on]]\ntype = \"A\"\nset.a = 1");
    EXPECT_EQ(to_string(file.filter), "tag=eu");
    EXPECT_TRUE(file.with_system_streams);
}

TEST(ProjectionFile, knows_the_sources) {
    EXPECT_EQ(source_of("\"data.a.b\"").path, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(source_of("\"data.case:id\"").path, (std::vector<std::string>{"case:id"}));
    EXPECT_EQ(source_of("\"tag.customer\"").kind, Kind::tag);
    EXPECT_EQ(source_of("\"stream\"").kind, Kind::stream);
    EXPECT_EQ(source_of("\"type\"").kind, Kind::type);
    EXPECT_EQ(source_of("\"id\"").kind, Kind::id);
    EXPECT_EQ(source_of("\"position\"").kind, Kind::position);
    EXPECT_EQ(source_of("\"recorded_at\"").kind, Kind::recorded_at);
    EXPECT_EQ(source_of("\"occurred_at\"").kind, Kind::occurred_at);
    EXPECT_EQ(source_of("\"metadata.correlation\"").kind, Kind::correlation);
    EXPECT_EQ(source_of("\"metadata.causation\"").kind, Kind::causation);
    EXPECT_EQ(source_of("\"metadata.actor\"").kind, Kind::actor);
}

TEST(ProjectionFile, knows_literals) {
    EXPECT_EQ(source_of("-5").json, "-5");
    EXPECT_EQ(source_of("2.5").json, "2.5");
    EXPECT_EQ(source_of("true").json, "true");
    EXPECT_EQ(source_of("{ text = \"a \\\" b\" }").json, R"("a \" b")");
    EXPECT_EQ(source_of("{ text = \"\" }").json, R"("")");
}

TEST(ProjectionFile, knows_sources_in_tables) {
    const auto optional = source_of("{ from = \"data.a\", optional = true }");
    EXPECT_TRUE(optional.optional);
    EXPECT_EQ(optional.kind, Kind::data);
    EXPECT_TRUE(source_of("{ number = \"data.a\" }").number);
    const auto days = source_of("{ days = [\"data.a\", \"occurred_at\"] }");
    EXPECT_EQ(days.kind, Kind::elapsed);
    EXPECT_EQ(days.unit_seconds, 86'400);
    ASSERT_EQ(days.times.size(), 2);
    EXPECT_EQ(days.times[1].kind, Kind::occurred_at);
    EXPECT_EQ(source_of("{ hours = [\"data.a\", \"data.b\"] }").unit_seconds, 3'600);
}

TEST(ProjectionFile, refuses_what_is_no_toml) {
    EXPECT_TRUE(error_of("projection = \"p").starts_with("f.toml:1:")) << error_of("projection");
    EXPECT_TRUE(error_of("a = 1\na = 2").starts_with("f.toml:2:")) << error_of("a = 1\na = 2");
    EXPECT_TRUE(error_of("a = \"\xff\"").starts_with("f.toml:1:"));
    const auto bare = error_of("projection = x");
    EXPECT_TRUE(bare.starts_with("f.toml:1:14: ")) << bare;
    EXPECT_TRUE(bare.ends_with("; a text stands in quotes")) << bare;
}

TEST(ProjectionFile, names_what_is_missing) {
    EXPECT_EQ(error_of(""), "f.toml:1:1: projection is missing, as in projection = \"orders\"");
    EXPECT_EQ(error_of("projection = \"p\""), "f.toml:1:1: key is missing, as in key = \"stream\"");
    EXPECT_EQ(error_of(head),
              "f.toml:1:1: on is missing, as in [[on]] and set.state = \"type\" below it");
    EXPECT_EQ(error_of(head + "[[index]]\nunique = true\n[[on]]\nset.a = 1"),
              "f.toml:3:1: fields is missing, as in fields = [\"state\", \"total\"]");
}

TEST(ProjectionFile, suggests_what_is_meant_by_an_unknown_key) {
    EXPECT_EQ(error_of("projektion = \"p\""),
              "f.toml:1:1: there is no projektion here, perhaps projection is meant; there are "
              "projection, version, collection, index, events, key, on");
    EXPECT_EQ(error_of(head + "[[on]]\ntypes = \"A\""),
              "f.toml:4:1: there is no types here, perhaps type is meant; there are type, remove, "
              "set, add, max, min, append");
    EXPECT_TRUE(error_of(head + "[[index]]\nfield = \"a\"")
                    .starts_with("f.toml:4:1: there is no field here, perhaps fields is meant"));
    EXPECT_TRUE(error_of(with_source("{ form = \"data.a\" }"))
                    .starts_with("f.toml:4:11: there is no form here, perhaps from is meant"));
}

TEST(ProjectionFile, refuses_wrong_types) {
    EXPECT_EQ(error_of("projection = 1"), "f.toml:1:14: projection must be a text in quotes");
    EXPECT_EQ(error_of("version = \"1\"\n" + head),
              "f.toml:1:11: version must be a whole number from 1 to 1000000000");
    EXPECT_TRUE(error_of("version = 0\n" + head).starts_with("f.toml:1:11: version must be"));
    EXPECT_TRUE(error_of("version = 1000000001\n" + head).starts_with("f.toml:1:11: version"));
    EXPECT_EQ(error_of("events = []\n" + head), "f.toml:1:10: events must be a text in quotes");
    EXPECT_EQ(error_of(head + "on = 1"), "f.toml:3:6: write [[on]] before each");
    EXPECT_EQ(error_of(head + "on = []"), "f.toml:3:6: write [[on]] before each");
    EXPECT_EQ(error_of(head + "on = [1]"), "f.toml:3:6: write [[on]] before each");
    EXPECT_EQ(error_of(head + "[on]\nset.a = 1"), "f.toml:3:1: write [[on]] before each");
    EXPECT_EQ(error_of(head + "[[on]]\ntype = 1"), "f.toml:4:8: type must be a text in quotes");
    EXPECT_EQ(error_of(head + "[[on]]\ntype = [\"A\", 1]"),
              "f.toml:4:14: type must be a text in quotes");
    EXPECT_EQ(error_of(head + "[[on]]\nremove = 1"), "f.toml:4:10: remove must be true or false");
    EXPECT_EQ(error_of(head + "[[on]]\nset = 1"), "f.toml:4:7: write set.FIELD = SOURCE");
}

TEST(ProjectionFile, refuses_names_and_fields) {
    EXPECT_EQ(error_of("projection = \"1\"\nkey = \"stream\""),
              "f.toml:1:14: projection is a name: a letter, then letters, digits, _ and -, at "
              "most 63 of them");
    EXPECT_TRUE(error_of(head + "collection = \"a b\"").starts_with("f.toml:3:14: collection is"));
    for (const char* const field : {"_id", "1", "\"a.b\"", "\"\""}) {
        const auto error = error_of(head + "[[on]]\nset." + field + " = 1");
        EXPECT_TRUE(error.starts_with("f.toml:4:5: ")) << error;
        EXPECT_TRUE(error.contains("is no field")) << error;
    }
}

TEST(ProjectionFile, refuses_sources_that_are_none) {
    EXPECT_TRUE(error_of(with_source("\"amount\"")).starts_with("f.toml:4:9: amount is no source"));
    EXPECT_TRUE(error_of(with_source("\"tag.\"")).contains("is no source"));
    EXPECT_EQ(error_of(with_source("\"data.a..b\"")), "f.toml:4:9: a name between dots is empty");
    EXPECT_EQ(error_of(with_source("\"data.\"")), "f.toml:4:9: a name between dots is empty");
    EXPECT_TRUE(error_of(with_source("[1]")).starts_with("f.toml:4:9: a must be a source"));
    EXPECT_TRUE(error_of(with_source("2024-01-01")).starts_with("f.toml:4:9: a must be a source"));
    EXPECT_EQ(error_of(with_source("inf")), "f.toml:4:9: a number must be finite");
    const std::string one =
        "f.toml:4:9: a needs one of text, from, number, seconds, minutes, hours, days, and only "
        "one";
    EXPECT_EQ(error_of(with_source("{}")), one);
    EXPECT_EQ(error_of(with_source("{ optional = true }")), one);
    EXPECT_EQ(error_of(with_source("{ text = \"a\", from = \"type\" }")), one);
    EXPECT_EQ(error_of(with_source("{ text = 1 }")), "f.toml:4:18: text must be a text in quotes");
    EXPECT_EQ(error_of(with_source("{ days = [\"data.a\"] }")),
              "f.toml:4:18: days takes two times, as days = [\"data.start\", \"occurred_at\"]");
    EXPECT_EQ(error_of(with_source("{ from = \"type\", optional = 1 }")),
              "f.toml:4:37: optional must be true or false");
}

TEST(ProjectionFile, refuses_queries_indexes_and_rules_that_are_none) {
    EXPECT_TRUE(error_of(head + "events = \"typ=A\"\n[[on]]\nset.a = 1")
                    .starts_with("f.toml:3:10: events: column 1 of the query, at typ=A"));
    EXPECT_TRUE(error_of(head + "[[index]]\nfields = \"a\"\nwhere = \"a ==\"\n[[on]]\nset.a = 1")
                    .starts_with("f.toml:5:9: where: column "));
    EXPECT_TRUE(error_of(head + "[[index]]\nfields = []\n[[on]]\nset.a = 1").contains("no fields"));
    EXPECT_EQ(error_of(head + "[[on]]\nremove = true\nset.a = 1"),
              "f.toml:3:1: a document that is removed has no fields to change");
    EXPECT_TRUE(error_of(head + "[[on]]\ntype = \"\"\nset.a = 1").starts_with("f.toml:4:8: "));
    const std::string on = "[[on]]\nset.a = 1\n";
    EXPECT_TRUE(error_of(head + on + "[[index]]\nfields = \"a\"\n[[index]]\nfields = \"a\"")
                    .starts_with("f.toml:7:1: collection p: has two indexes of the name by_a"));
    EXPECT_TRUE(
        error_of(head + on + "[[index]]\nfields = [\"a\", \"a\"]")
            .starts_with("f.toml:5:1: collection p: index by_a_a: names the field a twice"));
    EXPECT_TRUE(error_of("projection = \"sqlite_x\"\n" + on).starts_with("f.toml:1:14: names that"))
        << error_of("projection = \"sqlite_x\"\n" + on);
    EXPECT_TRUE(error_of(head + "collection = \"sqlite_x\"\n" + on).starts_with("f.toml:3:14: "));
}

TEST(ProjectionFile, refuses_what_can_never_work) {
    const auto on = [](const std::string& lines) { return error_of(head + "[[on]]\n" + lines); };
    EXPECT_EQ(on("type = \"A\""),
              "f.toml:3:1: it changes nothing; write set.FIELD = SOURCE or another change, or "
              "remove = true");
    EXPECT_EQ(on("remove = false").substr(0, 31), "f.toml:3:1: it changes nothing;");
    EXPECT_EQ(on("add.a = true"), "f.toml:4:9: add takes a number, and true is none");
    EXPECT_EQ(on("min.a = false"), "f.toml:4:9: min takes a number or a text, and false is none");
    EXPECT_EQ(on("add.a = { text = \"5\" }"),
              "f.toml:4:9: add takes a number, and \"5\" is a text; write a number without quotes");
    EXPECT_EQ(
        on("add.a = \"tag.n\""),
        "f.toml:4:9: add takes a number, and tag.n is a text; write { number = \"tag.n\" } if "
        "it says a number");
    EXPECT_EQ(on("max.a = 1\nappend.a = 1"),
              "f.toml:5:8: append makes a list of a, and max one value; take two fields");
    EXPECT_EQ(on("append.a = 1\nadd.a = 1"),
              "f.toml:5:5: append makes a list of a, and add one value; take two fields");
    for (const auto* const fine :
         {"add.a = \"data.x\"", "add.a = \"position\"", "add.a = { number = \"tag.n\" }",
          "add.a = 1.5", "max.a = \"occurred_at\"", "append.a = true", "append.a = 1\nmax.b = 1",
          "max.a = 1\nadd.a = 1", "append.a = 1\nset.a = \"data.l\"",
          "add.a = { days = [\"data.x\", \"occurred_at\"] }"}) {
        EXPECT_EQ(on(fine), "none") << fine;
    }
}

TEST(ProjectionFile, is_bounded) {
    EXPECT_EQ(error_of(std::string(limits::definition_bytes + 1, '\n')),
              "f.toml:1:1: the file is larger than 1048576 bytes; split it into several "
              "projections");
    std::string dots = "x = 1\n";
    for (int i = 0; i < 300'000; ++i) dots += "a.";
    EXPECT_EQ(error_of(dots + "b = 1"), "f.toml:2:1: more than 200 dots in a line; write several");
    EXPECT_TRUE(error_of("a = " + std::string(100'000, '[')).contains("nested"));
    std::string tables = "a = ";
    for (int i = 0; i < 100'000; ++i) tables += "{a=";
    EXPECT_TRUE(error_of(tables).contains("nested"));
    EXPECT_EQ(error_of(head + "[[on]]\nset.a = 1\n#" + std::string(500'000, '\n')), "none");
}

TEST(ProjectionFile, tells_whether_the_rules_are_the_same) {
    const auto one = parsed(with_source("1"));
    EXPECT_TRUE(same_fold(one, parsed("# a comment\n" + with_source("1"))));
    EXPECT_TRUE(same_fold(one, parsed(head + "[[index]]\nfields=\"a\"\n[[on]]\nset.a = 1")));
    EXPECT_FALSE(same_fold(one, parsed(with_source("2"))));
    EXPECT_FALSE(same_fold(one, parsed(head + "[[on]]\nadd.a = 1")));
    EXPECT_FALSE(same_fold(one, parsed("projection=\"p\"\nkey=\"id\"\n[[on]]\nset.a = 1")));
}

}  // namespace
}  // namespace mainstem::cli
