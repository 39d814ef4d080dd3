// The memory backend keeps the contract.
#include <mainstem/memory/open.hpp>

#include "contract/store_contract.hpp"

namespace mainstem::contract {
namespace {

/// Keeps its store between the calls of `open`, since nothing else does.
class MemoryBackend {
public:
    static constexpr Bytes largest_request = limits::request;

    Result<Store> open(const Clock& clock) {
        if (!store_) store_ = open_memory_store(clock);
        return Store{store_};
    }

private:
    std::shared_ptr<EventStore> store_;
};

MAINSTEM_STORE_CONTRACT(Memory, MemoryBackend);

}  // namespace
}  // namespace mainstem::contract
