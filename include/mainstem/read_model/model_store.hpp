// ModelStore: the port behind ReadModel. Documents, and how far the projections are that keep them,
// in one place, so that both change together or not at all.
//
// A projection has builds, counted as generations: one serves, whose documents queries see; a newer
// one may be under way beside it, seen by nobody until it takes the place of the first. Writing is
// for leaders: who leads a projection has an epoch, which only grows, and each commit names it,
// together with the position that it goes on from. So one who has lost the lead, or would count
// events twice, changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/query/query.hpp>
#include <mainstem/read_model/collection.hpp>
#include <mainstem/read_model/read_model_error.hpp>

namespace mainstem {

/// A projection as its code declares it.
struct ProjectionDeclaration {
    std::string name;           ///< as a collection's
    std::uint32_t version = 1;  ///< of its code; another one asks for a build from the start
    std::vector<Collection> collections = {};  ///< its own; none: it only reacts
    /// The text that it was made of, so that other programs can run it; empty for code.
    std::string definition = {};

    bool operator==(const ProjectionDeclaration&) const = default;
};

/// What a user wants of a projection, whichever process runs it.
enum class ProjectionWish : std::uint8_t {
    run,
    pause,  ///< its runner waits
    stop,   ///< its runner ends
};

/// A build of a projection as it is stored.
struct ProjectionRecord {
    ProjectionDeclaration declaration;
    std::uint64_t generation = 0;  ///< of the projection's builds, counted from 1, never used twice
    bool serving = false;          ///< else it is under way
    Position position = {};        ///< everything up to here is in its documents, or set aside
    std::uint64_t epoch = 0;       ///< of the last leader
    ProjectionWish wish = ProjectionWish::run;  ///< of the projection, whatever build
    std::string failure = {};                   ///< why its runner stopped; empty if it did not
    std::uint64_t dead_letters = 0;
};

/// An event that was set aside, for a person to look at.
struct DeadLetter {
    Position position;
    std::string error = {};  ///< what applying it said
    Timestamp at = {};       ///< when

    bool operator==(const DeadLetter&) const = default;
};

struct DocumentChange {
    std::string_view collection;
    Document document;  ///< canonical JSON; ignored if removed, but for the id
    bool removed = false;
};

/// What a leader writes at once.
struct ModelCommit {
    std::string_view projection;
    std::uint64_t generation = 0;
    std::uint64_t epoch = 0;
    Position from = {};                        ///< the stored position
    Position to = {};                          ///< `from` or later: the one from now on
    std::vector<DocumentChange> changes = {};  ///< each document at most once
    std::vector<DeadLetter> set_aside = {};    ///< one at the same position is replaced
    std::vector<Position> replayed = {};       ///< dead letters that are none any more
};

/// A query's answer. It is of one moment.
struct Found {
    std::vector<Document> documents;
    std::string next = {};  ///< DocumentQuery::after of the next page; empty: there is none
    Position as_of = {};    ///< the collection has all events up to here
};

/// How a query went.
struct QueryPlan {
    enum class Way : std::uint8_t {
        key,    ///< documents were looked up by their ids
        index,  ///< an index led to them
        scan,   ///< every document was looked at
    };
    Way way = Way::scan;
    std::string index = {};     ///< its name
    bool sorted = false;        ///< what was found had to be sorted, or grouped, apart
    std::uint64_t touched = 0;  ///< documents, or entries of the index, that were looked at
    std::uint64_t found = 0;    ///< documents or rows of the answer
    std::string details = {};   ///< in the words of the backend; may have several lines
};

struct CollectionInfo {
    Collection collection;
    std::string projection;
    std::uint64_t documents = 0;
    Position position = {};
};

/// The right to write for a projection, given back when destroyed or when the process ends.
class Lead {
public:
    Lead() = default;
    Lead(const Lead&) = delete;
    Lead& operator=(const Lead&) = delete;
    virtual ~Lead() = default;
    [[nodiscard]] virtual std::uint64_t epoch() const noexcept = 0;
};

/// Any thread may call any function. Errors are ReadModelError, besides those named.
class ModelStore {
public:
    ModelStore() = default;
    ModelStore(const ModelStore&) = delete;
    ModelStore& operator=(const ModelStore&) = delete;
    virtual ~ModelStore() = default;

