// Read models on the command line: the verbs `projection`, `query` and `collection`.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/read_model/read_model.hpp>

#include "cli/json_text.hpp"
#include "support/child_program.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

using Flags = std::vector<std::string>;

/// Fails unless the program ended with this code and one line that has `text` in it.
void expect_failure(const Ended& ended, int code, std::string_view text) {
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_EQ(ended.out, "") << ended.out;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("mainstem: ")) << ended.err;
    EXPECT_TRUE(ended.err.contains(text)) << ended.err;
}

void expect_json_lines(const std::string& text, int count) {
    EXPECT_EQ(std::ranges::count(text, '\n'), count) << text;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        ASSERT_NE(end, std::string::npos) << text;
        const auto line = text.substr(at, end - at);
        EXPECT_EQ(cli::json_fault(line), std::nullopt) << line;
        at = end + 1;
    }
}

constexpr const char* orders_toml = R"(projection = "orders"
key = "stream"
[[index]]
fields = "state"
[[on]]
set.state = "type"
add.total = { from = "data.total", optional = true }
)";

class CliProjection : public testing::Test {
protected:
    void SetUp() override {
        write("orders.toml", orders_toml);
        append(R"({"stream":"o-1","type":"Placed","data":{"total":40}}
{"stream":"o-2","type":"Placed","data":{"total":2.5}}
{"stream":"o-1","type":"Paid"}
)");
    }
    [[nodiscard]] Ended in_folder(Flags flags, std::string_view input = {}) const {
        return run_program(std::move(flags), input, {.folder = folder_.path(".")});
    }
    [[nodiscard]] Ended projection(const std::string& verb, Flags flags) const {
        flags.insert(flags.begin(), {"projection", verb});
        flags.insert(flags.end(), {"--model", "m.sqlite"});
        return in_folder(std::move(flags));
    }
    [[nodiscard]] Ended run_once(const std::string& file = "orders.toml", Flags flags = {}) const {
        flags.insert(flags.begin(), {file, "--store", "log", "--once"});
        return projection("run", std::move(flags));
    }
    [[nodiscard]] Ended query(const std::string& text, Flags flags = {}) const {
        flags.insert(flags.begin(), {"query", text, "--model", "m.sqlite"});
        return in_folder(std::move(flags));
    }
    void append(std::string_view lines) const {
        const auto ended = in_folder({"append", "--store", "log", "--from", "-"}, lines);
        ASSERT_EQ(ended.code, 0) << ended.err;
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream{folder_.path(name), std::ios::binary} << text;
    }
    [[nodiscard]] bool exists(const std::string& name) const {
        return std::filesystem::exists(folder_.path(name));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

private:
    TemporaryFolder folder_;
};

TEST_F(CliProjection, makes_a_read_model_from_a_file) {
    const auto first = run_once();
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_EQ(first.out, "orders is at position 3; 3 events read\n");
    EXPECT_EQ(query("from orders").out,
              "_id  state   total\n"
              "o-1  Paid       40\n"
              "o-2  Placed    2.5\n"
              "2 rows\n");
    append(R"({"stream":"o-2","type":"Paid"})");
    EXPECT_EQ(run_once("orders.toml", {"--format", "jsonl"}).out,
              "{\"projection\":\"orders\",\"position\":4,\"events\":1,\"set_aside\":0}\n");
    EXPECT_EQ(run_once("orders").out, "orders is at position 4; 0 events read\n")
        << "it is known by its name";
}

TEST_F(CliProjection, prints_rows_as_lines_of_json_and_csv) {
    ASSERT_EQ(run_once().code, 0);
    const auto lines = query("from orders order by total", {"--format", "jsonl"}).out;
    EXPECT_EQ(lines,
              "{\"_id\":\"o-2\",\"_version\":2,\"state\":\"Placed\",\"total\":2.5}\n"
              "{\"_id\":\"o-1\",\"_version\":3,\"state\":\"Paid\",\"total\":40}\n");
    EXPECT_EQ(query("select state, count() from orders group by state", {"--format", "csv"}).out,
              "state,count()\r\nPaid,1\r\nPlaced,1\r\n");
    EXPECT_EQ(query("from orders where total > 100").out, "0 rows\n");
    EXPECT_EQ(query("from orders where total > 100", {"--format", "jsonl"}).out, "");
}

TEST_F(CliProjection, explains_a_query) {
    ASSERT_EQ(run_once().code, 0);
    const auto plan = query("from orders where state = 'Paid'", {"--explain"});
    EXPECT_EQ(plan.code, 0) << plan.err;
    EXPECT_TRUE(plan.out.contains("index by_state")) << plan.out;
    EXPECT_TRUE(plan.out.contains("\ndetails  ")) << plan.out;
    const auto line = query("from orders where total = 40", {"--explain", "--format", "jsonl"}).out;
    expect_json_lines(line, 1);
    EXPECT_TRUE(line.contains("\"way\":\"scan\"")) << line;
    expect_failure(query("from orders", {"--explain", "--format", "csv"}), 2, "has no CSV");
}

TEST_F(CliProjection, pages_through_many_documents) {
    std::string lines;
    for (int i = 0; i < 2'500; ++i) {
        lines += R"({"stream":"n-)" + std::to_string(i) + R"(","type":"Placed"})" + "\n";
    }
    append(lines);
    ASSERT_EQ(run_once().code, 0);
    const auto count = [&](const std::string& text) {
        return std::ranges::count(query(text, {"--format", "jsonl"}).out, '\n');
    };
    EXPECT_EQ(count("from orders"), 2'502);
    EXPECT_EQ(count("from orders order by state desc limit 2001"), 2'001);
    EXPECT_EQ(count("from orders limit 1500 offset 2000"), 502);
}

TEST_F(CliProjection, goes_on_after_a_page) {
    append(R"({"stream":"o-3","type":"Placed","data":{"total":1}})");
    ASSERT_EQ(run_once().code, 0);
    const std::string order = "from orders order by total desc limit 1";
    const std::string member = "\"_next\":\"";
    const auto first = query(order, {"--format", "jsonl"});
    EXPECT_EQ(first.err, "");
    const auto begin = first.out.find(member) + member.size();
    const auto mark = first.out.substr(begin, first.out.find('"', begin) - begin);
    const auto second = query(order + " after '" + mark + "'");
    EXPECT_TRUE(second.out.contains("o-2  Placed    2.5\n1 row\n")) << second.out;
    const std::string said = "mainstem: there are more; the query goes on with: after '";
    ASSERT_TRUE(second.err.starts_with(said)) << second.err;
    const auto last = query(order + " " + second.err.substr(second.err.find("after ")));
    EXPECT_TRUE(last.out.contains("o-3")) << last.out;
    EXPECT_EQ(last.err, "") << "there are no more";

    expect_failure(query("from orders after 'x y'"), 2, "column 19 of the query, at 'x y': ");
    expect_failure(query("from orders after \"é\"", {"--explain"}), 2, "column 19 of the query");
    expect_failure(query("from orders limit 1 after '" + mark + "'"), 2, "order");
    EXPECT_EQ(query("from orders limit 1 offset 1").err, "");
    EXPECT_EQ(query("select count() from orders group by _id limit 1").err, "");
}

TEST_F(CliProjection, refuses_wrong_queries_and_names) {
    ASSERT_EQ(run_once().code, 0);
    expect_failure(query("frm orders"), 2, "column 1 of the query, at frm");
    expect_failure(query("from orders where a == 1"), 2, "write =");
    expect_failure(query("from oders"), 1, "perhaps orders is meant");
    expect_failure(query("from orders", {"--format", "xml"}), 2, "table, jsonl, csv");
    expect_failure(in_folder({"query", "--model", "m.sqlite"}), 2, "QUERY is required");
    expect_failure(in_folder({"query", "from orders"}), 2, "--model is required");
    expect_failure(projection("status", {"oders"}), 1, "perhaps orders is meant");
    expect_failure(projection("stop", {"things"}), 1, "there are orders");
    expect_failure(projection("list", {"--format", "csv"}), 2, "table");
    expect_failure(in_folder({"projection"}), 2, "needs a verb");
}

TEST_F(CliProjection, refuses_what_is_no_model) {
    expect_failure(query("from orders"), 1, "no read model at \"m.sqlite\"");
    EXPECT_FALSE(exists("m.sqlite"));
    expect_failure(projection("list", {}), 1, "mainstem projection run FILE.toml makes one");
    write("m.sqlite", "text, no database; text, no database");
    expect_failure(query("from orders"), 4, "is no read model; name another file");
    expect_failure(run_once(), 4, "is no read model; name another file");
    const auto directory = in_folder({"query", "from a", "--model", "log"});
    expect_failure(directory, 1, "is a directory; name a file");
    const auto nowhere = in_folder(
        {"projection", "run", "orders.toml", "--store", "log", "--model", "no/m.sqlite", "--once"});
    EXPECT_EQ(nowhere.code, 1);
    EXPECT_EQ(std::ranges::count(nowhere.err, '\n'), 1) << nowhere.err;
}

TEST_F(CliProjection, says_what_to_do_about_a_damaged_model) {
    std::string lines;
    for (int i = 0; i < 3'000; ++i) {
        lines += R"({"stream":"n-)" + std::to_string(i) + R"(","type":"Placed"})" + "\n";
    }
    append(lines);
    ASSERT_EQ(run_once().code, 0);
    {
        // Pages of documents; those of the tables that say what there is stand before them.
        constexpr std::size_t begin = 12 * 4096;
        const auto size = std::filesystem::file_size(path("m.sqlite"));
        ASSERT_GT(size, 2 * begin);
        std::fstream file{path("m.sqlite"), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(begin);
        file << std::string(size - begin, '\xaa');
    }
    const std::string remedy = "malformed (SQLite error 11); no event is lost: end what runs";
    expect_failure(query("from orders"), 4, remedy);
    append(R"({"stream":"o-9","type":"Placed"})");
    expect_failure(run_once(), 4, remedy);
    expect_failure(projection("rebuild", {"orders", "--store", "log"}), 4, remedy);
    for (const auto* const part : {"", "-wal", "-shm", "-lead"}) {
        std::filesystem::remove(path(std::string{"m.sqlite"} + part));
    }
    EXPECT_EQ(run_once().code, 0);
    EXPECT_EQ(query("select count() from orders", {"--format", "jsonl"}).out,
              "{\"count()\":3003}\n");
}

TEST_F(CliProjection, refuses_a_model_of_a_newer_format) {
    ASSERT_EQ(run_once().code, 0);
    {
        // The user version of a database is a big-endian number at byte 60.
        std::fstream file{path("m.sqlite"), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(63);
        file.put(9);
    }
    expect_failure(query("from orders"), 1, "has format 9");
    expect_failure(run_once(), 1, "has format 9");
}

TEST_F(CliProjection, tells_of_types_that_no_event_has) {
    const std::string file =
        "projection = \"p\"\nkey = \"stream\"\n[[on]]\ntype = [\"Placed\", \"Payd\"]\nset.a = 1\n";
    write("two.toml", file);
    const auto two = run_once("two.toml");
    EXPECT_EQ(two.code, 0);
    EXPECT_EQ(two.err, "mainstem: no event of the store matches type=Payd\n");
    EXPECT_EQ(run_once("two.toml").err, "");
    write("none.toml", "projection = \"n\"\nkey = \"stream\"\n[[on]]\ntype = \"x\"\nset.a = 1\n");
    EXPECT_EQ(run_once("none.toml").err, "mainstem: no event of the store matches type=x\n");
    EXPECT_EQ(run_once("none.toml").err, "mainstem: no event of the store matches type=x\n");
}

TEST_F(CliProjection, says_how_projection_files_are_called) {
    write("bad.tml", orders_toml);
    const std::string said =
        "\"bad.tml\" is a file, but no projection file by its name; that ends in";
    expect_failure(run_once("bad.tml"), 1, said);
    ASSERT_EQ(run_once().code, 0);
    expect_failure(projection("status", {"bad.tml"}), 1, said);
    expect_failure(projection("status", {"none.tml"}), 1, "there is no projection");
}

TEST_F(CliProjection, refuses_files_and_stores_that_are_not_there) {
    expect_failure(run_once("none.toml"), 1, "cannot read \"none.toml\": No such file");
    std::filesystem::create_directory(path("dir.toml"));
    expect_failure(run_once("dir.toml"), 1, "Is a directory");
    write("bad.toml", "projektion = 1\n");
    expect_failure(run_once("bad.toml"), 1, "bad.toml:1:1: there is no projektion here");
    EXPECT_FALSE(exists("m.sqlite")) << "a wrong file makes no model";
    expect_failure(projection("run", {"orders.toml", "--store", "nolog", "--once"}), 1,
                   "no store at \"nolog\"");
    expect_failure(projection("run", {"orders.toml"}), 2, "--store is required");
}

TEST_F(CliProjection, shows_collections) {
    ASSERT_EQ(run_once().code, 0);
    EXPECT_EQ(in_folder({"collection", "list", "--model", "m.sqlite"}).out,
              "COLLECTION  PROJECTION  DOCUMENTS  INDEXES  POSITION\n"
              "orders      orders              2        1         3\n");
    const auto lines =
        in_folder({"collection", "list", "--model", "m.sqlite", "--format", "jsonl"}).out;
    expect_json_lines(lines, 1);
    const auto one = in_folder({"collection", "describe", "orders", "--model", "m.sqlite"}).out;
    EXPECT_TRUE(one.contains("index by_state  state\n")) << one;
    expect_json_lines(
        in_folder({"collection", "describe", "orders", "--model", "m.sqlite", "--format", "jsonl"})
            .out,
        1);
    expect_failure(in_folder({"collection", "describe", "order", "--model", "m.sqlite"}), 1,
                   "perhaps orders is meant");
}

TEST_F(CliProjection, shows_projections) {
    ASSERT_EQ(run_once().code, 0);
    EXPECT_EQ(projection("list", {}).out,
              "PROJECTION  VERSION  STATE    POSITION  DEAD LETTERS\n"
              "orders            1  enabled         3             0\n");
    EXPECT_EQ(projection("list", {"--format", "jsonl"}).out,
              "{\"projection\":\"orders\",\"version\":1,\"state\":\"enabled\",\"position\":3,"
              "\"dead_letters\":0}\n");
    append(R"({"stream":"o-2","type":"Paid"})");
    const auto status = projection("status", {"orders", "--store", "log", "--format", "jsonl"}).out;
    expect_json_lines(status, 1);
    EXPECT_TRUE(status.contains("\"lag_events\":1,\"lag_seconds\":")) << status;
    const auto table = projection("status", {"orders.toml", "--store", "log"}).out;
    const auto begin = table.find("1 event, ");
    ASSERT_NE(begin, std::string::npos) << table;
    EXPECT_TRUE(table.substr(begin, table.find('\n', begin) - begin).ends_with(" s")) << table;
    ASSERT_EQ(run_once().code, 0);
    EXPECT_TRUE(projection("status", {"orders", "--store", "log", "--format", "jsonl"})
                    .out.contains("\"lag_events\":0,\"lag_seconds\":0.000}"));
    EXPECT_TRUE(projection("status", {"orders", "--store", "log"}).out.contains("  0 events\n"));
}

TEST_F(CliProjection, rebuilds_and_verifies) {
    ASSERT_EQ(run_once().code, 0);
    EXPECT_EQ(projection("rebuild", {"orders", "--store", "log"}).out,
              "orders is at position 3; 3 events read\n");
    EXPECT_EQ(projection("verify", {"orders", "--store", "log"}).out,
              "compared 2 documents with a fold of 3 events, up to position 3: no difference\n");
    expect_json_lines(projection("verify", {"orders", "--store", "log", "--format", "jsonl"}).out,
                      1);
    EXPECT_EQ(query("select sum(total) from orders", {"--format", "jsonl"}).out,
              "{\"sum(total)\":42.5}\n");
}

TEST_F(CliProjection, asks_for_a_new_version_where_the_rules_have_changed) {
    ASSERT_EQ(run_once().code, 0);
    const std::string changed = std::string{orders_toml} + "add.events = 1\n";
    write("orders.toml", changed);
    expect_failure(run_once(), 1, "write version = 2");
    write("orders.toml", "version = 2\n" + changed);
    const auto again = run_once();
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(query("select sum(events) from orders", {"--format", "jsonl"}).out,
              "{\"sum(events)\":3}\n");
    // An index alone needs no new documents.
    write("orders.toml", "version = 2\n" + changed + "[[index]]\nfields = \"total\"\n");
    EXPECT_EQ(run_once().code, 0);
    EXPECT_TRUE(query("from orders where total = 40", {"--explain"}).out.contains("by_total"));
}

TEST_F(CliProjection, stops_at_an_event_that_cannot_be_applied_or_sets_it_aside) {
    append(
        "{\"stream\":\"o-3\",\"type\":\"Placed\",\"data\":{\"total\":\"much\"}}\n"
        "{\"stream\":\"o-4\",\"type\":\"Placed\",\"data\":{\"total\":1}}\n");
    const auto stopped = run_once();
    expect_failure(stopped, 1, "projection \"orders\" stopped at position 3");
    EXPECT_TRUE(
        stopped.err.contains("position 4, stream \"o-3\", type \"Placed\": total: expected "
                             "a number from data.total, found \"much\""))
        << stopped.err;
    EXPECT_TRUE(projection("list", {}).out.contains("failed"));
    EXPECT_TRUE(projection("status", {"orders"}).out.contains("found \"much\""));

    const auto skipped = run_once("orders.toml", {"--on-failure", "skip"});
    EXPECT_EQ(skipped.code, 0) << skipped.err;
    EXPECT_TRUE(skipped.err.contains("1 event set aside")) << skipped.err;
    const auto letters = projection("dead-letters", {"orders", "--format", "jsonl"}).out;
    expect_json_lines(letters, 1);
    EXPECT_TRUE(letters.starts_with("{\"position\":4,\"at\":\"")) << letters;
    EXPECT_TRUE(query("from orders", {"--format", "jsonl"}).out.contains("o-4"));

    expect_failure(projection("dead-letters", {"orders", "--replay"}), 2, "needs --store");
    EXPECT_EQ(projection("dead-letters", {"orders", "--replay", "--store", "log"}).out,
              "applied 0 dead letters\n");
    EXPECT_EQ(projection("verify", {"orders", "--store", "log"}).code, 0);
}

TEST_F(CliProjection, replays_what_the_file_can_apply_now) {
    append("{\"stream\":\"o-3\",\"type\":\"Placed\",\"data\":{\"total\":\"7\"}}\n");
    ASSERT_EQ(run_once("orders.toml", {"--on-failure", "skip"}).code, 0);
    std::string text{orders_toml};
    text.replace(text.find("from ="), 6, "number =");
    write("orders.toml", text);
    const auto replayed = projection(
        "dead-letters", {"orders.toml", "--replay", "--store", "log", "--format", "jsonl"});
    EXPECT_EQ(replayed.out, "{\"applied\":1}\n") << replayed.err;
    EXPECT_TRUE(query("from orders where total = 7", {"--format", "jsonl"}).out.contains("o-3"));
}

TEST_F(CliProjection, steers_a_projection_that_runs) {
    ASSERT_EQ(run_once().code, 0);
    ChildProgram runner{{"projection", "run", "orders.toml", "--store", "log", "--model",
                         "m.sqlite", "--format", "jsonl"},
                        {.folder = path(".")}};
    append(R"({"stream":"o-9","type":"Placed"})");
    while (!query("from orders", {"--format", "jsonl"}).out.contains("o-9")) {
    }
    EXPECT_EQ(projection("stop", {"orders"}).out, "orders is told to stop\n");
    EXPECT_EQ(runner.wait().out,
              "{\"projection\":\"orders\",\"position\":4,\"events\":1,\"set_aside\":0}\n");
    EXPECT_TRUE(projection("list", {}).out.contains("stopped"));
    EXPECT_EQ(projection("start", {"orders"}).out,
              "orders may run again; mainstem projection run orders --store STORE --model m.sqlite "
              "runs it\n");
    EXPECT_EQ(projection("pause", {"orders"}).out, "orders is told to pause\n");
    EXPECT_TRUE(projection("status", {"orders"}).out.contains("paused"));
    EXPECT_EQ(projection("resume", {"orders"}).out, "orders is told to go on\n");
    EXPECT_EQ(projection("stop", {"orders"}).code, 0);
    EXPECT_EQ(run_once().code, 0) << "who runs it wants it to run";
    EXPECT_TRUE(projection("list", {}).out.contains("  enabled  "));
}

TEST_F(CliProjection, ends_with_130_where_not_all_is_applied) {
    ASSERT_EQ(run_once().code, 0);
    append(R"({"stream":"o-9","type":"Placed"})");
    const auto model = ReadModel::open(path("m.sqlite")).value();
    const auto lead = model.store()->try_lead("orders").value();
    ASSERT_NE(lead, nullptr);
    ChildProgram once{
        {"projection", "run", "orders.toml", "--store", "log", "--model", "m.sqlite", "--once"},
        {.folder = path(".")}};
    ASSERT_TRUE(once.wait_until_printed("another process runs \"orders\""));
    once.send(SIGINT);
    const auto ended = once.wait();
    EXPECT_EQ(ended.code, 130);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.contains("interrupted at position ")) << ended.err;
    EXPECT_TRUE(ended.err.contains("; the same command goes on there")) << ended.err;
}

TEST_F(CliProjection, ends_with_1_where_it_is_told_to_stop_before_all_is_applied) {
    ASSERT_EQ(run_once().code, 0);
    append(R"({"stream":"o-9","type":"Placed"})");
    const auto model = ReadModel::open(path("m.sqlite")).value();
    const auto lead = model.store()->try_lead("orders").value();
    ChildProgram once{
        {"projection", "run", "orders.toml", "--store", "log", "--model", "m.sqlite", "--once"},
        {.folder = path(".")}};
    ASSERT_TRUE(once.wait_until_printed("another process runs \"orders\""));
    ASSERT_TRUE(model.store()->wish("orders", ProjectionWish::stop));
    const auto ended = once.wait();
    EXPECT_EQ(ended.code, 1);
    EXPECT_TRUE(ended.err.contains("was told to stop, at position ")) << ended.err;
}

TEST_F(CliProjection, keeps_the_documents_where_a_rebuild_stops) {
    append("{\"stream\":\"o-3\",\"type\":\"Placed\",\"data\":{\"total\":\"7\"}}\n");
    ASSERT_EQ(run_once("orders.toml", {"--on-failure", "skip"}).code, 0);
    expect_failure(
        projection("rebuild", {"orders", "--store", "log"}), 1,
        "\"orders\" was not rebuilt, its documents are as before: the new build stopped: "
        "position 4,");
    EXPECT_EQ(query("select count() from orders", {"--format", "jsonl"}).out, "{\"count()\":2}\n");
}

TEST_F(CliProjection, works_on_what_was_stopped) {
    append("{\"stream\":\"o-3\",\"type\":\"Placed\",\"data\":{\"total\":\"7\"}}\n");
    ASSERT_EQ(run_once("orders.toml", {"--on-failure", "skip"}).code, 0);
    ASSERT_EQ(projection("stop", {"orders"}).code, 0);
    const auto replayed = projection("dead-letters", {"orders", "--replay", "--store", "log"});
    EXPECT_EQ(replayed.out, "applied 0 dead letters\n") << replayed.err;
    ASSERT_EQ(projection("stop", {"orders"}).code, 0);
    const auto rebuilt =
        projection("rebuild", {"orders", "--store", "log", "--on-failure", "skip"});
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
    EXPECT_FALSE(projection("list", {}).out.contains("stopped"));
}

TEST_F(CliProjection, waits_for_the_end_of_what_was_stopped) {
    ASSERT_EQ(run_once().code, 0);
    const auto model = ReadModel::open(path("m.sqlite")).value();
    auto lead = model.store()->try_lead("orders").value();
    ASSERT_EQ(projection("stop", {"orders"}).code, 0);
    ChildProgram rebuild{
        {"projection", "rebuild", "orders", "--store", "log", "--model", "m.sqlite"},
        {.folder = path(".")}};
    lead.reset();
    const auto ended = rebuild.wait();
    EXPECT_EQ(ended.out, "orders is at position 3; 3 events read\n") << ended.err;
}

TEST_F(CliProjection, says_how_to_end_what_runs_elsewhere) {
    ASSERT_EQ(run_once().code, 0);
    const auto model = ReadModel::open(path("m.sqlite")).value();
    const auto lead = model.store()->try_lead("orders").value();
    const std::string hint = "end it with mainstem projection stop orders --model m.sqlite";
    expect_failure(projection("rebuild", {"orders", "--store", "log"}), 1, hint);
    expect_failure(projection("verify", {"orders", "--store", "log"}), 1, hint);
    expect_failure(projection("dead-letters", {"orders", "--replay", "--store", "log"}), 1, hint);
}

TEST_F(CliProjection, answers_questions_about_a_real_event_log) {
    const auto log = trial_data("receipt.csv");
    if (!log) GTEST_SKIP() << no_trial_data;
    const auto imported =
        in_folder({"import", log->string(), "--store", "receipt", "--stream", "case:concept:name",
                   "--type", "concept:name", "--time", "time:timestamp", "--sort", "time"});
    ASSERT_EQ(imported.code, 0) << imported.err;
    write("cases.toml", R"(projection = "cases"
key = "stream"
[[index]]
fields = ["department", "state"]
[[index]]
fields = "days"
[[on]]
set.department = "data.case:department"
set.state = "type"
set.days = { days = ["data.case:startdate", "occurred_at"] }
)");
    const auto made = projection("run", {"cases.toml", "--store", "receipt", "--once"});
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_EQ(query("select count() from cases", {"--format", "jsonl"}).out,
              "{\"count()\":1434}\n");
    EXPECT_TRUE(query("select department, state, count() from cases group by department, state "
                      "order by count() desc limit 2",
                      {"--format", "csv"})
                    .out.starts_with("department,state,count()\r\n"
                                     "General,T10 Determine necessity to stop indication,823\r\n"
                                     "General,T05 Print and send confirmation of receipt,385\r\n"));
    const std::string median = "select _id, days from cases order by days limit 1 offset 717";
    EXPECT_TRUE(query(median, {"--format", "jsonl"}).out.contains("\"days\":23.933"));
    EXPECT_TRUE(query(median, {"--explain"}).out.contains("index by_days"));
    EXPECT_EQ(projection("verify", {"cases", "--store", "receipt"}).code, 0);
}

}  // namespace
}  // namespace mainstem::support
