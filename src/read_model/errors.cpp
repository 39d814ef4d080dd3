// The words of the errors.
#include "read_model/errors.hpp"

#include <fmt/format.h>

#include "core/shown.hpp"

namespace mainstem::read_model {

Error no_projection_error(std::string_view projection) {
    return {ReadModelError::not_found,
            fmt::format("there is no projection \"{}\"", shown(projection))};
}

Error no_collection_error(std::string_view collection) {
    return {ReadModelError::not_found,
            fmt::format("there is no collection \"{}\"", shown(collection))};
}

Error foreign_collection_error(const ModelCommit& commit, std::string_view collection) {
    return {ReadModelError::not_found,
            fmt::format("projection {}, generation {}: declares no collection \"{}\"",
                        shown(commit.projection), commit.generation, shown(collection))};
}

Error taken_error(std::string_view collection, std::string_view owner) {
    return {ReadModelError::taken,
            fmt::format("collection {} belongs to the projection {}; give it another name",
                        shown(collection), shown(owner))};
}

Error not_unique_error(std::string_view collection, std::string_view index, std::string_view id,
                       std::string_view other) {
    return {
        ReadModelError::not_unique,
        fmt::format("collection {}: documents \"{}\" and \"{}\" are equal in the unique index {}",
                    shown(collection), shown(id), shown(other), shown(index))};
}

Error lead_lost_error(std::string_view projection, std::uint64_t epoch) {
    return {ReadModelError::fenced,
            fmt::format("projection {}: epoch {} does not lead; take the lead again",
                        shown(projection), epoch)};
}

Error no_build_error(std::string_view projection, std::uint64_t generation) {
    return {ReadModelError::fenced,
            fmt::format("projection {}: generation {} is not there to be written any more",
                        shown(projection), generation)};
}

Error moved_error(const ModelCommit& commit, Position stored) {
    return {ReadModelError::fenced,
            fmt::format("projection {}: the commit goes on from position {}, stored is {}",
                        shown(commit.projection), commit.from.value, stored.value)};
}

Error no_dead_letter_error(std::string_view projection, Position position) {
    return {ReadModelError::fenced,
            fmt::format("projection {}: the event at position {} is no dead letter any more",
                        shown(projection), position.value)};
}

Error collections_changed_error(std::string_view projection, std::string_view collection,
                                bool added) {
    return {ReadModelError::invalid,
            fmt::format("projection {}: version and collections do not fit, {} was {}; give the "
                        "projection a new version",
                        shown(projection), shown(collection), added ? "added" : "removed")};
}

}  // namespace mainstem::read_model
