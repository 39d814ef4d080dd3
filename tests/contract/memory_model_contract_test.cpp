// The read model in memory keeps the contract.
#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/testing/model_contract.hpp>

namespace mainstem {
namespace {

/// Keeps its model between the calls of `open`, since nothing else does.
class MemoryModelBackend {
public:
    Result<std::shared_ptr<ModelStore>> open() { return model_; }

private:
    std::shared_ptr<ModelStore> model_ = open_memory_model();
};

}  // namespace
}  // namespace mainstem

MAINSTEM_MODEL_CONTRACT(MemoryModel, mainstem::MemoryModelBackend);
