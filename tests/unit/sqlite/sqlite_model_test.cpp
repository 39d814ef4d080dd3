// What the file of a read model is, beyond the contract: whose it is, what is refused, which way
// queries go.
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/sqlite/open.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

#include "sqlite/connection.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using testing::model_contract::Leader;
using testing::model_contract::people;
using testing::model_contract::put;

class SqliteModelTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string path() const { return folder_.path() + "/model.sqlite"; }

    /// Runs a statement of another program on the file.
    void run(const std::string& sql) const {
        auto connection = sqlite::Connection::open(path(), true, std::chrono::seconds{1}).value();
        connection->run(sql).value();
    }

    /// The plan of a query over a hundred people, every tenth of whom is called "ten".
    QueryPlan plan(const Filter& where, const std::vector<Index>& indexes) {
        const auto model = open_sqlite_model(path()).value();
        Leader leader{*model, people(indexes)};
        std::vector<DocumentChange> changes;
        for (int i = 0; i < 100; ++i) {
            changes.push_back(
                put(fmt::format("p{:02}", i),
                    fmt::format(R"({{"age":{},"name":"{}"}})", i, i % 10 == 0 ? "ten" : "other")));
        }
        leader.commit(changes).value();
        return model->explain({.collection = "people", .where = where}).value();
    }

    support::TemporaryFolder folder_;
};

TEST_F(SqliteModelTest, is_its_owners_alone) {
    open_sqlite_model(path()).value();
    struct stat status{};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SqliteModelTest, of_another_program_or_none_at_all_is_refused) {
    run("CREATE TABLE theirs(x)");
    EXPECT_EQ(open_sqlite_model(path()).error(), ReadModelError::damaged);
    std::ofstream{path(), std::ios::trunc} << "no database at all, but a text that is long enough "
                                              "to be taken for the head of one, and then some";
    EXPECT_EQ(open_sqlite_model(path()).error(), ReadModelError::damaged);
}

TEST_F(SqliteModelTest, of_a_later_version_is_refused) {
    open_sqlite_model(path()).value();
    run("PRAGMA user_version = 2");
    const auto opened = open_sqlite_model(path());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), ReadModelError::newer_format);
    EXPECT_TRUE(opened.error().message().find(path()) != std::string::npos) << opened.error();
}

TEST_F(SqliteModelTest, that_is_not_there_is_not_made_unasked) {
    const auto opened = open_sqlite_model(path(), {.mode = ModelMode::existing});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), ReadModelError::not_found);
    struct stat status{};
    EXPECT_NE(::stat(path().c_str(), &status), 0);
}

TEST_F(SqliteModelTest, shows_what_is_served_to_other_programs) {
    const auto model = open_sqlite_model(path()).value();
    Leader leader{*model, people({{.name = "by_age", .fields = {"age"}}})};
    leader.commit({put("ada", R"({"age":36})")}).value();
    auto connection = sqlite::Connection::open(path(), false, std::chrono::seconds{1}).value();
    auto row = connection->prepare("SELECT _id, age FROM people").value();
    ASSERT_TRUE(row.step().value());
    EXPECT_EQ(row.text(0), "ada");
    EXPECT_EQ(row.integer(1), 36);
}

TEST_F(SqliteModelTest, says_which_fields_are_not_unique) {
    const auto model = open_sqlite_model(path()).value();
    Leader leader{*model, people({{.name = "one", .fields = {"mail", "at.home"}, .unique = true}})};
    leader.commit({put("ada", R"({"at":{"home":1},"mail":"x"})")}).value();
    const auto refused = leader.commit({put("bob", R"({"at":{"home":1},"mail":"x"})")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(),
              "collection \"people\", document \"bob\": another document has the same mail, "
              "at.home, which a unique index refuses");
}

TEST_F(SqliteModelTest, looks_at_no_more_than_a_range_of_an_index) {
    const std::vector<Index> by_age{{.name = "by_age", .fields = {"age"}}};
    const auto range = plan(Field{"age"} >= 20 && Field{"age"} < 25, by_age);
    EXPECT_EQ(range.way, QueryPlan::Way::index);
    EXPECT_EQ(range.index, "by_age");
    EXPECT_EQ(range.found, 5U);
    EXPECT_EQ(range.touched, 5U);
}

TEST_F(SqliteModelTest, takes_a_partial_index_for_what_is_in_it) {
    const std::vector<Index> tens{
        {.name = "tens", .fields = {"age"}, .where = Field{"name"} == "ten"}};
    const auto within = plan(Field{"name"} == "ten" && Field{"age"} >= 50, tens);
    EXPECT_EQ(within.index, "tens");
    EXPECT_EQ(within.touched, 5U);
}

TEST_F(SqliteModelTest, scans_where_no_index_helps) {
    const auto scan = plan(Field{"age"} >= 20 && Field{"age"} < 25, {});
    EXPECT_EQ(scan.way, QueryPlan::Way::scan);
    EXPECT_EQ(scan.touched, 100U);
    EXPECT_EQ(scan.found, 5U);
}

}  // namespace
}  // namespace mainstem
