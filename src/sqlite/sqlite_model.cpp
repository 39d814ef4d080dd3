// Opening, and all that writes.
#include "sqlite/sqlite_model.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "read_model/documents.hpp"
#include "read_model/errors.hpp"
#include "sqlite/commit_writer.hpp"
#include "sqlite/leads.hpp"

namespace mainstem::sqlite {
namespace {

Result<std::int64_t> insert_projection(Connection& connection, std::string_view name) {
    auto statement = connection.prepare(
        "INSERT INTO mainstem_projections(name, epoch, generations, wish) VALUES (?,0,0,'run') "
        "RETURNING id");
    if (!statement) return std::move(statement).error();
    statement->bind(name);
    if (auto row = statement->step(); !row) return std::move(row).error();
    return statement->integer(0);
}

const Collection* find(const std::vector<Collection>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &Collection::name);
    return found == all.end() ? nullptr : &*found;
}

Result<void> store_declaration(Connection& connection, const BuildRow& build,
                               const Collection& wanted, std::int64_t place) {
    const auto json = to_json(wanted);
    auto row = connection.prepare(
        "UPDATE mainstem_collections SET declaration = ?, place = ? WHERE name = ? AND "
        "generation = ?");
    if (!row) return std::move(row).error();
    return row->bind(json).bind(place).bind(wanted.name).bind(build.record.generation).run();
}

/// Makes the collections of a build what is declared now.
Result<void> adapt(Connection& connection, const BuildRow& build,
                   const ProjectionDeclaration& declaration) {
    const auto& stored = build.record.declaration.collections;
    for (std::size_t i = 0; i < declaration.collections.size(); ++i) {
        const auto& wanted = declaration.collections[i];
        const auto place = static_cast<std::int64_t>(i);
        const auto* const before = find(stored, wanted.name);
        if (before == nullptr) {
            return read_model::collections_changed_error(declaration.name, wanted.name, true);
        }
        if (*before == wanted && before == &stored[i]) continue;
        const auto generation = build.record.generation;
        if (auto done = adapt_collection(connection, *before, wanted, generation); !done) {
            return done;
        }
        if (auto done = store_declaration(connection, build, wanted, place); !done) return done;
    }
    if (declaration.definition == build.record.declaration.definition) return {};
    auto row = connection.prepare(
        "UPDATE mainstem_builds SET definition = ? WHERE projection = ? AND generation = ?");
    if (!row) return std::move(row).error();
    return row->bind(declaration.definition)
        .bind(build.projection)
        .bind(build.record.generation)
        .run();
}

Result<void> declare_known(Connection& connection, const BuildRow& build,
                           const ProjectionDeclaration& declaration) {
    const auto& stored = build.record.declaration;
    if (stored.version != declaration.version) return {};
    for (const auto& collection : stored.collections) {
        if (find(declaration.collections, collection.name) == nullptr) {
            return read_model::collections_changed_error(declaration.name, collection.name, false);
        }
    }
    const bool more = stored.collections.size() != declaration.collections.size();
    if (!more || build.record.position.value > 0) return adapt(connection, build, declaration);
    if (auto done = delete_build(connection, build); !done) return done;
    auto made = insert_build(connection, build.projection, declaration, true);
    return made ? Result<void>{} : std::move(made).error();
}

/// Rolls back what took the next epoch.
Error no_lead_error() { return {ReadModelError::busy, "another runner leads"}; }

/// The build that served, with its views.
Result<void> drop_served(Connection& connection, const std::vector<BuildRow>& builds) {
    for (const auto& build : builds) {
        if (!build.record.serving) continue;
        for (const auto& old : build.record.declaration.collections) {
            if (auto done = connection.run("DROP VIEW " + quoted_name(old.name)); !done) {
                return done;
            }
        }
        if (auto done = delete_build(connection, build); !done) return done;
    }
    return {};
}

/// Readers beside a writer need it. Before the schema: the first page of a file says how it is
/// written.
Result<void> write_ahead(Connection& connection) {
    if (auto done = connection.run("PRAGMA cache_size = -32768"); !done) return done;
    auto mode = connection.prepare("PRAGMA journal_mode = WAL");
    if (!mode) return std::move(mode).error();
    if (auto row = mode->step(); !row) return std::move(row).error();
    if (mode->text(0) == "wal") return {};
    return Error{
        ReadModelError::failed,
        "the file system has no shared memory for write-ahead logging; keep the read model "
        "on a local disk"};
}

}  // namespace

