// What a model does where the file is busy, the disk is full, or nothing may be written.
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include <mainstem/sqlite/open.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

#include "sqlite/connection.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using namespace std::chrono_literals;
using testing::model_contract::documents_of;
using testing::model_contract::Leader;
using testing::model_contract::people;
using testing::model_contract::put;

class SqliteFaultsTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string path() const { return folder_.path() + "/model.sqlite"; }
    [[nodiscard]] std::shared_ptr<ModelStore> open(ModelMode mode = ModelMode::create) const {
        return open_sqlite_model(path(), {.mode = mode, .busy = 0ms}).value();
    }
    [[nodiscard]] std::unique_ptr<sqlite::Connection> other_program() const {
        return sqlite::Connection::open(path(), false, 0ms).value();
    }

    support::TemporaryFolder folder_;
};

/// Files of this process cannot grow beyond a size, as on a full disk.
class NoRoom {
public:
    explicit NoRoom(rlim_t size) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{size, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~NoRoom() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    NoRoom(const NoRoom&) = delete;
    NoRoom& operator=(const NoRoom&) = delete;

private:
    rlimit before_{};
};

// Regression: opening took the lock of writers.
TEST_F(SqliteFaultsTest, readers_open_it_while_somebody_writes) {
    {
        const auto model = open();
        Leader leader{*model, people()};
        leader.commit({put("ada")}).value();
    }
    const auto writer = other_program();
    writer->run("BEGIN IMMEDIATE").value();
    for (const auto mode : {ModelMode::existing, ModelMode::create}) {
        const auto model = open_sqlite_model(path(), {.mode = mode, .busy = 0ms});
        ASSERT_TRUE(model) << model.error();
        EXPECT_EQ(documents_of(**model).size(), 1U);
        EXPECT_EQ((*model)->projections().value().size(), 1U);
    }
}

TEST_F(SqliteFaultsTest, an_empty_file_is_no_model_unless_one_may_be_made) {
    std::ofstream{path()};
    const auto opened = open_sqlite_model(path(), {.mode = ModelMode::existing});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), ReadModelError::damaged);
    EXPECT_NE(opened.error().message().find("empty file"), std::string::npos) << opened.error();
    EXPECT_TRUE(open());
}

TEST_F(SqliteFaultsTest, a_commit_beside_another_writer_is_busy_and_may_be_tried_again) {
    const auto model = open();
    Leader leader{*model, people()};
    const auto commit = leader.next({put("ada")});
    const auto writer = other_program();
    writer->run("BEGIN IMMEDIATE").value();
    const auto busy = leader.commit(commit);
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error(), ReadModelError::busy);
    EXPECT_TRUE(busy.error().retryable());
    writer->run("ROLLBACK").value();
    EXPECT_TRUE(leader.commit(commit));
    EXPECT_EQ(documents_of(*model).size(), 1U);
}

TEST_F(SqliteFaultsTest, a_commit_on_a_full_disk_changes_nothing_and_may_be_tried_again) {
    const auto model = open();
    Leader leader{*model, people()};
    leader.commit({put("ada", R"({"n":1})")}).value();
    const auto commit =
        leader.next({put("ada", R"({"n":2})"),
                     put("large", R"({"text":")" + std::string(3 << 20, 'x') + "\"}")});
    {
        const NoRoom no_room{1 << 20};
        const auto full = leader.commit(commit);
        ASSERT_FALSE(full);
        EXPECT_TRUE(full.error() == ReadModelError::full || full.error() == ReadModelError::failed)
            << full.error();
        EXPECT_TRUE(full.error().retryable());
        EXPECT_EQ(documents_of(*model).front().json, R"({"n":1})");
        EXPECT_EQ(model->projection("people").value().position, leader.position());
    }
    const auto done = leader.commit(commit);
    ASSERT_TRUE(done) << done.error();
    EXPECT_EQ(documents_of(*model).size(), 2U);
    EXPECT_EQ(open()->projection("people").value().position, leader.position());
}

TEST_F(SqliteFaultsTest, commits_are_flushed_and_readers_are_beside) {
    const auto model = open();
    const auto connection = other_program();
    auto synchronous = connection->prepare("PRAGMA synchronous").value();
    ASSERT_TRUE(synchronous.step().value());
    EXPECT_EQ(synchronous.integer(0), 2) << "FULL";
    auto journal = connection->prepare("PRAGMA journal_mode").value();
    ASSERT_TRUE(journal.step().value());
    EXPECT_EQ(journal.text(0), "wal");
}

}  // namespace
}  // namespace mainstem
