// All that reads: on a connection of a pool, in one transaction, so that it is of one moment.
#include <algorithm>

#include <fmt/format.h>

#include "read_model/errors.hpp"
#include "sqlite/functions.hpp"
#include "sqlite/query_sql.hpp"
#include "sqlite/sqlite_model.hpp"

namespace mainstem::sqlite {
namespace {

/// Readers that wait to be used again.
constexpr std::size_t idle_readers = 8;

Result<Position> read_position(Connection& connection, const ServedCollection& collection) {
    auto statement = connection.prepare(
        "SELECT position FROM mainstem_builds WHERE projection = ? AND generation = ?");
    if (!statement) return std::move(statement).error();
    statement->bind(collection.projection).bind(collection.generation);
    if (auto row = statement->step(); !row) return std::move(row).error();
    return Position{statement->number(0)};
}

/// With the values of its parameters, which must outlive it.
Result<Statement> prepare(Connection& connection, Sql&& sql) = delete;
Result<Statement> prepare(Connection& connection, const Sql& sql) {
    auto statement = connection.prepare(sql.text);
    if (!statement) return statement;
    for (const auto& value : sql.values) statement->bind_value(value);
    return statement;
}

/// The error for a collection that was dropped since it was looked for.
Error dropped(std::string_view collection, const Error& error) {
    if (error.message().find("no such table") == std::string::npos) return error;
    return read_model::no_collection_error(collection);
}

/// A sum that is too large is the query's fault.
Error query_error(const Error& error) {
    if (error.message().find(sum_too_large) == std::string::npos) return error;
    return {QueryError::too_large, sum_too_large};
}

Result<void> read_rows(Connection& connection, const DocumentQuery& query, const QuerySql& sql,
                       Found& found) {
    auto rows = prepare(connection, sql.sql());
    if (!rows) return std::move(rows).error();
    const bool pages = !query.groups();
    while (true) {
        const auto row = rows->step();
        if (!row) return query_error(row.error());
        if (!*row) {
            found.next.clear();
            return {};
        }
        if (found.documents.size() == query.limit) {
            if (query.limit == 0) found.next.clear();
            return {};
        }
        found.documents.push_back(sql.document(*rows));
        if (pages && found.documents.size() == query.limit) found.next = sql.mark(*rows);
    }
}

/// What SQLite says of its plan: which index the documents are found by.
void describe(std::string_view detail, const ServedCollection& served, QueryPlan& plan) {
    plan.details += (plan.details.empty() ? "" : "\n") + std::string{detail};
    if (detail.starts_with("USE TEMP B-TREE")) plan.sorted = true;
    const bool of_documents =
        detail.starts_with("SEARCH d ") || detail.starts_with("SCAN d") ||
        detail.starts_with("SEARCH " + table_of(served.collection.name, served.generation));
    if (!of_documents) return;
    if (detail.find("USING PRIMARY KEY") != std::string_view::npos) plan.way = QueryPlan::Way::key;
    for (const auto& index : served.collection.indexes) {
        const auto name =
            fmt::format("INDEX ix_{}_{}_{}", served.generation, served.collection.name, index.name);
        const auto at = detail.find(name);
        if (at == std::string_view::npos) continue;
        const auto behind = detail.substr(at + name.size());
        if (!behind.empty() && behind.front() != ' ') continue;
        plan.way = QueryPlan::Way::index;
        plan.index = index.name;
    }
}

}  // namespace

class SqliteModel::Reading {
public:
    Reading(const SqliteModel& model, std::unique_ptr<Reader> reader)
        : model_(&model), reader_(std::move(reader)) {}
    ~Reading() {
        if (!reader_) return;
        const std::lock_guard lock{model_->pooling_};
        if (model_->readers_.size() < idle_readers) model_->readers_.push_back(std::move(reader_));
    }
    Reading(Reading&&) noexcept = default;
    Reading& operator=(Reading&&) = delete;

