// The embedded log keeps the contract in segments so small that nearly every test runs over their
// borders, with a cache of so few pages that they are replaced all the time.
#include <mainstem/testing/contract.hpp>

#include "contract/log_backend.hpp"

using TightLog = mainstem::LogBackend<mainstem::limits::segment_least.value, 32 * 1024>;

MAINSTEM_STORE_CONTRACT(SmallLog, TightLog);
