// What the tests of the contract say often: declaring, leading, committing, looking at documents.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/assert.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem {

// How GoogleTest prints the values that are compared.
inline void PrintTo(const Document& document, std::ostream* out) {
    *out << document.id << '@' << document.version << ' ' << document.json;
}
inline void PrintTo(const DeadLetter& letter, std::ostream* out) {
    *out << letter.position << ": " << letter.error;
}

}  // namespace mainstem

namespace mainstem::testing::model_contract {

/// A projection "people" with one collection of the same name.
inline ProjectionDeclaration people(std::vector<Index> indexes = {}, std::uint32_t version = 1) {
    return {.name = "people",
            .version = version,
            .collections = {{.name = "people", .indexes = std::move(indexes)}}};
}

inline Index unique(std::string name, std::vector<FieldPath> fields, Filter where = {}) {
    return {std::move(name), std::move(fields), true, std::move(where)};
}

/// The name of the error of a failed result; empty if it did not fail.
template <class T>
std::string_view code_of(const Result<T>& result) {
    return result ? std::string_view{} : result.error().code_name();
}

/// A document of "people", put there with the position of its commit as its version.
inline DocumentChange put(std::string id, std::string json = "{}") {
    return {"people", {.id = std::move(id), .version = {}, .json = std::move(json)}, false};
}
inline DocumentChange removal(std::string id) {
    return {"people", {.id = std::move(id), .version = {}, .json = {}}, true};
}

/// The build of a projection that serves; throws if there is none.
inline ProjectionRecord serving(const ModelStore& model, std::string_view projection = "people") {
    for (const auto& record : model.projections().value()) {
        if (record.serving && record.declaration.name == projection) return record;
    }
    throw Failure{"no build serves"};
}

/// All that a collection holds, in the order of its ids.
inline std::vector<Document> documents_of(const ModelStore& model,
                                          std::string_view collection = "people") {
    return model.find({.collection = std::string{collection}}).value().documents;
}

inline std::vector<std::string> ids_of(const std::vector<Document>& documents) {
    std::vector<std::string> ids;
    for (const auto& document : documents) ids.push_back(document.id);
    return ids;
}

/// The leader of a build, who knows its position. Throws where it cannot get so far. One thread at
/// a time.
class Leader {
public:
    /// Of the build that serves, after declaring it.
    Leader(ModelStore& model, const ProjectionDeclaration& declaration)
        : model_(&model), build_(model.declare(declaration).value()), lead_(lead()) {}

    /// From now on of another build, which must be under the same lead.
    void goes_on_with(const ProjectionRecord& build) { build_ = build; }

    [[nodiscard]] std::uint64_t epoch() const { return lead_->epoch(); }
    [[nodiscard]] std::uint64_t generation() const { return build_.generation; }
    [[nodiscard]] Position position() const { return build_.position; }

    /// A commit of these changes at the next position, which is the version of documents without
    /// one. It refers to this leader.
    [[nodiscard]] ModelCommit next(std::vector<DocumentChange> changes = {}) const {
        const auto to = build_.position.next();
        for (auto& change : changes) {
            if (change.document.version == Position{}) change.document.version = to;
        }
        return {.projection = build_.declaration.name,
                .generation = build_.generation,
                .epoch = epoch(),
                .from = build_.position,
                .to = to,
                .changes = std::move(changes)};
    }

    Result<void> commit(const ModelCommit& commit) {
        const auto done = model_->commit(commit);
        if (done) build_.position = commit.to;
        return done;
    }
    Result<void> commit(std::vector<DocumentChange> changes) {
        return commit(next(std::move(changes)));
    }

    void give_back() { lead_.reset(); }
    void take_again() { lead_ = lead(); }

private:
    [[nodiscard]] std::unique_ptr<Lead> lead() const {
        auto lead = model_->try_lead(build_.declaration.name).value();
        if (!lead) throw Failure{"somebody else leads"};
        return lead;
    }

    ModelStore* model_;
    ProjectionRecord build_;
    std::unique_ptr<Lead> lead_;
};

}  // namespace mainstem::testing::model_contract
