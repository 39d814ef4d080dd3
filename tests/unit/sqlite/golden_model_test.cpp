// The file of a read model of format version 1, as the statements that make it. See
// tests/golden/README.md for what to do when it differs.
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/sqlite/open.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

#include "sqlite/connection.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using testing::model_contract::documents_of;
using testing::model_contract::Leader;
using testing::model_contract::put;
using testing::model_contract::serving;
using testing::model_contract::unique;

class GoldenModel : public ::testing::Test {
protected:
    static ProjectionDeclaration declaration(std::uint32_t version) {
        return {.name = "people",
                .version = version,
                .collections = {{.name = "people",
                                 .indexes = {{.name = "by_age", .fields = {"age"}},
                                             {.name = "by_place", .fields = {"home.city", "age"}},
                                             unique("by_mail", {"mail"}, Field{"mail"}.exists())},
                                 .fields = {"Name"}},
                                {.name = "towns"}},
                .definition = "name = \"people\"\n"};
    }
    [[nodiscard]] std::string path() const { return folder_.path() + "/model.sqlite"; }
    static std::string golden_path() {
        return support::source_folder() / "tests/golden/read_model_v1.sql";
    }

    /// Documents of each kind, a dead letter, a build under way that has failed, a wish.
    void write_model() const {
        const auto model = open_sqlite_model(path()).value();
        Leader leader{*model, declaration(1)};
        auto commit = leader.next(
            {put("ada", R"({"Name":"Ada","age":36,"home":{"city":"London"},"mail":"a@x"})"),
             put("b\u00f6b", R"({"Name":"B\u00f6b","age":1.5,"home":null,"tags":[1,"two"]})"),
             {"towns", {.id = "London", .version = {1}, .json = R"({"people":1})"}, false}});
        commit.set_aside = {{Position{1}, "it is\n'wrong'", Timestamp{std::chrono::hours{1}}}};
        leader.commit(commit).value();
        const auto build = model->begin_build(declaration(2), leader.epoch()).value();
        model->set_failure("people", build.generation, "no number").value();
        model->wish("people", ProjectionWish::pause).value();
    }

    [[nodiscard]] static std::vector<std::string> texts(sqlite::Connection& connection,
                                                        const std::string& sql) {
        auto rows = connection.prepare(sql).value();
        std::vector<std::string> all;
        while (rows.step().value()) all.emplace_back(rows.text(0));
        return all;
    }
    /// What makes the same file again: tables and their rows in the order of their names and keys,
    /// then indexes and views.
    [[nodiscard]] std::string dump() const {
        const auto connection =
            sqlite::Connection::open(path(), false, std::chrono::seconds{1}).value();
        std::string out;
        for (const auto* const pragma : {"application_id", "user_version"}) {
            out += fmt::format("PRAGMA {} = {};\n", pragma,
                               texts(*connection, fmt::format("PRAGMA {}", pragma)).front());
        }
        for (const auto& table :
             texts(*connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")) {
            out += texts(*connection,
                         fmt::format("SELECT sql FROM sqlite_schema WHERE name = '{}'", table))
                       .front() +
                   ";\n";
            std::string names;
            std::string values;
            // Generated columns are not among them.
            for (const auto& name : texts(
                     *connection, fmt::format("SELECT name FROM pragma_table_info('{}')", table))) {
                names += (names.empty() ? "" : ",") + name;
                values += fmt::format("{}quote({})", values.empty() ? "" : "||','||", name);
            }
            for (const auto& row :
                 texts(*connection, fmt::format("SELECT {} FROM {} ORDER BY 1", values, table))) {
                out += fmt::format("INSERT INTO {}({}) VALUES({});\n", table, names, row);
            }
        }
        for (const auto& sql :
             texts(*connection,
                   "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'view') AND "
                   "sql IS NOT NULL ORDER BY type, name")) {
            out += sql + ";\n";
        }
        return out;
    }
    static std::string golden() {
        std::ifstream file{golden_path(), std::ios::binary};
        EXPECT_TRUE(file) << golden_path();
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    support::TemporaryFolder folder_;
};

TEST_F(GoldenModel, is_what_is_written_today) {
    write_model();
    const auto written = dump();
    if (std::getenv("MAINSTEM_WRITE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        std::ofstream{golden_path(), std::ios::binary} << written;
    }
    EXPECT_EQ(written, golden());
}

TEST_F(GoldenModel, can_be_read_and_gone_on_with_today) {
    {
        const auto connection =
            sqlite::Connection::open(path(), true, std::chrono::seconds{1}).value();
        connection->run(golden()).value();
    }
    const auto model = open_sqlite_model(path(), {.mode = ModelMode::existing}).value();
    const auto record = serving(*model);
    EXPECT_EQ(record.declaration, declaration(1));
    EXPECT_EQ(record.position, Position{1});
    EXPECT_EQ(record.wish, ProjectionWish::pause);
    EXPECT_EQ(record.failure, "");
    const auto letters = model->dead_letters("people", {}, 10).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].error, "it is\n'wrong'");
    EXPECT_EQ(letters[0].at, Timestamp{std::chrono::hours{1}});
    ASSERT_EQ(documents_of(*model).size(), 2U);
    EXPECT_EQ(documents_of(*model)[0].json,
              R"({"Name":"Ada","age":36,"home":{"city":"London"},"mail":"a@x"})");
    EXPECT_EQ(documents_of(*model, "towns").size(), 1U);
    EXPECT_EQ(model->explain({.collection = "people", .where = Field{"age"} == 36}).value().index,
              "by_age");
    Leader leader{*model, declaration(1)};
    EXPECT_EQ(leader.commit({put("eve", R"({"mail":"a@x"})")}).error(), ReadModelError::not_unique);
    EXPECT_TRUE(leader.commit({put("eve")}));
    const auto build = model->begin_build(declaration(2), leader.epoch()).value();
    EXPECT_EQ(build.failure, "no number");
    EXPECT_EQ(build.generation, 2U);
    EXPECT_TRUE(model->finish_build("people", build.generation, leader.epoch()));
    EXPECT_EQ(documents_of(*model).size(), 0U);
}

}  // namespace
}  // namespace mainstem
