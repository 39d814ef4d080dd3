// All that a read model in memory holds, for one thread at a time: projections, their builds, and
// in these the documents. The port's rules are here; src/read_model/memory_model.cpp adds the lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "read_model/memory_collection.hpp"

namespace mainstem::read_model {

/// By the names of their collections.
using CollectionChanges = std::map<std::string, KeptDocuments, std::less<>>;

struct MemoryBuild {
    ProjectionDeclaration declaration;
    std::uint64_t generation = 1;
    Position position = {};
    std::map<std::string, MemoryCollection, std::less<>> collections = {};
    std::map<Position, DeadLetter> dead_letters = {};
    std::string failure = {};

    /// An empty one.
    MemoryBuild(const ProjectionDeclaration& declared, std::uint64_t number);
};

struct MemoryProjection {
    MemoryBuild serving;
    std::optional<MemoryBuild> under_way = {};
    std::uint64_t last_generation = 1;
    std::uint64_t epoch = 0;
    bool led = false;  ///< by whoever has `epoch`
    ProjectionWish wish = ProjectionWish::run;
};

/// Requests were checked by `check_declaration` and `check_commit`. Errors are those of the port's
/// functions of the same names.
class MemoryProjections {
public:
    Result<ProjectionRecord> declare(const ProjectionDeclaration& declaration);
    [[nodiscard]] std::vector<ProjectionRecord> records() const;
    [[nodiscard]] Result<ProjectionRecord> record(std::string_view projection);

    /// The new epoch; nothing if somebody leads.
    Result<std::optional<std::uint64_t>> take_lead(std::string_view projection);
    void give_back(std::string_view projection, std::uint64_t epoch);

    Result<ProjectionRecord> begin_build(const ProjectionDeclaration& declaration,
                                         std::uint64_t epoch);
    Result<void> finish_build(std::string_view projection, std::uint64_t generation,
                              std::uint64_t epoch);
    Result<void> drop_build(std::string_view projection, std::uint64_t generation,
                            std::uint64_t epoch);

    /// `changes` are those of the commit.
    Result<void> commit(const ModelCommit& commit, const CollectionChanges& changes);

    Result<void> wish(std::string_view projection, ProjectionWish wish);
    Result<void> set_failure(std::string_view projection, std::uint64_t generation,
                             std::string_view failure);
    [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(std::string_view projection,
                                                               Position after,
                                                               std::size_t limit) const;

    struct Place {
        const MemoryBuild* build;
        const MemoryCollection* collection;
    };
    /// A collection of the build that serves (generation 0) or of another.
    [[nodiscard]] Result<Place> find(std::string_view collection, std::uint64_t generation) const;
    [[nodiscard]] std::vector<CollectionInfo> collections() const;

private:
    Result<MemoryProjection*> of(std::string_view projection);
    /// The projection, if `epoch` leads it.
    Result<MemoryProjection*> led_by(std::string_view projection, std::uint64_t epoch);
    Result<MemoryProjection*> building(std::string_view projection, std::uint64_t generation,
                                       std::uint64_t epoch);
    /// None of the declared collections belongs to another projection.
    [[nodiscard]] Result<void> check_free(const ProjectionDeclaration& declaration) const;
    Result<void> redeclare(MemoryProjection& projection, const ProjectionDeclaration& declaration);

    std::map<std::string, MemoryProjection, std::less<>> projections_;
};

}  // namespace mainstem::read_model
