// Opening a store by its address: the one place that knows every backend.
#include <mainstem/log/open.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/store/store.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

constexpr std::string_view choices = "give a directory, file:DIRECTORY or memory:";

bool is_scheme_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

/// The scheme before the first colon; empty if the address is a plain path. A name with a colon
/// in it is taken for an address, never for a new directory: write `./a:b` for that.
std::string_view scheme_of(std::string_view address) {
    const auto scheme = address.substr(0, address.find(':'));
    if (scheme.size() == address.size()) return {};
    return std::ranges::all_of(scheme, is_scheme_character) ? scheme : std::string_view{};
}

Result<Store> open_memory(std::string_view name, const OpenOptions& options) {
    if (!name.empty()) {
        return Error{
            StoreError::invalid,
            fmt::format("a memory store has no name: write memory: without {}", shown(name))};
    }
    if (options.mode != OpenMode::create) {
        return Error{StoreError::not_found, "memory: holds no store yet; it can only be created"};
    }
    return Store{open_memory_store(options.clock == nullptr ? Clock::system() : *options.clock)};
}

Result<Store> open_directory(std::string_view directory, const OpenOptions& options) {
    if (directory.empty()) {
        return Error{StoreError::invalid, fmt::format("the directory is empty; {}", choices)};
    }
    if (directory.contains('\0')) {
        return Error{StoreError::invalid,
                     fmt::format("a path has no zero byte: {}", shown(directory))};
    }
    auto log = open_log_store(std::string{directory}, options);
    if (!log) return log.error();
    return Store{std::move(*log)};
}

}  // namespace

Result<Store> Store::open(std::string_view address, const OpenOptions& options) {
    if (address.empty()) {
        return Error{StoreError::invalid, fmt::format("the address is empty; {}", choices)};
    }
    const auto scheme = scheme_of(address);
    if (scheme.empty()) return open_directory(address, options);
    const auto rest = address.substr(scheme.size() + 1);
    if (scheme == "memory") return open_memory(rest, options);
    if (scheme == "file") return open_directory(rest, options);
    return Error{StoreError::invalid,
                 fmt::format("{}: addresses are not supported yet; {}", shown(scheme), choices)};
}

}  // namespace mainstem
