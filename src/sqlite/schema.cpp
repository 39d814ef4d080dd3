// Formats stand in docs/formats/read-model.md; a change of a table is a new version there.
#include "sqlite/schema.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sqlite/filter_sql.hpp"

namespace mainstem::sqlite {
namespace {

/// "mstm": which program a file belongs to, for SQLite and for `file`.
constexpr std::int64_t application = 0x6d73746d;
constexpr std::int64_t format_version = 1;

constexpr std::string_view tables = R"sql(
CREATE TABLE mainstem_projections(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    wish TEXT NOT NULL);
CREATE TABLE mainstem_builds(
    projection INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    definition TEXT NOT NULL,
    serving INTEGER NOT NULL,
    position INTEGER NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY(projection, generation)) WITHOUT ROWID;
CREATE TABLE mainstem_collections(
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    projection INTEGER NOT NULL,
    place INTEGER NOT NULL,
    declaration TEXT NOT NULL,
    PRIMARY KEY(name, generation)) WITHOUT ROWID;
CREATE TABLE mainstem_dead_letters(
    projection INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    position INTEGER NOT NULL,
    error TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY(projection, generation, position)) WITHOUT ROWID;
)sql";

Result<std::int64_t> pragma(Connection& connection, std::string_view name) {
    auto statement = connection.prepare(fmt::format("PRAGMA {}", name));
    if (!statement) return std::move(statement).error();
    auto row = statement->step();
    if (!row) return std::move(row).error();
    return *row ? statement->integer(0) : 0;
}

std::string index_name(std::string_view collection, std::uint64_t generation,
                       std::string_view index) {
    return fmt::format("ix_{}_{}_{}", generation, collection, index);
}

std::string declared(const Column& column) {
    return fmt::format("{} GENERATED ALWAYS AS {} VIRTUAL", quoted_name(column.name),
                       extracted(column.path));
}

std::string create_index(const Collection& collection, std::uint64_t generation,
                         const Index& index) {
    const FilterSql sql_of{collection};
    std::string fields;
    for (const auto& field : index.fields) {
        fields += (fields.empty() ? "" : ",") + sql_of.column(field);
    }
    auto sql = fmt::format("CREATE {}INDEX {} ON {}({})", index.unique ? "UNIQUE " : "",
                           quoted_name(index_name(collection.name, generation, index.name)),
                           quoted_name(table_of(collection.name, generation)), fields);
    if (!index.where.empty()) sql += " WHERE " + sql_of.declared(index.where);
    return sql;
}

bool has(const auto& list, const auto& one) { return std::ranges::find(list, one) != list.end(); }

/// False: the file is empty. In a transaction. Errors: newer_format; damaged, if it is none of
/// ours.
Result<bool> has_schema(Connection& connection) {
    const auto owner = pragma(connection, "application_id");
    if (!owner) return owner.error();
    const auto version = pragma(connection, "user_version");
    if (!version) return version.error();
    if (*owner == application) {
        if (*version == format_version) return true;
        return Error{ReadModelError::newer_format,
                     fmt::format("this read model has format {}; this version of Mainstem reads {}",
                                 *version, format_version)};
    }
    const auto changes = pragma(connection, "schema_version");
    if (!changes) return changes.error();
    if (*owner == 0 && *changes == 0) return false;
    return Error{ReadModelError::damaged,
                 "this is a database of another program; name another file for the read model"};
}

}  // namespace

Result<void> prepare_schema(Connection& connection, bool create) {
    // Who only reads does not wait for who writes.
    {
        const auto look = Transaction::begin(connection, Transaction::Kind::read);
        if (!look) return look.error();
        const auto there = has_schema(connection);
        if (!there) return there.error();
        if (*there) return {};
    }
    if (!create) return Error{ReadModelError::damaged, "this is an empty file, no read model"};
    auto transaction = Transaction::begin(connection, Transaction::Kind::write);
    if (!transaction) return std::move(transaction).error();
    // Another process may have been faster.
    const auto now = has_schema(connection);
    if (!now) return now.error();
    if (*now) return {};
    auto sql = std::string{tables} + fmt::format(
                                         "PRAGMA application_id = {};"
                                         "PRAGMA user_version = {};",
                                         application, format_version);
    if (auto done = connection.run(sql); !done) return done;
    return transaction->commit();
}

