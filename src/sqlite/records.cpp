// Reading and writing the tables that know the projections.
#include "sqlite/records.hpp"

#include <fmt/format.h>

#include "read_model/errors.hpp"
#include "sqlite/schema.hpp"

namespace mainstem::sqlite {
namespace {

ProjectionWish wish_of(std::string_view text) {
    if (text == "pause") return ProjectionWish::pause;
    return text == "stop" ? ProjectionWish::stop : ProjectionWish::run;
}

Result<void> read_collections(Connection& connection, BuildRow& build) {
    auto rows = connection.prepare(
        "SELECT declaration FROM mainstem_collections WHERE projection = ? AND generation = ? "
        "ORDER BY place");
    if (!rows) return std::move(rows).error();
    rows->bind(build.projection).bind(build.record.generation);
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return {};
        auto collection = parse_collection(rows->text(0));
        if (!collection) return std::move(collection).error();
        build.record.declaration.collections.push_back(*std::move(collection));
    }
}

Result<void> run(Connection& connection, std::string_view sql, std::int64_t projection,
                 std::uint64_t generation) {
    auto statement = connection.prepare(sql);
    if (!statement) return std::move(statement).error();
    return statement->bind(projection).bind(generation).run();
}

Result<std::uint64_t> next_generation(Connection& connection, std::int64_t projection) {
    auto statement = connection.prepare(
        "UPDATE mainstem_projections SET generations = generations + 1 WHERE id = ? "
        "RETURNING generations");
    if (!statement) return std::move(statement).error();
    statement->bind(projection);
    if (auto row = statement->step(); !row) return std::move(row).error();
    return statement->number(0);
}

/// A name belongs to the first projection that declares it.
Result<void> check_free(Connection& connection, std::string_view collection,
                        std::int64_t projection) {
    auto rows = connection.prepare(
        "SELECT p.name FROM mainstem_collections c JOIN mainstem_projections p "
        "ON p.id = c.projection WHERE c.name = ? COLLATE NOCASE AND p.id <> ?");
    if (!rows) return std::move(rows).error();
    rows->bind(collection).bind(projection);
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return {};
    return read_model::taken_error(collection, rows->text(0));
}

}  // namespace

Result<std::vector<BuildRow>> read_builds(Connection& connection,
                                          std::optional<std::string_view> projection) {
    auto rows = connection.prepare(fmt::format(
        "SELECT p.id, p.name, p.epoch, p.wish, b.failure, b.generation, b.version, b.definition, "
        "b.serving, b.position, (SELECT count(*) FROM mainstem_dead_letters l WHERE "
        "l.projection = b.projection AND l.generation = b.generation) "
        "FROM mainstem_projections p JOIN mainstem_builds b ON b.projection = p.id {} "
        "ORDER BY p.name, b.generation",
        projection ? "WHERE p.name = ?" : ""));
    if (!rows) return std::move(rows).error();
    if (projection) rows->bind(*projection);
    std::vector<BuildRow> builds;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        auto& build = builds.emplace_back();
        build.projection = rows->integer(0);
        auto& record = build.record;
        record.declaration.name = rows->text(1);
        record.epoch = rows->number(2);
        record.wish = wish_of(rows->text(3));
        record.failure = rows->text(4);
        record.generation = rows->number(5);
        record.declaration.version = static_cast<std::uint32_t>(rows->integer(6));
        record.declaration.definition = rows->text(7);
        record.serving = rows->integer(8) != 0;
        record.position = {rows->number(9)};
        record.dead_letters = rows->number(10);
    }
    for (auto& build : builds) {
        if (auto done = read_collections(connection, build); !done) return std::move(done).error();
    }
    return builds;
}

Result<BuildRow> read_serving(Connection& connection, std::string_view projection) {
    auto builds = read_builds(connection, projection);
    if (!builds) return std::move(builds).error();
    for (auto& build : *builds) {
        if (build.record.serving) return std::move(build);
    }
    return read_model::no_projection_error(projection);
}

Result<std::int64_t> check_epoch(Connection& connection, std::string_view projection,
                                 std::uint64_t epoch) {
    auto statement =
        connection.prepare("SELECT id, epoch FROM mainstem_projections WHERE name = ?");
    if (!statement) return std::move(statement).error();
    statement->bind(projection);
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return read_model::no_projection_error(projection);
    if (statement->number(1) == epoch) return statement->integer(0);
    return read_model::lead_lost_error(projection, epoch);
}

Result<std::uint64_t> insert_build(Connection& connection, std::int64_t projection,
                                   const ProjectionDeclaration& declaration, bool serving) {
    const auto generation = next_generation(connection, projection);
    if (!generation) return generation.error();
    auto build = connection.prepare("INSERT INTO mainstem_builds VALUES (?,?,?,?,?,0,'')");
    if (!build) return std::move(build).error();
    build->bind(projection).bind(*generation).bind(std::int64_t{declaration.version});
    build->bind(declaration.definition).bind(std::int64_t{serving});
    if (auto done = build->run(); !done) return std::move(done).error();
    std::int64_t place = 0;
    for (const auto& collection : declaration.collections) {
        if (auto done = check_free(connection, collection.name, projection); !done) {
            return std::move(done).error();
        }
        const auto json = to_json(collection);
        auto row = connection.prepare("INSERT INTO mainstem_collections VALUES (?,?,?,?,?)");
        if (!row) return std::move(row).error();
        row->bind(collection.name).bind(*generation).bind(projection).bind(place++).bind(json);
        if (auto done = row->run(); !done) return std::move(done).error();
        if (auto done = create_collection(connection, collection, *generation); !done) {
            return std::move(done).error();
        }
        if (!serving) continue;
        if (auto done = serve_collection(connection, collection.name, *generation); !done) {
            return std::move(done).error();
        }
    }
    return *generation;
}

Result<void> delete_build(Connection& connection, const BuildRow& build) {
    const auto generation = build.record.generation;
    for (const auto& collection : build.record.declaration.collections) {
        if (auto done = drop_collection(connection, collection.name, generation); !done) {
            return done;
        }
    }
    for (const auto* const table :
         {"mainstem_collections", "mainstem_dead_letters", "mainstem_builds"}) {
        const auto sql =
            fmt::format("DELETE FROM {} WHERE projection = ? AND generation = ?", table);
        if (auto done = run(connection, sql, build.projection, generation); !done) return done;
    }
    return {};
}

std::string_view text_of(ProjectionWish wish) {
    switch (wish) {
        case ProjectionWish::run: return "run";
        case ProjectionWish::pause: return "pause";
        case ProjectionWish::stop: return "stop";
    }
    return "run";
}

}  // namespace mainstem::sqlite
