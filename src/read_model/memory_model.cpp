// The memory backend behind the port: checks, locks, asks the projections, answers.
#include <mainstem/read_model/memory_model.hpp>

#include <mutex>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/shown.hpp"
#include "read_model/documents.hpp"
#include "read_model/memory_projections.hpp"
#include "read_model/memory_query.hpp"

namespace mainstem {
namespace read_model {
namespace {

/// Shared by the model and the leads that it gave. Any thread.
class SharedProjections {
public:
    /// Calls `use` with the projections while it holds the lock, and returns what that returns.
    template <class Use>
    decltype(auto) with(Use&& use) {
        const std::scoped_lock lock{mutex_};
        return std::forward<Use>(use)(projections_);
    }

private:
    std::mutex mutex_;
    MemoryProjections projections_;
};

class MemoryLead final : public Lead {
public:
    MemoryLead(std::shared_ptr<SharedProjections> shared, std::string_view projection,
               std::uint64_t epoch)
        : shared_(std::move(shared)), projection_(projection), epoch_(epoch) {}
    ~MemoryLead() override {
        shared_->with([&](MemoryProjections& all) { all.give_back(projection_, epoch_); });
    }
    MemoryLead(const MemoryLead&) = delete;
    MemoryLead& operator=(const MemoryLead&) = delete;

    [[nodiscard]] std::uint64_t epoch() const noexcept override { return epoch_; }

private:
    std::shared_ptr<SharedProjections> shared_;
    std::string projection_;
    std::uint64_t epoch_;
};

/// The changes of a commit with their documents parsed.
Result<CollectionChanges> keep(const ModelCommit& commit) {
    CollectionChanges changes;
    for (const auto& [collection, document, removed] : commit.changes) {
        auto& kept = changes[std::string{collection}][document.id];
        if (removed) continue;
        detail::JsonFault fault;
        kept = std::make_shared<KeptDocument>(document, fault);
        if (kept->view().fields.is_object()) continue;
        return Error{ReadModelError::invalid,
                     fmt::format("document {} of {}: {}", shown(document.id), shown(collection),
                                 fault.problem.empty() ? "is no object" : fault.to_string())};
    }
    return changes;
}

class MemoryModel final : public ModelStore {
public:
    Result<ProjectionRecord> declare(const ProjectionDeclaration& declaration) override {
        if (auto checked = check_declaration(declaration); !checked) return checked.error();
        return shared_->with([&](auto& all) { return all.declare(declaration); });
    }

    [[nodiscard]] Result<ProjectionRecord> projection(std::string_view name) const override {
        return shared_->with([&](auto& all) { return all.record(name); });
    }

    [[nodiscard]] Result<std::vector<ProjectionRecord>> projections() const override {
        return shared_->with([](auto& all) { return all.records(); });
    }

    Result<std::unique_ptr<Lead>> try_lead(std::string_view projection) override {
        const auto epoch = shared_->with([&](auto& all) { return all.take_lead(projection); });
        if (!epoch) return epoch.error();
        if (!*epoch) return std::unique_ptr<Lead>{};
        return std::unique_ptr<Lead>{std::make_unique<MemoryLead>(shared_, projection, **epoch)};
    }

    Result<ProjectionRecord> begin_build(const ProjectionDeclaration& declaration,
                                         std::uint64_t epoch) override {
        if (auto checked = check_declaration(declaration); !checked) return checked.error();
        return shared_->with([&](auto& all) { return all.begin_build(declaration, epoch); });
    }

    Result<void> finish_build(std::string_view projection, std::uint64_t generation,
                              std::uint64_t epoch) override {
        return shared_->with(
            [&](auto& all) { return all.finish_build(projection, generation, epoch); });
    }

    Result<void> drop_build(std::string_view projection, std::uint64_t generation,
                            std::uint64_t epoch) override {
        return shared_->with(
            [&](auto& all) { return all.drop_build(projection, generation, epoch); });
    }

    Result<void> commit(const ModelCommit& commit) override {
        if (auto checked = check_commit(commit); !checked) return checked;
        const auto changes = keep(commit);
        if (!changes) return changes.error();
        return shared_->with([&](auto& all) { return all.commit(commit, *changes); });
    }

    Result<void> wish(std::string_view projection, ProjectionWish wish) override {
        return shared_->with([&](auto& all) { return all.wish(projection, wish); });
    }

    Result<void> set_failure(std::string_view projection, std::uint64_t generation,
                             std::string_view failure) override {
        return shared_->with(
            [&](auto& all) { return all.set_failure(projection, generation, failure); });
    }

    [[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(std::string_view projection,
                                                               Position after,
                                                               std::size_t limit) const override {
        return shared_->with([&](auto& all) { return all.dead_letters(projection, after, limit); });
    }

    [[nodiscard]] Result<std::optional<Document>> get(std::string_view collection,
                                                      std::string_view id,
                                                      std::uint64_t generation) const override {
        return shared_->with([&](auto& all) -> Result<std::optional<Document>> {
            const auto place = all.find(collection, generation);
            if (!place) return place.error();
            const auto& documents = place->collection->documents();
            const auto found = documents.find(id);
            if (found == documents.end()) return std::optional<Document>{};
            return std::optional{found->second->document()};
        });
    }

    [[nodiscard]] Result<Found> find(const DocumentQuery& query) const override {
        auto answer = ask(query);
        if (!answer) return answer.error();
        auto& page = answer->first.page;
        return Found{std::move(page.documents), std::move(page.next), answer->second};
    }

    [[nodiscard]] Result<QueryPlan> explain(const DocumentQuery& query) const override {
        auto answer = ask(query);
        if (!answer) return answer.error();
        return std::move(answer->first.plan);
    }

    [[nodiscard]] Result<std::vector<CollectionInfo>> collections() const override {
        return shared_->with([](auto& all) { return all.collections(); });
    }

private:
    /// With the position of the collection.
    [[nodiscard]] Result<std::pair<MemoryAnswer, Position>> ask(const DocumentQuery& query) const {
        if (auto checked = check_query(query); !checked) return checked.error();
        return shared_->with([&](auto& all) -> Result<std::pair<MemoryAnswer, Position>> {
            const auto place = all.find(query.collection, 0);
            if (!place) return place.error();
            auto answer = run_query(*place->collection, query);
            if (!answer) return answer.error();
            return std::pair{*std::move(answer), place->build->position};
        });
    }

    std::shared_ptr<SharedProjections> shared_ = std::make_shared<SharedProjections>();
};

}  // namespace
}  // namespace read_model

std::shared_ptr<ModelStore> open_memory_model() {
    return std::make_shared<read_model::MemoryModel>();
}

}  // namespace mainstem