/// Keeps the model open.
class SqliteModel::HeldLead final : public Lead {
public:
    HeldLead(std::shared_ptr<SqliteModel> model, std::string projection,
             std::unique_ptr<LeadLock> lock, std::uint64_t epoch)
        : model_(std::move(model)),
          projection_(std::move(projection)),
          lock_(std::move(lock)),
          epoch_(epoch) {}
    /// Before the lock goes: nothing is written in its name any more.
    ~HeldLead() override {
        const std::lock_guard lock{model_->writing_};
        model_->leads_.erase(projection_);
    }
    HeldLead(const HeldLead&) = delete;
    HeldLead& operator=(const HeldLead&) = delete;

    [[nodiscard]] std::uint64_t epoch() const noexcept override { return epoch_; }

private:
    std::shared_ptr<SqliteModel> model_;
    std::string projection_;
    std::unique_ptr<LeadLock> lock_;
    std::uint64_t epoch_;
};

Result<std::int64_t> SqliteModel::check_lead(std::string_view projection, std::uint64_t epoch) {
    auto id = check_epoch(*writer_, projection, epoch);
    if (!id) return id;
    const auto held = leads_.find(projection);
    if (held != leads_.end() && held->second == epoch) return id;
    return read_model::lead_lost_error(projection, epoch);
}

template <class Change>
auto SqliteModel::write(Change change) -> decltype(change(std::declval<Connection&>())) {
    const std::lock_guard lock{writing_};
    auto transaction = Transaction::begin(*writer_, Transaction::Kind::write);
    if (!transaction) return std::move(transaction).error();
    auto changed = change(*writer_);
    if (!changed) return changed;
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return changed;
}

Result<std::shared_ptr<ModelStore>> SqliteModel::open(const std::string& path,
                                                      const ModelOptions& options) {
    const bool create = options.mode == ModelMode::create;
    auto connection = Connection::open(path, create, options.busy);
    if (!connection) return std::move(connection).error();
    if (auto done = write_ahead(**connection); !done) return std::move(done).error();
    if (auto done = prepare_schema(**connection, create); !done) return done.error().in(path);
    std::shared_ptr<SqliteModel> model{new SqliteModel{path, options}};
    model->writer_ = *std::move(connection);
    return std::shared_ptr<ModelStore>{std::move(model)};
}

Result<ProjectionRecord> SqliteModel::declare(const ProjectionDeclaration& declaration) {
    if (auto done = read_model::check_declaration(declaration); !done) {
        return std::move(done).error();
    }
    return write([&](Connection& connection) -> Result<ProjectionRecord> {
        auto serving = read_serving(connection, declaration.name);
        Result<void> done;
        if (serving) {
            done = declare_known(connection, *serving, declaration);
        } else if (serving.error() == ReadModelError::not_found) {
            const auto id = insert_projection(connection, declaration.name);
            if (!id) return id.error();
            auto made = insert_build(connection, *id, declaration, true);
            if (!made) done = std::move(made).error();
        } else {
            return std::move(serving).error();
        }
        if (!done) return std::move(done).error();
        auto now = read_serving(connection, declaration.name);
        if (!now) return std::move(now).error();
        return std::move(now->record);
    });
}

Result<std::unique_ptr<Lead>> SqliteModel::try_lead(std::string_view projection) {
    std::unique_ptr<LeadLock> lock;
    auto epoch = write([&](Connection& connection) -> Result<std::uint64_t> {
        auto statement = connection.prepare(
            "UPDATE mainstem_projections SET epoch = epoch + 1 WHERE name = ? "
            "RETURNING id, epoch");
        if (!statement) return std::move(statement).error();
        statement->bind(projection);
        const auto row = statement->step();
        if (!row) return row.error();
        if (!*row) return read_model::no_projection_error(projection);
        const auto id = statement->integer(0);
        const auto fresh = statement->number(1);
        auto taken = LeadLock::try_take(path_ + "-lead", id);
        if (!taken) return std::move(taken).error();
        lock = *std::move(taken);
        // Who does not get the lock must not fence the one who has it.
        if (!lock) return no_lead_error();
        leads_.insert_or_assign(std::string{projection}, fresh);
        return fresh;
    });
    if (epoch) {
        return std::unique_ptr<Lead>{std::make_unique<HeldLead>(
            shared_from_this(), std::string{projection}, std::move(lock), *epoch)};
    }
    if (epoch.error() == ReadModelError::busy && !lock) return std::unique_ptr<Lead>{};
    return std::move(epoch).error();
}