    [[nodiscard]] Connection& connection() const { return *reader_->connection; }
    /// Within a transaction; not_found if there is no such collection.
    [[nodiscard]] Result<const ServedCollection*> served(std::string_view name) const {
        auto found = reader_->served.find(connection(), name);
        if (found && *found == nullptr) return read_model::no_collection_error(name);
        return found;
    }
    [[nodiscard]] ServedCollections& collections() const { return reader_->served; }
    /// That a collection has this very name: names of tables are not compared letter by letter.
    /// Looked at once; one that was dropped since then shows when it is read.
    [[nodiscard]] Result<void> check_name(std::string_view name, std::uint64_t generation) const {
        std::pair key{std::string{name}, generation};
        if (reader_->names.contains(key)) return {};
        auto found = connection().prepare(
            "SELECT 1 FROM mainstem_collections WHERE name = ? AND generation = ifnull(nullif(?, "
            "0), generation)");
        if (!found) return std::move(found).error();
        const auto row = found->bind(name).bind(generation).step();
        if (!row) return row.error();
        if (!*row) return read_model::no_collection_error(name);
        reader_->names.insert(std::move(key));
        return {};
    }

private:
    const SqliteModel* model_;
    std::unique_ptr<Reader> reader_;
};

Result<SqliteModel::Reading> SqliteModel::reading() const {
    {
        const std::lock_guard lock{pooling_};
        if (!readers_.empty()) {
            auto reader = std::move(readers_.back());
            readers_.pop_back();
            return Reading{*this, std::move(reader)};
        }
    }
    auto connection = Connection::open(path_, false, options_.busy);
    if (!connection) return std::move(connection).error();
    if (auto done = (*connection)->run("PRAGMA query_only = ON; PRAGMA cache_size = -8192;");
        !done) {
        return std::move(done).error();
    }
    return Reading{*this, std::make_unique<Reader>(*std::move(connection))};
}

Result<std::optional<Document>> SqliteModel::get(std::string_view collection, std::string_view id,
                                                 std::uint64_t generation) const {
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    if (auto known = reading->check_name(collection, generation); !known) {
        return std::move(known).error();
    }
    const auto table = generation == 0 ? std::string{collection} : table_of(collection, generation);
    auto statement = reading->connection().prepare("SELECT _version, _json FROM " +
                                                   quoted_name(table) + " WHERE _id = ?");
    if (!statement) return dropped(collection, statement.error());
    statement->bind(id);
    const auto row = statement->step();
    if (!row) return dropped(collection, row.error());
    if (!*row) return std::optional<Document>{};
    return std::optional<Document>{std::in_place, std::string{id}, Position{statement->number(0)},
                                   std::string{statement->text(1)}};
}

Result<Found> SqliteModel::find(const DocumentQuery& query) const {
    if (auto done = check_query(query); !done) return std::move(done).error();
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto& connection = reading->connection();
    auto transaction = Transaction::begin(connection, Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    const auto served = reading->served(query.collection);
    if (!served) return served.error();
    const auto& collection = **served;
    const auto sql = QuerySql::make(query, collection.collection,
                                    table_of(query.collection, collection.generation), false);
    if (!sql) return sql.error();
    Found found;
    if (auto done = read_rows(connection, query, *sql, found); !done) {
        return std::move(done).error();
    }
    const auto position = read_position(connection, collection);
    if (!position) return position.error();
    found.as_of = *position;
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return found;
}

Result<QueryPlan> SqliteModel::explain(const DocumentQuery& query) const {
    if (auto done = check_query(query); !done) return std::move(done).error();
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto& connection = reading->connection();
    auto transaction = Transaction::begin(connection, Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    const auto served = reading->served(query.collection);
    if (!served) return served.error();
    const auto& collection = **served;
    const auto table = table_of(query.collection, collection.generation);
    const auto sql = QuerySql::make(query, collection.collection, table, false);
    if (!sql) return sql.error();
    QueryPlan plan;
    const Sql asked{"EXPLAIN QUERY PLAN " + sql->sql().text, sql->sql().values};
    auto rows = prepare(connection, asked);
    if (!rows) return std::move(rows).error();
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        describe(rows->text(3), collection, plan);
    }
    const auto counted = QuerySql::make(query, collection.collection, table, true);
    if (!counted) return counted.error();
    connection.take_touched();
    Found found;
    if (auto done = read_rows(connection, query, *counted, found); !done) {
        return std::move(done).error();
    }
    plan.touched = connection.take_touched();
    plan.found = found.documents.size();
    return plan;
}

Result<std::vector<CollectionInfo>> SqliteModel::collections() const {
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto& connection = reading->connection();
    auto transaction = Transaction::begin(connection, Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    if (auto done = reading->collections().refresh(connection); !done) {
        return std::move(done).error();
    }
    std::vector<CollectionInfo> all;
    for (const auto& [name, served] : reading->collections().all()) {
        auto row = connection.prepare(fmt::format(
            "SELECT p.name, b.position, (SELECT count(*) FROM {}) FROM mainstem_builds b "
            "JOIN mainstem_projections p ON p.id = b.projection WHERE p.id = ? AND "
            "b.generation = ?",
            quoted_name(name)));
        if (!row) return std::move(row).error();
        row->bind(served.projection).bind(served.generation);
        if (auto done = row->step(); !done) return std::move(done).error();
        all.push_back({.collection = served.collection,
                       .projection = std::string{row->text(0)},
                       .documents = row->number(2),
                       .position = {row->number(1)}});
    }
    return all;
}

Result<ProjectionRecord> SqliteModel::projection(std::string_view name) const {
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto transaction = Transaction::begin(reading->connection(), Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    auto serving = read_serving(reading->connection(), name);
    if (!serving) return std::move(serving).error();
    return std::move(serving->record);
}

Result<std::vector<ProjectionRecord>> SqliteModel::projections() const {
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto transaction = Transaction::begin(reading->connection(), Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    auto builds = read_builds(reading->connection(), std::nullopt);
    if (!builds) return std::move(builds).error();
    std::vector<ProjectionRecord> records;
    for (auto& build : *builds) records.push_back(std::move(build.record));
    return records;
}

Result<std::vector<DeadLetter>> SqliteModel::dead_letters(std::string_view projection,
                                                          Position after, std::size_t limit) const {
    auto reading = this->reading();
    if (!reading) return std::move(reading).error();
    auto& connection = reading->connection();
    auto transaction = Transaction::begin(connection, Transaction::Kind::read);
    if (!transaction) return std::move(transaction).error();
    const auto serving = read_serving(connection, projection);
    if (!serving) return serving.error();
    auto rows = connection.prepare(
        "SELECT position, error, at FROM mainstem_dead_letters WHERE projection = ? AND "
        "generation = ? AND position > ? ORDER BY position LIMIT ?");
    if (!rows) return std::move(rows).error();
    rows->bind(serving->projection).bind(serving->record.generation).bind(after.value);
    rows->bind(std::uint64_t{limit});
    std::vector<DeadLetter> letters;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return letters;
        letters.push_back({.position = {rows->number(0)},
                           .error = std::string{rows->text(1)},
                           .at = Timestamp{std::chrono::microseconds{rows->integer(2)}}});
    }
}

}  // namespace mainstem::sqlite
