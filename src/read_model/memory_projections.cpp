// Projections in memory. Every function looks first and changes afterwards, so that one that fails
// has changed nothing.
#include "read_model/memory_projections.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "read_model/errors.hpp"
#include "read_model/names.hpp"

namespace mainstem::read_model {
namespace {

ProjectionRecord record_of(const MemoryProjection& projection, const MemoryBuild& build) {
    return {.declaration = build.declaration,
            .generation = build.generation,
            .serving = &build == &projection.serving,
            .position = build.position,
            .epoch = projection.epoch,
            .wish = projection.wish,
            .failure = build.failure,
            .dead_letters = build.dead_letters.size()};
}

/// The builds of a projection, the one that serves first.
template <class Projection>
auto builds_of(Projection& projection) {
    using Build = std::remove_reference_t<decltype((projection.serving))>;
    std::vector<Build*> builds{&projection.serving};
    if (projection.under_way) builds.push_back(&*projection.under_way);
    return builds;
}

bool has_collection(const MemoryProjection& projection, std::string_view name) {
    return std::ranges::any_of(builds_of(projection), [&](const MemoryBuild* build) {
        return std::ranges::any_of(build->collections,
                                   [&](const auto& entry) { return same_name(entry.first, name); });
    });
}

/// Collections come and go with a version; before the first event they may also come.
Result<void> check_same_collections(const MemoryBuild& build,
                                    const ProjectionDeclaration& declaration) {
    const auto& declared = declaration.collections;
    for (const auto& [name, collection] : build.collections) {
        if (std::ranges::find(declared, name, &Collection::name) != declared.end()) continue;
        return collections_changed_error(declaration.name, name, false);
    }
    for (const auto& collection : declared) {
        if (build.position == Position{} || build.collections.contains(collection.name)) continue;
        return collections_changed_error(declaration.name, collection.name, true);
    }
    return {};
}

Result<void> check_changes(const MemoryBuild& build, const ModelCommit& commit,
                           const CollectionChanges& changes) {
    for (const auto& [name, documents] : changes) {
        const auto found = build.collections.find(name);
        if (found == build.collections.end()) return foreign_collection_error(commit, name);
        if (auto checked = found->second.check(documents); !checked) return checked;
    }
    for (const auto position : commit.replayed) {
        if (build.dead_letters.contains(position)) continue;
        return no_dead_letter_error(commit.projection, position);
    }
    return {};
}

}  // namespace

MemoryBuild::MemoryBuild(const ProjectionDeclaration& declared, std::uint64_t number)
    : declaration(declared), generation(number) {
    for (const auto& collection : declared.collections) {
        collections.emplace(collection.name, MemoryCollection{collection});
    }
}

Result<MemoryProjection*> MemoryProjections::of(std::string_view projection) {
    const auto found = projections_.find(projection);
    if (found == projections_.end()) return no_projection_error(projection);
    return &found->second;
}

Result<MemoryProjection*> MemoryProjections::led_by(std::string_view projection,
                                                    std::uint64_t epoch) {
    const auto found = of(projection);
    if (!found) return found;
    if ((*found)->led && (*found)->epoch == epoch) return found;
    return lead_lost_error(projection, epoch);
}

Result<MemoryProjection*> MemoryProjections::building(std::string_view projection,
                                                      std::uint64_t generation,
                                                      std::uint64_t epoch) {
    const auto found = led_by(projection, epoch);
    if (!found) return found;
    const auto& under_way = (*found)->under_way;
    if (under_way && under_way->generation == generation) return found;
    return no_build_error(projection, generation);
}

Result<void> MemoryProjections::check_free(const ProjectionDeclaration& declaration) const {
    for (const auto& [owner, projection] : projections_) {
        if (owner == declaration.name) continue;
        for (const auto& collection : declaration.collections) {
            if (!has_collection(projection, collection.name)) continue;
            return taken_error(collection.name, owner);
        }
    }
    return {};
}

Result<ProjectionRecord> MemoryProjections::declare(const ProjectionDeclaration& declaration) {
    const auto found = projections_.find(declaration.name);
    const bool known = found != projections_.end();
    if (known && found->second.serving.declaration.version != declaration.version) {
        return record_of(found->second, found->second.serving);
    }
    if (auto checked = check_free(declaration); !checked) return checked.error();
    if (known) {
        if (auto done = redeclare(found->second, declaration); !done) return done.error();
        return record_of(found->second, found->second.serving);
    }
    const auto added = projections_.emplace(
        declaration.name, MemoryProjection{.serving = MemoryBuild{declaration, 1}});
    return record_of(added.first->second, added.first->second.serving);
}

Result<void> MemoryProjections::redeclare(MemoryProjection& projection,
                                          const ProjectionDeclaration& declaration) {
    auto& build = projection.serving;
    if (auto checked = check_same_collections(build, declaration); !checked) return checked;
    MemoryBuild changed{declaration, build.generation};
    for (const auto& collection : declaration.collections) {
        const auto before = build.collections.find(collection.name);
        if (before == build.collections.end()) continue;
        auto after = before->second.declared_as(collection);
        if (!after) return after.error();
        changed.collections.insert_or_assign(collection.name, *std::move(after));
    }
    build.declaration = declaration;
    build.collections = std::move(changed.collections);
    return {};
}

std::vector<ProjectionRecord> MemoryProjections::records() const {
    std::vector<ProjectionRecord> records;
    for (const auto& [name, projection] : projections_) {
        for (const auto* build : builds_of(projection)) {
            records.push_back(record_of(projection, *build));
        }
    }
    return records;
}

Result<ProjectionRecord> MemoryProjections::record(std::string_view projection) {
    const auto found = of(projection);
    if (!found) return found.error();
    return record_of(**found, (*found)->serving);
}

Result<std::optional<std::uint64_t>> MemoryProjections::take_lead(std::string_view projection) {
    const auto found = of(projection);
    if (!found) return found.error();
    if ((*found)->led) return std::optional<std::uint64_t>{};
    (*found)->led = true;
    return std::optional{++(*found)->epoch};
}

void MemoryProjections::give_back(std::string_view projection, std::uint64_t epoch) {
    if (const auto found = led_by(projection, epoch)) (*found)->led = false;
}

Result<ProjectionRecord> MemoryProjections::begin_build(const ProjectionDeclaration& declaration,
                                                        std::uint64_t epoch) {
    const auto found = led_by(declaration.name, epoch);
    if (!found) return found.error();
    auto& projection = **found;
    auto& under_way = projection.under_way;
    if (!under_way || under_way->declaration != declaration) {
        if (auto checked = check_free(declaration); !checked) return checked.error();
        under_way.emplace(declaration, ++projection.last_generation);
    }
    return record_of(projection, *under_way);
}

Result<void> MemoryProjections::finish_build(std::string_view projection, std::uint64_t generation,
                                             std::uint64_t epoch) {
    const auto found = building(projection, generation, epoch);
    if (!found) return found.error();
    (*found)->serving = *std::move((*found)->under_way);
    (*found)->under_way.reset();
    (*found)->serving.failure.clear();
    return {};
}

Result<void> MemoryProjections::drop_build(std::string_view projection, std::uint64_t generation,
                                           std::uint64_t epoch) {
    const auto found = building(projection, generation, epoch);
    if (!found) return found.error();
    (*found)->under_way.reset();
    return {};
}

Result<void> MemoryProjections::commit(const ModelCommit& commit,
                                       const CollectionChanges& changes) {
    const auto found = led_by(commit.projection, commit.epoch);
    if (!found) return found.error();
    const auto builds = builds_of(**found);
    const auto named = std::ranges::find(builds, commit.generation, &MemoryBuild::generation);
    if (named == builds.end()) return no_build_error(commit.projection, commit.generation);
    auto& build = **named;
    if (build.position != commit.from) return moved_error(commit, build.position);
    if (auto checked = check_changes(build, commit, changes); !checked) return checked;

    for (const auto& [name, documents] : changes) {
        build.collections.find(name)->second.apply(documents);
    }
    for (const auto position : commit.replayed) build.dead_letters.erase(position);
    for (const auto& letter : commit.set_aside) {
        build.dead_letters.insert_or_assign(letter.position, letter);
    }
    build.position = commit.to;
    return {};
}

Result<void> MemoryProjections::wish(std::string_view projection, ProjectionWish wish) {
    const auto found = of(projection);
    if (!found) return found.error();
    (*found)->wish = wish;
    return {};
}

Result<void> MemoryProjections::set_failure(std::string_view projection, std::uint64_t generation,
                                            std::string_view failure) {
    const auto found = of(projection);
    if (!found) return found.error();
    const auto builds = builds_of(**found);
    const auto build = std::ranges::find(builds, generation, &MemoryBuild::generation);
    if (build == builds.end()) return no_build_error(projection, generation);
    (*build)->failure = failure;
    return {};
}

Result<std::vector<DeadLetter>> MemoryProjections::dead_letters(std::string_view projection,
                                                                Position after,
                                                                std::size_t limit) const {
    const auto found = projections_.find(projection);
    if (found == projections_.end()) return no_projection_error(projection);
    const auto& all = found->second.serving.dead_letters;
    std::vector<DeadLetter> letters;
    for (auto at = all.upper_bound(after); at != all.end() && letters.size() < limit; ++at) {
        letters.push_back(at->second);
    }
    return letters;
}

Result<MemoryProjections::Place> MemoryProjections::find(std::string_view collection,
                                                         std::uint64_t generation) const {
    for (const auto& [name, projection] : projections_) {
        for (const auto* build : builds_of(projection)) {
            const bool asked =
                generation == 0 ? build == &projection.serving : build->generation == generation;
            const auto found = build->collections.find(collection);
            if (asked && found != build->collections.end()) return Place{build, &found->second};
        }
    }
    return no_collection_error(collection);
}

std::vector<CollectionInfo> MemoryProjections::collections() const {
    std::vector<CollectionInfo> infos;
    for (const auto& [name, projection] : projections_) {
        const auto& build = projection.serving;
        for (const auto& declared : build.declaration.collections) {
            const auto& collection = build.collections.find(declared.name)->second;
            infos.push_back({declared, name, collection.documents().size(), build.position});
        }
    }
    std::ranges::sort(infos, {}, [](const CollectionInfo& info) { return info.collection.name; });
    return infos;
}

}  // namespace mainstem::read_model