std::string table_of(std::string_view collection, std::uint64_t generation) {
    return fmt::format("doc_{}_{}", generation, collection);
}

Result<void> create_collection(Connection& connection, const Collection& collection,
                               std::uint64_t generation) {
    auto sql = fmt::format(
        "CREATE TABLE {}(_id TEXT NOT NULL PRIMARY KEY, _version INTEGER NOT NULL, "
        "_json TEXT NOT NULL",
        quoted_name(table_of(collection.name, generation)));
    for (const auto& column : columns_of(collection)) sql += ", " + declared(column);
    sql += ") WITHOUT ROWID;";
    for (const auto& index : collection.indexes) {
        sql += create_index(collection, generation, index) + ";";
    }
    return connection.run(sql);
}

Result<void> drop_collection(Connection& connection, std::string_view collection,
                             std::uint64_t generation) {
    return connection.run("DROP TABLE " + quoted_name(table_of(collection, generation)));
}

Result<void> adapt_collection(Connection& connection, const Collection& stored,
                              const Collection& wanted, std::uint64_t generation) {
    const auto table = quoted_name(table_of(wanted.name, generation));
    const auto before = columns_of(stored);
    const auto after = columns_of(wanted);
    const auto name = [&](const Index& index) {
        return index_name(wanted.name, generation, index.name);
    };
    // An index goes and comes again where its columns do.
    const auto stays = [&](const Index& index) {
        return has(stored.indexes, index) && has(wanted.indexes, index) &&
               create_index(stored, generation, index) == create_index(wanted, generation, index);
    };
    std::string sql;
    for (const auto& index : stored.indexes) {
        if (!stays(index)) sql += fmt::format("DROP INDEX {};", quoted_name(name(index)));
    }
    for (const auto& column : before) {
        if (has(after, column)) continue;
        sql += fmt::format("ALTER TABLE {} DROP COLUMN {};", table, quoted_name(column.name));
    }
    for (const auto& column : after) {
        if (has(before, column)) continue;
        sql += fmt::format("ALTER TABLE {} ADD COLUMN {};", table, declared(column));
    }
    for (const auto& index : wanted.indexes) {
        if (!stays(index)) sql += create_index(wanted, generation, index) + ";";
    }
    return connection.run(sql);
}

Result<void> serve_collection(Connection& connection, std::string_view collection,
                              std::uint64_t generation) {
    const auto view = quoted_name(collection);
    return connection.run(
        fmt::format("DROP VIEW IF EXISTS {0}; CREATE VIEW {0} AS SELECT * FROM {1};", view,
                    quoted_name(table_of(collection, generation))));
}

Result<void> ServedCollections::refresh(Connection& connection) {
    const auto version = pragma(connection, "schema_version");
    if (!version) return version.error();
    if (*version == version_) return {};
    auto rows = connection.prepare(
        "SELECT c.declaration, c.projection, c.generation FROM mainstem_collections c "
        "JOIN mainstem_builds b USING (projection, generation) WHERE b.serving");
    if (!rows) return std::move(rows).error();
    collections_.clear();
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        auto collection = parse_collection(rows->text(0));
        if (!collection) return std::move(collection).error();
        auto name = collection->name;
        collections_.emplace(std::move(name), ServedCollection{*std::move(collection),
                                                               rows->integer(1), rows->number(2)});
    }
    version_ = *version;
    return {};
}

Result<const ServedCollection*> ServedCollections::find(Connection& connection,
                                                        std::string_view name) {
    if (auto done = refresh(connection); !done) return std::move(done).error();
    const auto found = collections_.find(name);
    return found == collections_.end() ? nullptr : &found->second;
}

}  // namespace mainstem::sqlite
