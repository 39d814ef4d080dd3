// Each call: count it, choose its fault, then fail, forward, or both.
#include <mainstem/testing/faulty_model.hpp>

#include <utility>

#include <fmt/format.h>

namespace mainstem::testing {
namespace {

std::string_view text_of(ModelCall kind) {
    switch (kind) {
        case ModelCall::commit: return "commit";
        case ModelCall::get: return "get";
        case ModelCall::find: return "find";
        case ModelCall::lead: return "lead";
        case ModelCall::build: return "build";
        case ModelCall::declare: return "declare";
        case ModelCall::look: return "look";
        case ModelCall::any: return "call";
    }
    return "call";
}

std::uint64_t& count_of(ModelCall kind, ModelCalls& counts) {
    switch (kind) {
        case ModelCall::commit: return counts.commits;
        case ModelCall::get: return counts.gets;
        case ModelCall::find: return counts.finds;
        case ModelCall::lead: return counts.leads;
        case ModelCall::build: return counts.builds;
        case ModelCall::declare: return counts.declares;
        default: return counts.looks;
    }
}

}  // namespace

FaultyModel::FaultyModel(std::shared_ptr<ModelStore> inner, FaultyModelOptions options)
    : inner_(std::move(inner)), options_(std::move(options)), random_(options_.seed) {}

ModelCalls FaultyModel::counts() const {
    const std::scoped_lock lock{mutex_};
    return counts_;
}

void FaultyModel::heal() {
    const std::scoped_lock lock{mutex_};
    healed_ = true;
}

std::optional<FaultyModel::Failure> FaultyModel::admit(ModelCall kind) const {
    const std::scoped_lock lock{mutex_};
    const auto number = ++count_of(kind, counts_);
    ++all_;
    std::optional<Failure> failure;
    for (const auto& fault : options_.faults) {
        // Every chance is drawn, whatever the others are: a fault more changes no other's calls.
        if (!happens(fault, kind, number) || failure || healed_) continue;
        failure = Failure{{fault.error, fmt::format("{} {}: {}, chosen by the test", text_of(kind),
                                                    number, name(fault.error))},
                          fault.stored};
        ++counts_.faults;
    }
    return failure;
}

bool FaultyModel::happens(const ModelFault& fault, ModelCall kind, std::uint64_t number) const {
    if (fault.call != ModelCall::any && fault.call != kind) return false;
    if (fault.at == 0) return random_.chance(fault.percent, 100);
    return fault.at == (fault.call == ModelCall::any ? all_ : number);
}

template <class Call>
auto FaultyModel::call_by(ModelCall kind, const Call& call) const -> decltype(call()) {
    const auto failure = admit(kind);
    if (!failure) return call();
    if (failure->stored) {
        if (auto answer = call(); !answer) return answer;
    }
    return failure->error;
}

Result<ProjectionRecord> FaultyModel::declare(const ProjectionDeclaration& declaration) {
    return call_by(ModelCall::declare, [&] { return inner_->declare(declaration); });
}

Result<ProjectionRecord> FaultyModel::projection(std::string_view name) const {
    return call_by(ModelCall::look, [&] { return inner_->projection(name); });
}

Result<std::vector<ProjectionRecord>> FaultyModel::projections() const {
    return call_by(ModelCall::look, [&] { return inner_->projections(); });
}

Result<std::unique_ptr<Lead>> FaultyModel::try_lead(std::string_view projection) {
    return call_by(ModelCall::lead, [&] { return inner_->try_lead(projection); });
}

Result<ProjectionRecord> FaultyModel::begin_build(const ProjectionDeclaration& declaration,
                                                  std::uint64_t epoch) {
    return call_by(ModelCall::build, [&] { return inner_->begin_build(declaration, epoch); });
}

Result<void> FaultyModel::finish_build(std::string_view projection, std::uint64_t generation,
                                       std::uint64_t epoch) {
    return call_by(ModelCall::build,
                   [&] { return inner_->finish_build(projection, generation, epoch); });
}

Result<void> FaultyModel::drop_build(std::string_view projection, std::uint64_t generation,
                                     std::uint64_t epoch) {
    return call_by(ModelCall::build,
                   [&] { return inner_->drop_build(projection, generation, epoch); });
}

Result<void> FaultyModel::commit(const ModelCommit& commit) {
    return call_by(ModelCall::commit, [&] { return inner_->commit(commit); });
}

Result<void> FaultyModel::wish(std::string_view projection, ProjectionWish wish) {
    return call_by(ModelCall::declare, [&] { return inner_->wish(projection, wish); });
}

Result<void> FaultyModel::set_failure(std::string_view projection, std::uint64_t generation,
                                      std::string_view failure) {
    return call_by(ModelCall::declare,
                   [&] { return inner_->set_failure(projection, generation, failure); });
}

Result<std::vector<DeadLetter>> FaultyModel::dead_letters(std::string_view projection,
                                                          Position after, std::size_t limit) const {
    return call_by(ModelCall::look, [&] { return inner_->dead_letters(projection, after, limit); });
}

Result<std::optional<Document>> FaultyModel::get(std::string_view collection, std::string_view id,
                                                 std::uint64_t generation) const {
    return call_by(ModelCall::get, [&] { return inner_->get(collection, id, generation); });
}

Result<Found> FaultyModel::find(const DocumentQuery& query) const {
    return call_by(ModelCall::find, [&] { return inner_->find(query); });
}

Result<QueryPlan> FaultyModel::explain(const DocumentQuery& query) const {
    return call_by(ModelCall::find, [&] { return inner_->explain(query); });
}

Result<std::vector<CollectionInfo>> FaultyModel::collections() const {
    return call_by(ModelCall::look, [&] { return inner_->collections(); });
}

}  // namespace mainstem::testing
