// Opening a store by its address: the one place that knows every backend.
#include <mainstem/log/open.hpp>

#include <string>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/store/store.hpp>

#include "open/address.hpp"

namespace mainstem {
namespace {

Result<Store> open_memory(const OpenOptions& options) {
    if (options.mode != OpenMode::create) {
        return Error{StoreError::not_found, "memory: holds no store yet; it can only be created"};
    }
    return Store{open_memory_store(options.clock == nullptr ? Clock::system() : *options.clock)};
}

Result<Store> open_directory(std::string_view directory, const OpenOptions& options) {
    auto log = open_log_store(std::string{directory}, options);
    if (!log) return log.error();
    return Store{std::move(*log)};
}

}  // namespace

Result<Store> Store::open(std::string_view address, const OpenOptions& options) {
    const auto parsed = parse_address(address);
    if (!parsed) return parsed.error();
    if (parsed->backend == Address::Backend::memory) return open_memory(options);
    return open_directory(parsed->directory, options);
}

}  // namespace mainstem
