// Projections and builds as rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "sqlite/connection.hpp"

namespace mainstem::sqlite {

/// A build and the number of its projection in the file.
struct BuildRow {
    std::int64_t projection = 0;
    ProjectionRecord record;
};

/// All builds of a projection, or of all, by name and generation.
Result<std::vector<BuildRow>> read_builds(Connection& connection,
                                          std::optional<std::string_view> projection);
/// The one that serves; not_found if there is no such projection.
Result<BuildRow> read_serving(Connection& connection, std::string_view projection);
/// The number of a projection; not_found if there is none, fenced if its epoch is another.
Result<std::int64_t> check_epoch(Connection& connection, std::string_view projection,
                                 std::uint64_t epoch);

/// A new build at position 0, with its collections; taken if one belongs to another projection.
/// Answers its generation.
Result<std::uint64_t> insert_build(Connection& connection, std::int64_t projection,
                                   const ProjectionDeclaration& declaration, bool serving);
/// A build with its documents and dead letters.
Result<void> delete_build(Connection& connection, const BuildRow& build);

[[nodiscard]] std::string_view text_of(ProjectionWish wish);

}  // namespace mainstem::sqlite
