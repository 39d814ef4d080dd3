// The memory backend keeps the contract, and so does a faulty store over it to which nothing
// happens.
#include <mainstem/memory/open.hpp>
#include <mainstem/testing/contract.hpp>
#include <mainstem/testing/faulty_store.hpp>

namespace mainstem {
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

class FaultyBackend {
public:
    static constexpr Bytes largest_request = limits::request;

    Result<Store> open(const Clock& clock) {
        return Store{std::make_shared<testing::FaultyStore>(memory_.open(clock).value())};
    }

private:
    MemoryBackend memory_;
};

}  // namespace
}  // namespace mainstem

MAINSTEM_STORE_CONTRACT(Memory, mainstem::MemoryBackend);
MAINSTEM_STORE_CONTRACT(Faulty, mainstem::FaultyBackend);
