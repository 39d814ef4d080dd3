// The errors that every backend of read models words alike.
#pragma once

#include <string_view>

#include <mainstem/core/error.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem::read_model {

[[nodiscard]] Error no_projection_error(std::string_view projection);
[[nodiscard]] Error no_collection_error(std::string_view collection);
/// The commit changes documents of a collection that the build does not have.
[[nodiscard]] Error foreign_collection_error(const ModelCommit& commit,
                                             std::string_view collection);
[[nodiscard]] Error taken_error(std::string_view collection, std::string_view owner);
/// Two documents would be equal in a unique index.
[[nodiscard]] Error not_unique_error(std::string_view collection, std::string_view index,
                                     std::string_view id, std::string_view other);

/// The caller does not lead, or not any more.
[[nodiscard]] Error lead_lost_error(std::string_view projection, std::uint64_t epoch);
/// The build is not there, or not under way.
[[nodiscard]] Error no_build_error(std::string_view projection, std::uint64_t generation);
/// The stored position is not the one that the commit goes on from.
[[nodiscard]] Error moved_error(const ModelCommit& commit, Position stored);
/// What the commit replayed is no dead letter, or not any more.
[[nodiscard]] Error no_dead_letter_error(std::string_view projection, Position position);

/// The same version of a projection may not gain or lose collections.
[[nodiscard]] Error collections_changed_error(std::string_view projection,
                                              std::string_view collection, bool added);

}  // namespace mainstem::read_model