Result<ProjectionRecord> SqliteModel::begin_build(const ProjectionDeclaration& declaration,
                                                  std::uint64_t epoch) {
    if (auto done = read_model::check_declaration(declaration); !done) {
        return std::move(done).error();
    }
    return write([&](Connection& connection) -> Result<ProjectionRecord> {
        const auto id = check_lead(declaration.name, epoch);
        if (!id) return id.error();
        auto builds = read_builds(connection, declaration.name);
        if (!builds) return std::move(builds).error();
        for (auto& build : *builds) {
            if (build.record.serving) continue;
            if (build.record.declaration == declaration) return std::move(build.record);
            if (auto done = delete_build(connection, build); !done) {
                return std::move(done).error();
            }
        }
        const auto generation = insert_build(connection, *id, declaration, false);
        if (!generation) return generation.error();
        builds = read_builds(connection, declaration.name);
        if (!builds) return std::move(builds).error();
        return std::move(builds->back().record);
    });
}

Result<void> SqliteModel::finish_build(std::string_view projection, std::uint64_t generation,
                                       std::uint64_t epoch) {
    return write([&](Connection& connection) -> Result<void> {
        if (auto id = check_lead(projection, epoch); !id) {
            return std::move(id).error();
        }
        auto builds = read_builds(connection, projection);
        if (!builds) return std::move(builds).error();
        const auto fresh = std::ranges::find_if(*builds, [&](const BuildRow& build) {
            return build.record.generation == generation && !build.record.serving;
        });
        if (fresh == builds->end()) return read_model::no_build_error(projection, generation);
        if (auto done = drop_served(connection, *builds); !done) return done;
        for (const auto& collection : fresh->record.declaration.collections) {
            if (auto done = serve_collection(connection, collection.name, generation); !done) {
                return done;
            }
        }
        auto serve = connection.prepare(
            "UPDATE mainstem_builds SET serving = 1, failure = '' "
            "WHERE projection = ? AND generation = ?");
        if (!serve) return std::move(serve).error();
        return serve->bind(fresh->projection).bind(generation).run();
    });
}

Result<void> SqliteModel::drop_build(std::string_view projection, std::uint64_t generation,
                                     std::uint64_t epoch) {
    return write([&](Connection& connection) -> Result<void> {
        if (auto id = check_lead(projection, epoch); !id) {
            return std::move(id).error();
        }
        const auto builds = read_builds(connection, projection);
        if (!builds) return builds.error();
        for (const auto& build : *builds) {
            if (build.record.generation == generation && !build.record.serving) {
                return delete_build(connection, build);
            }
        }
        return read_model::no_build_error(projection, generation);
    });
}

Result<void> SqliteModel::wish(std::string_view projection, ProjectionWish wish) {
    return write([&](Connection& connection) -> Result<void> {
        auto row = connection.prepare("UPDATE mainstem_projections SET wish = ? WHERE name = ?");
        if (!row) return std::move(row).error();
        if (auto done = row->bind(text_of(wish)).bind(projection).run(); !done) return done;
        if (connection.changes() == 0) return read_model::no_projection_error(projection);
        return {};
    });
}

Result<void> SqliteModel::set_failure(std::string_view projection, std::uint64_t generation,
                                      std::string_view failure) {
    return write([&](Connection& connection) -> Result<void> {
        auto row = connection.prepare(
            "UPDATE mainstem_builds SET failure = ? WHERE generation = ? AND projection = "
            "(SELECT id FROM mainstem_projections WHERE name = ?)");
        if (!row) return std::move(row).error();
        if (auto done = row->bind(failure).bind(generation).bind(projection).run(); !done) {
            return done;
        }
        if (connection.changes() > 0) return {};
        const auto serving = read_serving(connection, projection);
        if (!serving) return serving.error();
        return read_model::no_build_error(projection, generation);
    });
}

Result<void> SqliteModel::commit(const ModelCommit& commit) {
    if (auto done = read_model::check_commit(commit); !done) return done;
    return write([&](Connection& connection) -> Result<void> {
        const auto projection = check_lead(commit.projection, commit.epoch);
        if (!projection) return projection.error();
        return CommitWriter{connection, commit, *projection}.write();
    });
}

}  // namespace mainstem::sqlite

namespace mainstem {

Result<std::shared_ptr<ModelStore>> open_sqlite_model(const std::string& path,
                                                      const ModelOptions& options) {
    return sqlite::SqliteModel::open(path, options);
}

}  // namespace mainstem
