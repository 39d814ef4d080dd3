// The embedded log keeps the contract: in one segment, and in segments so small that nearly every
// test runs over their borders.
#include <string>

#include <mainstem/log/open.hpp>

#include "contract/store_contract.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::contract {
namespace {

template <std::uint64_t segment_bytes>
class LogBackend {
public:
    static constexpr Bytes largest_request{std::min(limits::request.value, segment_bytes / 4)};

    Result<Store> open(const Clock& clock) {
        auto log = open_log_store(folder_.path("log"),
                                  {.segment_size = Bytes{segment_bytes}, .clock = &clock});
        if (!log) return log.error();
        return Store{std::move(*log)};
    }

private:
    support::TemporaryFolder folder_;
};

MAINSTEM_STORE_CONTRACT(Log, LogBackend<limits::segment_default.value>);
MAINSTEM_STORE_CONTRACT(SmallLog, LogBackend<limits::segment_least.value>);

}  // namespace
}  // namespace mainstem::contract
