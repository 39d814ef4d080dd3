// The read model in a file of SQLite: one connection writes, others read beside it (WAL), each use
// by one thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <mainstem/sqlite/open.hpp>

#include "sqlite/records.hpp"
#include "sqlite/schema.hpp"

namespace mainstem::sqlite {

class SqliteModel final : public ModelStore, public std::enable_shared_from_this<SqliteModel> {
public:
    static Result<std::shared_ptr<ModelStore>> open(const std::string& path,
                                                    const ModelOptions& options);

    Result<ProjectionRecord> declare(const ProjectionDeclaration& declaration) override;
    [[nodiscard]] Result<ProjectionRecord> projection(std::string_view name) const override;
    [[nodiscard]] Result<std::vector<ProjectionRecord>> projections() const override;
    Result<std::unique_ptr<Lead>> try_lead(std::string_view projection) override;
    Result<ProjectionRecord> begin_build(const ProjectionDeclaration& declaration,
                                         std::uint64_t epoch) override;
    Result<void> finish_build(std::string_view projection, std::uint64_t generation,
                              std::uint64_t epoch) override;
    Result<void> drop_build(std::string_view projection, std::uint64_t generation,
                            std::uint64_t epoch) override;
    Result<void> commit(const ModelCommit& commit) override;
    Result<void> wish(std::string_view projection, ProjectionWish wish) override;
    Result<void> set_failure(std::string_view projection, std::uint64_t generation,
                             std::string_view failure) override;
    [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(std::string_view projection,
                                                               Position after,
                                                               std::size_t limit) const override;
    [[nodiscard]] Result<std::optional<Document>> get(std::string_view collection,
                                                      std::string_view id,
                                                      std::uint64_t generation) const override;
    [[nodiscard]] Result<Found> find(const DocumentQuery& query) const override;
    [[nodiscard]] Result<QueryPlan> explain(const DocumentQuery& query) const override;
    [[nodiscard]] Result<std::vector<CollectionInfo>> collections() const override;

private:
    /// A connection that reads, and what it knows.
    struct Reader {
        std::unique_ptr<Connection> connection;
        ServedCollections served;
        /// Collections that were found, with their generations.
        std::set<std::pair<std::string, std::uint64_t>> names = {};
    };
    /// A reader of the pool while it is used.
    class Reading;
    class HeldLead;

    SqliteModel(std::string path, const ModelOptions& options)
        : path_(std::move(path)), options_(options) {}

    /// Runs `change(connection)` in one transaction that writes.
    template <class Change>
    auto write(Change change) -> decltype(change(std::declval<Connection&>()));
    [[nodiscard]] Result<Reading> reading() const;
    /// The number of a projection that is led with this epoch by way of this handle of the file.
    /// Within `write`. Errors: not_found, fenced.
    Result<std::int64_t> check_lead(std::string_view projection, std::uint64_t epoch);

    const std::string path_;
    const ModelOptions options_;
    std::mutex writing_;
    std::unique_ptr<Connection> writer_;  ///< under `writing_`
    /// The epochs of leads that were not given back, by projection; under `writing_`.
    std::map<std::string, std::uint64_t, std::less<>> leads_;
    mutable std::mutex pooling_;
    mutable std::vector<std::unique_ptr<Reader>> readers_;  ///< idle ones, under `pooling_`
};

}  // namespace mainstem::sqlite
