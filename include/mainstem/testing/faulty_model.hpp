// FaultyModel: a model store that wraps another and fails as it was told to, for tests of what runs
// on a read model. Which calls fail, and whether a commit took effect all the same, is chosen call
// by call, or by chances from a seed, so that a run can be repeated.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem::testing {

/// What a call of a model does.
enum class ModelCall : std::uint8_t {
    commit,   ///< commit
    get,      ///< get
    find,     ///< find, explain
    lead,     ///< try_lead
    build,    ///< begin_build, finish_build, drop_build
    declare,  ///< declare, wish, set_failure
    look,     ///< projection, projections, dead_letters, collections
    any,      ///< in a fault: all of them, counted together
};

/// One way to fail. Of several that apply to a call, the first one counts.
struct ModelFault {
    ModelCall call = ModelCall::commit;
    /// The n-th call of this kind, from 1, since the model was made; 0: by the chance below.
    std::uint64_t at = 0;
    unsigned percent = 0;  ///< the chance of each call of this kind
    ReadModelError error = ReadModelError::failed;
    /// Calls that change something: the wrapped model does it all the same, so that the answer is
    /// lost and not the change. What the wrapped model refuses by itself is answered as it is.
    bool stored = false;
};

struct FaultyModelOptions {
    std::vector<ModelFault> faults = {};
    std::uint64_t seed = 1;  ///< of the chances
};

/// What a faulty model was asked for, and how often it failed by itself.
struct ModelCalls {
    std::uint64_t commits = 0;
    std::uint64_t gets = 0;
    std::uint64_t finds = 0;
    std::uint64_t leads = 0;
    std::uint64_t builds = 0;
    std::uint64_t declares = 0;
    std::uint64_t looks = 0;
    std::uint64_t faults = 0;

    bool operator==(const ModelCalls&) const = default;
};

/// Keeps the contract of ModelStore as well as the wrapped model does while nothing fails, and
/// keeps that model open. A lead whose answer is lost is given back at once. Thread-safe.
///
///     auto faulty = std::make_shared<FaultyModel>(
///         open_memory_model(), FaultyModelOptions{.faults = {{.at = 2, .stored = true}}});
///     ReadModel model{faulty};  // its second commit takes effect, and says that it has failed
class FaultyModel final : public ModelStore {
public:
    explicit FaultyModel(std::shared_ptr<ModelStore> inner, FaultyModelOptions options = {});

    [[nodiscard]] ModelCalls counts() const;
    /// From now on nothing fails.
    void heal();
    /// The wrapped model: what is done there is neither counted nor made fail.
    [[nodiscard]] const std::shared_ptr<ModelStore>& inner() const noexcept { return inner_; }

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
    struct Failure {
        Error error;
        bool stored = false;
    };

    std::optional<Failure> admit(ModelCall kind) const;
    bool happens(const ModelFault& fault, ModelCall kind, std::uint64_t number) const;
    template <class Call>
    auto call_by(ModelCall kind, const Call& call) const -> decltype(call());

    const std::shared_ptr<ModelStore> inner_;
    const FaultyModelOptions options_;
    mutable std::mutex mutex_;  ///< of what follows
    mutable Random random_;
    mutable ModelCalls counts_;
    mutable std::uint64_t all_ = 0;
    bool healed_ = false;
};

}  // namespace mainstem::testing