    /// Makes the projection known, with a first build that serves, and its collections if they are
    /// not there. If it is known with the same version, the declaration replaces the one before:
    /// indexes are made and dropped so that they are as declared, a new definition is stored, but
    /// the collections must be the same (at position 0 some may be added). If it is known with
    /// another version, nothing changes. Answers the build that serves. Errors: invalid, taken
    /// (also if names differ in capital and small letters alone), not_unique of a new index; then
    /// nothing has changed.
    virtual Result<ProjectionRecord> declare(const ProjectionDeclaration& declaration) = 0;
    /// The build that serves. Errors: not_found.
    [[nodiscard]] virtual Result<ProjectionRecord> projection(std::string_view name) const = 0;
    /// All builds, by name, then by generation.
    [[nodiscard]] virtual Result<std::vector<ProjectionRecord>> projections() const = 0;

    /// Takes the lead, with an epoch above all before. Null: somebody else has it. It may outlive
    /// the model's handles, and keeps the model open. Errors: not_found.
    virtual Result<std::unique_ptr<Lead>> try_lead(std::string_view projection) = 0;

    /// The build under way if it is of an equal declaration; else a new one from position 0, of a
    /// generation above all before (another one that is under way is dropped). Errors: not_found,
    /// fenced, invalid, taken.
    virtual Result<ProjectionRecord> begin_build(const ProjectionDeclaration& declaration,
                                                 std::uint64_t epoch) = 0;
    /// The build takes the place of the one that serves, which is dropped with its dead letters and
    /// the failure of its runner; the user's wish stays. Errors: not_found; fenced, also if the
    /// build is not under way.
    virtual Result<void> finish_build(std::string_view projection, std::uint64_t generation,
                                      std::uint64_t epoch) = 0;
    /// Drops a build under way. Errors: as finish_build.
    virtual Result<void> drop_build(std::string_view projection, std::uint64_t generation,
                                    std::uint64_t epoch) = 0;

    /// All or nothing. What was fenced, invalid, not_found or not_unique has changed nothing. After
    /// any other error the outcome is unknown: the stored position tells, or if that stays, whether
    /// what was replayed is still a dead letter. Errors: fenced, if `epoch` is not that of a lead
    /// that is held, if the build is neither serving nor under way, if the stored position is not
    /// `from`, or if something replayed is no dead letter; not_found, of a projection or of a
    /// collection that the build does not have; not_unique; invalid, of what breaks a rule: each id
    /// 1 to limits::name_bytes bytes of UTF-8 without control characters, each version and each
    /// dead letter in 1 to `to`, nothing twice, at most limits::changes_per_commit changes.
    virtual Result<void> commit(const ModelCommit& commit) = 0;

    /// Errors: not_found. For all builds.
    virtual Result<void> wish(std::string_view projection, ProjectionWish wish) = 0;
    /// Of one build; empty: there is none any more. Errors: not_found; fenced, if the build is
    /// neither serving nor under way.
    virtual Result<void> set_failure(std::string_view projection, std::uint64_t generation,
                                     std::string_view failure) = 0;
    /// Of the build that serves, in ascending order, `limit` at most, those after a position.
    /// Errors: not_found.
    [[nodiscard]] virtual Result<std::vector<DeadLetter>> dead_letters(std::string_view projection,
                                                                       Position after,
                                                                       std::size_t limit) const = 0;

    /// A document of the build that serves (`generation` 0) or of another. Nothing: there is none,
    /// whatever the id. Errors: not_found, if there is no such collection in such a build.
    [[nodiscard]] virtual Result<std::optional<Document>> get(std::string_view collection,
                                                              std::string_view id,
                                                              std::uint64_t generation) const = 0;
    /// Of builds that serve. Errors: not_found, QueryError.
    [[nodiscard]] virtual Result<Found> find(const DocumentQuery& query) const = 0;
    /// Runs the query and tells how it went. Errors: as find.
    [[nodiscard]] virtual Result<QueryPlan> explain(const DocumentQuery& query) const = 0;
    /// Those that serve, by name.
    [[nodiscard]] virtual Result<std::vector<CollectionInfo>> collections() const = 0;
};

}  // namespace mainstem
