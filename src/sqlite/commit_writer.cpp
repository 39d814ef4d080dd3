// The checkpoint first, then documents in the order of their tables, then dead letters.
#include "sqlite/commit_writer.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "read_model/errors.hpp"
#include "sqlite/schema.hpp"

namespace mainstem::sqlite {
namespace {

/// "/path: UNIQUE constraint failed: doc_1_people.mail, doc_1_people.age (SQLite error 2067)" as
/// "mail, age"; the whole message if it is another one.
std::string fields_in(std::string_view message, const std::string& table) {
    constexpr std::string_view before = "UNIQUE constraint failed: ";
    const auto begin = message.find(before);
    const auto end = message.find(" (SQLite error");
    if (begin == std::string_view::npos || end == std::string_view::npos) {
        return std::string{message};
    }
    std::string fields{message.substr(begin + before.size(), end - begin - before.size())};
    for (auto at = fields.find(table + '.'); at != std::string::npos;
         at = fields.find(table + '.')) {
        fields.erase(at, table.size() + 1);
    }
    return fields;
}

}  // namespace

Result<void> CommitWriter::write() {
    if (auto done = move_checkpoint(); !done) return done;
    for (const auto& change : commit_.changes) changes_.push_back(&change);
    std::ranges::sort(changes_, {}, [](const DocumentChange* change) {
        return std::tuple{change->collection, std::string_view{change->document.id}};
    });
    if (auto done = check_collections(); !done) return done;
    if (auto done = connection_.run("SAVEPOINT documents"); !done) return done;
    auto done = write_documents();
    if (!done && done.error() == ReadModelError::not_unique) {
        // One document may take from another what both may not have at once: the end counts.
        if (auto back = connection_.run("ROLLBACK TO documents"); !back) return back;
        done = remove_all();
        if (done) done = write_documents();
    }
    if (!done) return done;
    return write_letters();
}

/// First of all: who is fenced has written nothing.
Result<void> CommitWriter::move_checkpoint() {
    auto update = connection_.prepare(
        "UPDATE mainstem_builds SET position = ? WHERE position = ? AND generation = ? AND "
        "projection = ?");
    if (!update) return std::move(update).error();
    update->bind(commit_.to.value).bind(commit_.from.value).bind(commit_.generation);
    if (auto done = update->bind(projection_).run(); !done) return done;
    if (connection_.changes() == 1) return {};
    auto stored = connection_.prepare(
        "SELECT position FROM mainstem_builds WHERE generation = ? AND projection = ?");
    if (!stored) return std::move(stored).error();
    const auto row = stored->bind(commit_.generation).bind(projection_).step();
    if (!row) return row.error();
    if (*row) return read_model::moved_error(commit_, {stored->number(0)});
    return read_model::no_build_error(commit_.projection, commit_.generation);
}

/// Names are compared letter by letter, which those of tables are not.
Result<void> CommitWriter::check_collections() {
    return each_collection([this](std::size_t begin, std::size_t) -> Result<void> {
        const auto name = changes_[begin]->collection;
        auto found = connection_.prepare(
            "SELECT 1 FROM mainstem_collections WHERE name = ? AND generation = ? AND "
            "projection = ?");
        if (!found) return std::move(found).error();
        const auto row = found->bind(name).bind(commit_.generation).bind(projection_).step();
        if (!row) return row.error();
        return *row ? Result<void>{} : read_model::foreign_collection_error(commit_, name);
    });
}

/// A statement on the documents of a collection.
Result<Statement> CommitWriter::prepare(std::string_view sql, std::string_view collection) {
    return connection_.prepare(
        fmt::format(fmt::runtime(sql), quoted_name(table_of(collection, commit_.generation))));
}

template <class Each>
Result<void> CommitWriter::each_collection(Each each) {
    for (std::size_t begin = 0; begin < changes_.size();) {
        auto end = begin;
        while (end < changes_.size() && changes_[end]->collection == changes_[begin]->collection) {
            ++end;
        }
        if (auto done = each(begin, end); !done) return done;
        begin = end;
    }
    return {};
}

Result<void> CommitWriter::write_documents() {
    return each_collection([this](std::size_t begin, std::size_t end) {
        auto done = remove(begin, end, false);
        return done ? upsert(begin, end) : done;
    });
}

Result<void> CommitWriter::remove_all() {
    return each_collection(
        [this](std::size_t begin, std::size_t end) { return remove(begin, end, true); });
}

Result<void> CommitWriter::upsert(std::size_t begin, std::size_t end) {
    auto statement = prepare(
        "INSERT INTO {}(_id,_version,_json) VALUES(?,?,?) ON CONFLICT(_id) DO UPDATE "
        "SET _version = excluded._version, _json = excluded._json",
        changes_[begin]->collection);
    if (!statement) return std::move(statement).error();
    for (auto i = begin; i < end; ++i) {
        if (changes_[i]->removed) continue;
        const auto& [id, version, json] = changes_[i]->document;
        statement->again();
        auto done = statement->bind(id).bind(version.value).bind(json).run();
        if (done) continue;
        if (done.error() != ReadModelError::not_unique) return done;
        return Error{
            ReadModelError::not_unique,
            fmt::format("collection \"{}\", document \"{}\": another document has the same "
                        "{}, which a unique index refuses",
                        changes_[i]->collection, id,
                        fields_in(done.error().message(),
                                  table_of(changes_[i]->collection, commit_.generation)))};
    }
    return {};
}

Result<void> CommitWriter::remove(std::size_t begin, std::size_t end, bool all) {
    auto statement = prepare("DELETE FROM {} WHERE _id = ?", changes_[begin]->collection);
    if (!statement) return std::move(statement).error();
    for (auto i = begin; i < end; ++i) {
        if (!all && !changes_[i]->removed) continue;
        statement->again();
        if (auto done = statement->bind(changes_[i]->document.id).run(); !done) return done;
    }
    return {};
}

Result<void> CommitWriter::write_letters() {
    for (const auto& position : commit_.replayed) {
        auto statement = connection_.prepare(
            "DELETE FROM mainstem_dead_letters WHERE projection = ? AND generation = ? AND "
            "position = ?");
        if (!statement) return std::move(statement).error();
        statement->bind(projection_).bind(commit_.generation).bind(position.value);
        if (auto done = statement->run(); !done) return done;
        if (connection_.changes() == 1) continue;
        return read_model::no_dead_letter_error(commit_.projection, position);
    }
    for (const auto& letter : commit_.set_aside) {
        auto statement =
            connection_.prepare("INSERT OR REPLACE INTO mainstem_dead_letters VALUES (?,?,?,?,?)");
        if (!statement) return std::move(statement).error();
        statement->bind(projection_).bind(commit_.generation).bind(letter.position.value);
        statement->bind(letter.error).bind(std::int64_t{letter.at.time_since_epoch().count()});
        if (auto done = statement->run(); !done) return done;
    }
    return {};
}

}  // namespace mainstem::sqlite
