// The embedded log keeps the contract.
#include <mainstem/testing/contract.hpp>

#include "contract/log_backend.hpp"

using DefaultLog = mainstem::LogBackend<mainstem::limits::segment_default.value>;

MAINSTEM_STORE_CONTRACT(Log, DefaultLog);
