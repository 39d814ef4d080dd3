// The embedded log keeps the contract in segments so small that nearly every test runs over their
// borders.
#include "contract/log_backend.hpp"
#include "contract/store_contract.hpp"

namespace mainstem::contract {
namespace {

MAINSTEM_STORE_CONTRACT(SmallLog, LogBackend<limits::segment_least.value>);

}  // namespace
}  // namespace mainstem::contract
