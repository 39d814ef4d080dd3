// The embedded log keeps the contract in segments so small that nearly every test runs over their
// borders, with a cache of so few pages that they are replaced all the time.
#include "contract/log_backend.hpp"
#include "contract/store_contract.hpp"

namespace mainstem::contract {
namespace {

using TightLog = LogBackend<limits::segment_least.value, (32_KiB).value>;

MAINSTEM_STORE_CONTRACT(SmallLog, TightLog);

}  // namespace
}  // namespace mainstem::contract
