// The embedded log keeps the contract.
#include "contract/log_backend.hpp"
#include "contract/store_contract.hpp"

namespace mainstem::contract {
namespace {

MAINSTEM_STORE_CONTRACT(Log, LogBackend<limits::segment_default.value>);

}  // namespace
}  // namespace mainstem::contract
